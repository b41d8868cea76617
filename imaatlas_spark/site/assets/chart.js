/* The series of an area beside its parent and the country: lines cut at a break, labels at their ends, a table below. */
"use strict";
atlas.chart = (host, page, view) => {
  const { escaped, words, number } = atlas;
  const WIDTH = Math.max(280, Math.min(460, innerWidth - 40)); // of a phone: letters keep their size
  const BOX = { width: WIDTH, height: 240, left: 44, right: WIDTH < 400 ? 112 : 128, top: 14, bottom: 26 };
  const LETTERS = Math.floor((BOX.right - 10) / 6.5); // that fit beside the end of a line

  /** Round steps for an axis from `low` to `high`. */
  function ticks(low, high) {
    const rough = (high - low) / 4 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) * power;
    const found = [];
    for (let at = Math.floor(low / step) * step; at < high + step * 0.999; at += step) found.push(Number(at.toPrecision(12)));
    return found;
  }

  /** Stretches of years without a hidden value, a missing year or a break between. */
  function stretches(points) {
    const found = [];
    points.forEach((point, index) => {
      const before = points[index - 1];
      const isCut = !before || before.value === null || point.year !== before.year + 1
        || page.breaks.some(({ year }) => year > before.year && year <= point.year);
      if (point.value === null) return;
      if (isCut || !found.length) found.push([]);
      found[found.length - 1].push(point);
    });
    return found;
  }

  /** Labels at the ends of lines, moved apart where they would touch. */
  function apart(labels) {
    labels.sort((a, b) => a.y - b.y);
    for (let i = 1; i < labels.length; i += 1) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + 15);
    const over = labels.length ? labels[labels.length - 1].y - (BOX.height - BOX.bottom) : 0;
    if (over > 0) for (const label of labels) label.y -= over;
  }

  function short(name) {
    return name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
  }

  function draw(lines, year) {
    const values = lines.flatMap(({ points }) => points.map(({ value }) => value)).filter((value) => value !== null);
    const years = [...new Set(lines.flatMap(({ points }) => points.map((point) => point.year)))].sort((a, b) => a - b);
    host.innerHTML = (values.length ? picture(lines, year, years, values) : `<p>${escaped(words("no_series"))}</p>`)
      + broken(years) + table(lines, years);
  }

  function picture(lines, year, years, values) {
    const lowest = Math.min(...values), highest = Math.max(...values);
    const marks = ticks(lowest < highest * 0.5 ? 0 : lowest - (highest - lowest) * 0.15, highest);
    const [low, high] = [Math.max(marks[0], lowest >= 0 ? 0 : -Infinity), marks[marks.length - 1]];
    const decimals = Math.max(0, ...marks.map((mark) => (String(mark).split(".")[1] || "").length));
    const x = (at) => BOX.left + (years.length === 1 ? 0.5 : (at - years[0]) / (years[years.length - 1] - years[0])) * (BOX.width - BOX.left - BOX.right);
    const y = (value) => BOX.height - BOX.bottom - ((value - low) / (high - low || 1)) * (BOX.height - BOX.top - BOX.bottom);
    const right = BOX.width - BOX.right;
    const grid = marks.filter((mark) => mark >= low).map((mark) => `<line class="grid" x1="${BOX.left}" x2="${right}" y1="${y(mark)}" y2="${y(mark)}"/>
      <text x="${BOX.left - 8}" y="${y(mark) + 4}" text-anchor="end">${number(mark, decimals)}</text>`);
    const each = Math.ceil(years.length / 6);
    const bottom = years.filter((_, index) => (years.length - 1 - index) % each === 0)
      .map((at) => `<text x="${x(at)}" y="${BOX.height - 6}" text-anchor="middle">${at}</text>`);
    const cuts = page.breaks.filter((cut) => cut.year > years[0] && cut.year <= years[years.length - 1])
      .map((cut) => `<line class="break" x1="${x(cut.year - 0.5)}" x2="${x(cut.year - 0.5)}" y1="${BOX.top}" y2="${BOX.height - BOX.bottom}"/>`);
    const labels = [];
    const drawn = [...lines].reverse().map(({ kind, label, points }) => {
      const parts = stretches(points);
      const last = parts.length ? parts[parts.length - 1].slice(-1)[0] : null;
      if (last) labels.push({ kind, name: label, x: x(last.year) + 10, y: y(last.value) + 4 });
      const paths = parts.map((part) => `<path class="line" d="M${part.map((point) => `${x(point.year).toFixed(1)} ${y(point.value).toFixed(1)}`).join("L")}"/>`);
      const dots = parts.flat().filter((point) => points.length <= 8 || point.year === year)
        .map((point) => `<circle cx="${x(point.year).toFixed(1)}" cy="${y(point.value).toFixed(1)}" r="${point.year === year ? 5 : 3}"/>`);
      return `<g class="${kind}">${paths.join("")}${dots.join("")}</g>`;
    });
    apart(labels);
    const ends = labels.map((label) => `<g class="${label.kind}"><text x="${Math.min(label.x, right + 10)}" y="${label.y}">${escaped(short(label.name))}</text></g>`);
    const told = escaped(words("series_label", { names: lines.map(({ name }) => name).join(", ") }));
    return `<svg class="chart" viewBox="0 0 ${BOX.width} ${BOX.height}" role="img" aria-label="${told}">${grid.join("")}${bottom.join("")}${cuts.join("")}${drawn.join("")}${ends.join("")}</svg>`;
  }

  /** The breaks between the years that are shown, told. */
  function broken(years) {
    return page.breaks.filter(({ year }) => year > years[0] && year <= years[years.length - 1])
      .map(({ year, text }) => `<p class="note"><strong>${escaped(words("break", { year }))}</strong> ${escaped(text)}</p>`).join("");
  }

  function table(lines, years) {
    const at = (points, year) => points.find((point) => point.year === year);
    const heads = lines.map(({ name }) => `<th scope="col" class="num">${escaped(name)}</th>`).join("");
    const body = years.map((year) => `<tr><th scope="row">${year}</th>${lines.map(({ points }) => {
      const point = at(points, year);
      return `<td class="num"${point && point.value !== null ? ` data-value="${point.value}"` : ""}>${escaped(view.inShort(point))}</td>`;
    }).join("")}</tr>`).join("");
    return `<div class="scroll free" role="region" tabindex="0" aria-label="${escaped(words("series_table"))}"><table class="small-series"><caption class="unseen">${escaped(words("series_table"))}</caption><thead><tr><th scope="col">${escaped(words("year"))}</th>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
  }

  return { draw };
};
