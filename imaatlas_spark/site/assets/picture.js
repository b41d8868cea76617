/* The picture of Belgium: areas of one level of one vintage, coloured by class. */
"use strict";
/** Hatches and dots for svg that is `scale` units to a pixel; `suffix` tells those of several pictures apart. */
atlas.patterns = (scale, suffix = "") => `<defs>
  <pattern id="hatched${suffix}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="scale(${scale}) rotate(45)">
    <rect width="5" height="5" fill="#fff"/><rect width="1.6" height="5" fill="#5c6b76"/></pattern>
  <pattern id="dotted${suffix}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="scale(${scale})">
    <rect width="5" height="5" fill="#eceff1"/><circle cx="2.5" cy="2.5" r="1.1" fill="#33434e"/></pattern></defs>`;

atlas.picture = (host, areas, { label, onChoose, tip, suffix = "" }) => {
  const MARGIN = 4;
  let drawn = {}; // what is drawn now: cells, level, vintage, and for each area its outline
  let classes = new Map(), chosen = "";

  /** Where each cell lies at `level`; undefined: in no area. */
  function placed(cells, level, vintage) {
    return cells.map((cell) => areas.place(areas.recoded(cell.code, vintage), level, vintage));
  }

  /** The edges between different areas of a level, in one path; `coast` those of the country instead. */
  function mesh(edges, at, coast) {
    let path = "";
    for (const { a, b, path: line } of edges) {
      if (coast ? a < 0 || b < 0 : a >= 0 && b >= 0 && at[a] !== at[b]) path += line;
    }
    return path;
  }

  function draw(shape, level, vintage) {
    if (drawn.shape === shape && drawn.level === level && drawn.vintage === vintage) return;
    const at = placed(shape.cells, level, vintage);
    const parts = new Map();
    shape.cells.forEach((cell, index) => {
      if (at[index] === undefined) return;
      if (!parts.has(at[index])) parts.set(at[index], []);
      parts.get(at[index]).push(index);
    });
    const { left, top, right, bottom } = shape.box;
    const grow = shape.kind === "tiles" ? MARGIN : (right - left) / 80;
    const view = [left - grow, top - grow, right - left + 2 * grow, bottom - top + 2 * grow].map(Math.round);
    const paths = [...parts].map(([code, cells]) =>
      `<path data-area="${atlas.escaped(code)}" d="${cells.map((index) => shape.cells[index].path).join("")}"/>`);
    const between = mesh(shape.edges, at, false);
    const upper = ["country", "region", "province"].includes(level) ? "" : mesh(shape.edges, placed(shape.cells, "province", vintage), false);
    host.innerHTML = `<svg viewBox="${view.join(" ")}" role="img" aria-label="${atlas.escaped(label)}">${atlas.patterns(view[2] / 600, suffix)}
      <g>${paths.join("")}</g><path class="mesh" d="${between}"/><path class="mesh coast" d="${mesh(shape.edges, at, true)}"/>
      <path class="mesh above" d="${upper}"/><path class="hover-area"/><path class="chosen-area"/></svg><div class="tip" hidden></div>`;
    const byCode = new Map([...host.querySelectorAll("[data-area]")].map((path) => [path.dataset.area, path]));
    drawn = { shape, level, vintage, at, byCode };
    classes = new Map();
  }

  /** The outline of an area: the edges with it on one side only. */
  function outline(code) {
    if (!code) return "";
    const { shape, at } = drawn;
    let path = "";
    for (const { a, b, path: line } of shape.edges) if ((a >= 0 && at[a] === code) !== (b >= 0 && at[b] === code)) path += line;
    return path;
  }

  function paint(classOf) {
    for (const [code, path] of drawn.byCode) {
      const name = classOf(code);
      if (classes.get(code) !== name) path.setAttribute("class", name);
      classes.set(code, name);
    }
  }

  function mark(code) {
    chosen = code;
    host.querySelector(".chosen-area").setAttribute("d", outline(code));
  }

  function pointAt(event) {
    const code = event && event.target.dataset ? event.target.dataset.area : undefined;
    const box = host.querySelector(".tip");
    if (!box) return;
    host.querySelector(".hover-area").setAttribute("d", code && code !== chosen ? outline(code) : "");
    box.hidden = !code;
    if (!code) return;
    box.innerHTML = tip(code);
    const frame = host.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    box.style.left = `${Math.max(0, Math.min(x + 14, frame.width - box.offsetWidth))}px`;
    box.style.top = `${y + 18 + box.offsetHeight > frame.height ? y - box.offsetHeight - 10 : y + 18}px`;
  }

  host.addEventListener("mousemove", pointAt);
  host.addEventListener("mouseleave", () => pointAt(null));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") pointAt(null); });
  host.addEventListener("click", (event) => {
    if (event.target.dataset.area) onChoose(event.target.dataset.area);
  });
  return { draw, paint, mark };
};
