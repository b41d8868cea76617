/* The statistical sectors of the chosen municipality, loaded when they are asked for. */
"use strict";
atlas.sectors = (host, page, view, areas) => {
  const { escaped, words, number, load } = atlas;
  let now = null, isOpen = false, byCode = new Map(), chosen = "";
  const frame = document.createElement("div"); // of the picture, where there are borders of sectors
  frame.className = "picture";
  const picture = atlas.picture(frame, { recoded: (code) => code, place: (code, level) => (level === "sector" ? code : "") },
    { label: words("map_label"), onChoose: mark, tip, suffix: "-sector" });

  /** Why there are none for what is seen; null where there are. */
  function hindrance() {
    if (now.level !== "municipality" || !now.area) return words("sectors_choose");
    if (!page.yearsOf.sector.includes(now.year)) return words("sectors_year", { years: page.yearsOf.sector.join(", ") });
    if (Object.values(now.members).filter((member) => member !== "_T").length > 1) return words("sectors_members");
    return null;
  }

  function offer(state) {
    now = state;
    const reason = hindrance();
    if (reason) host.innerHTML = `<p>${escaped(reason)}</p>`;
    else if (isOpen) open();
    else {
      host.innerHTML = `<button type="button">${escaped(words("sectors_open", { name: areas.name("municipality", now.area) }))}</button>`;
      host.firstChild.addEventListener("click", () => { isOpen = true; open(); });
    }
  }

  async function open() {
    const mine = now;
    const district = areas.parent("municipality", now.area).code;
    const members = page.dimensions.map(({ name }) => atlas.slug(now.members[name]));
    const [names, data, borders] = await Promise.all([load(`geo/sectors/${district}`), load(`data/${page.code}/sector/${[district, ...members].join(".")}`),
      page.hasSectorBorders ? load(`geo/sectors/${district}.borders`) : null]);
    if (mine !== now) return;
    const block = view.blockOf(data, now.year, now.on);
    const called = new Map((names || []).map(([code, dutch, french]) => [code, page.language === "fr" ? french : dutch]));
    const rows = !block ? [] : data.codes.map((code, index) => ({ code, name: called.get(code) || code, ...view.figure(block, index) }))
      .filter((row) => row.status !== "-" && isInside(row.code))
      .sort((a, b) => (b.value === null ? -1 : b.value) - (a.value === null ? -1 : a.value) || (a.code < b.code ? -1 : 1));
    byCode = new Map(rows.map((row) => [row.code, row]));
    host.innerHTML = rows.length ? table(rows) : `<p>${escaped(words("sectors_none"))}</p>`;
    if (rows.length && borders) draw({ arcs: borders.arcs, cells: borders.cells.filter(([code]) => isInside(code)) });
  }

  const titled = () => words("sectors_of", { name: areas.name("municipality", now.area), year: now.year });
  const isInside = (code) => areas.recoded(code.slice(0, 5), now.vintage) === now.area;

  /** The sectors beside their table, in the colours of the map of municipalities. */
  function draw(borders) {
    if (!borders.cells.length) return;
    const beside = document.createElement("div"), caption = document.createElement("p");
    caption.className = "caption";
    caption.textContent = `${words("caption_borders")} ${words("sectors_colours")}`;
    const shown = document.createElement("div");
    shown.append(frame, caption);
    beside.className = "of-sectors";
    beside.append(shown, ...host.children);
    host.append(beside);
    picture.draw(atlas.borders(borders), "sector", now.area);
    frame.querySelector("svg").setAttribute("aria-label", titled());
    picture.paint((code) => (byCode.has(code) ? view.classOf(byCode.get(code), now.rows.bounds) : "none"));
    chosen = "";
  }

  function tip(code) {
    const row = byCode.get(code);
    return row ? `<strong>${escaped(row.name)}</strong>${escaped(row.value === null ? view.status(row) : `${view.shown(row)} ${page.unit}`)}` : `<strong>${escaped(code)}</strong>`;
  }

  /** A sector that is clicked on the picture is shown in the table, too. */
  function mark(code) {
    chosen = code === chosen ? "" : code;
    picture.mark(chosen);
    for (const row of host.querySelectorAll("tr[data-sector]")) {
      if (row.dataset.sector === chosen) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const row = host.querySelector("tr[aria-current]"), box = host.querySelector(".scroll");
    if (row) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  }

  function table(rows) {
    const most = Math.max(...rows.map((row) => row.value || 0)) || 1;
    const heads = ["name", "value", "numerator", ...(page.isCount ? [] : ["denominator"]), "status"]
      .map((key) => `<th scope="col"${["name", "status"].includes(key) ? "" : ' class="num"'}>${escaped(key === "name" ? words("sector") : words(key))}</th>`);
    const cell = (value) => `<td class="num">${value == null ? "–" : number(value)}</td>`;
    const body = rows.map((row) => `<tr data-sector="${escaped(row.code)}"><th scope="row">${escaped(row.name)} <span class="code">${escaped(row.code)}</span></th>
      <td class="num"${row.value === null ? "" : ` data-value="${row.value}"`}>${row.value === null ? "–" : view.shown(row)}<span class="measure" style="width:${row.value === null ? 0 : (row.value / most) * 100}%"></span></td>
      ${cell(row.numerator)}${page.isCount ? "" : cell(row.denominator)}<td>${escaped(view.status(row))}</td></tr>`);
    const title = titled();
    return `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(title)}"><table><caption class="unseen">${escaped(title)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
  }

  return { offer };
};
