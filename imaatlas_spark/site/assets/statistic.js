/* The page of a statistic: one state, one view, and everything that shows it. */
"use strict";
atlas.statistic = async () => {
  const { page, load, element, escaped, words, number } = atlas;
  const areas = atlas.areas(await load("geo/areas"));
  const states = atlas.state(page, areas);
  const view = atlas.view(page, areas);
  const shapes = {};
  let now = null; // the state that is shown, with its rows
  let turn = 0; // a later choice overtakes one whose data are still on their way

  const choose = (wish) => {
    const from = wish.level && wish.level !== now.level ? now.level : undefined;
    const next = { ...now, ...now.members, ...wish, from };
    const address = states.address(states.resolve(next));
    if (address !== location.hash) history.pushState(null, "", address);
    return show(next);
  };
  const chooseArea = (area) => choose({ area: area === now.area ? "" : area });
  const tip = (code) => {
    const row = now.rows.byCode.get(code);
    return row ? `<strong>${escaped(row.name)}</strong>${escaped(figureInWords(row))}` : "";
  };
  const picture = atlas.picture(element("picture"), areas, { label: words("map_label"), onChoose: chooseArea, tip });
  const table = atlas.table(element("table"), page, view, chooseArea);
  const chart = atlas.chart(element("series"), page, view);
  const sectors = page.hasSectors ? atlas.sectors(element("sectors"), page, view, areas) : null;

  /** A figure with its unit, or why there is none. */
  const figureInWords = (row) => (row.value === null ? view.status(row) : `${view.shown(row)} ${page.unit}`);

  async function show(wish) {
    const state = states.resolve(wish);
    const mine = (turn += 1);
    const up = state.area ? areas.parent(state.level, state.area) : null;
    const levels = [...new Set([state.level, "country", ...(up ? [up.level] : [])])];
    const [shape, ...files] = await Promise.all([cellsOf(state.shape), ...levels.map((level) => load(view.file(level, state.members)))]);
    if (mine !== turn) return;
    if (files.some((file, index) => !file || !file[levels[index]])) {
      element("told").textContent = element("table-subject").textContent = words("no_file");
      return;
    }
    const data = Object.fromEntries(levels.map((level, index) => [level, files[index][level]]));
    now = { ...state, up, data, rows: view.rows(state, data[state.level]) };
    history.replaceState(null, "", states.address(state));
    showControls();
    showMap(shape);
    showPlace();
    const written = showTable();
    for (const id of ["map-subject", "table-subject"]) element(id).textContent = subject();
    if (sectors) sectors.offer(now);
    showTaking();
    element("told").textContent = `${subject()}. ${placeInWords()}`;
    document.documentElement.dataset.seen = states.address(state); // what can be seen is there
    await written;
    if (mine === turn) document.documentElement.dataset.shown = states.address(state); // and all the rest
  }

  async function cellsOf(name) {
    if (!shapes[name]) shapes[name] = atlas.cells(await load(`geo/${name}`));
    return shapes[name];
  }

  /** What the figures are of: level, year and members, in words. */
  function subject() {
    const members = page.dimensions.filter(({ name }) => now.members[name] !== "_T")
      .map(({ name, title, members: known }) => `${title}${words("colon")}${known.find(({ code }) => code === now.members[name]).label}`);
    const on = now.map === "own" ? [] : [words("on_map", { year: now.on })];
    return [`${page.unitTitle}, ${now.year}`, ...members, ...on].join(" · ");
  }

  function options(select, rows, chosen) {
    select.innerHTML = rows.map(([value, label]) => `<option value="${escaped(value)}">${escaped(label)}</option>`).join("");
    select.value = chosen;
  }

  function showControls() {
    element("level").value = now.level;
    options(element("year"), now.possible.map((year) => [year, year]), String(now.year));
    element("earlier").disabled = now.year === now.possible[0];
    element("later").disabled = now.year === now.possible[now.possible.length - 1];
    for (const { name } of page.dimensions) element(name).value = now.members[name];
    for (const id of ["map", "shape"]) if (element(id)) element(id).value = now[id];
    if (areasOf !== `${now.level} ${now.vintage}`) showAreas();
    element("area").value = now.area;
    for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
  }

  let areasOf = ""; // the level and the vintage whose areas can be chosen

  function showAreas() {
    const named = now.rows.all.map((row) => [row.code, row.name]).sort((a, b) => atlas.compare(a[1], b[1]));
    options(element("area"), [["", words("no_area")], ...named], now.area);
    areasOf = `${now.level} ${now.vintage}`;
  }

  let tableOf = ""; // what the rows of the table are of: another area does not touch them, nor where the focus is

  function showTable() {
    const { area, ...others } = now;
    const rowsOf = states.address({ ...others, area: "" });
    const isSame = rowsOf === tableOf;
    tableOf = rowsOf;
    if (isSame) table.mark(area);
    return isSame ? null : table.fill(now.rows.all, area, subject(), (code) => `${rowsOf}&area=${encodeURIComponent(code)}`);
  }

  function showMap(shape) {
    picture.draw(shape, now.level, now.vintage);
    picture.paint((code) => (now.rows.byCode.has(code) ? now.rows.byCode.get(code).class : "none"));
    picture.mark(now.area);
    element("legend").innerHTML = legend();
    const isShown = now.rows.ranked > 0, isHidden = now.rows.all.some((row) => row.class === "confidential");
    const colours = isShown ? words("classes") : isHidden ? words("all_hidden") : "";
    element("caption").textContent = `${words(`caption_${shape.kind}`)} ${colours}`;
  }

  function legend() {
    const bounds = now.rows.bounds, present = new Set(now.rows.all.map((row) => row.class));
    const swatch = (name, label) => `<span><svg viewBox="0 0 24 16" aria-hidden="true"><rect x=".5" y=".5" width="23" height="15" class="${name}"/></svg>${escaped(label)}</span>`;
    const steps = bounds.slice(1).map((high, index) => {
      const isWhole = page.isCount, low = bounds[index] + (index && isWhole ? 1 : 0);
      const [from, to] = [number(low, page.decimals), number(high, page.decimals)];
      const label = from === to ? from : words(index && !isWhole ? "over" : "between", { from, to });
      return swatch(`c${view.spread(index, bounds.length - 1)}`, label);
    });
    const signs = ["zero", "cannot", "confidential", "none"].filter((name) => present.has(name));
    const patterns = `<svg class="unseen" aria-hidden="true">${atlas.patterns(1, "-key")}</svg>`;
    return [patterns, ...steps, ...signs.map((name) => swatch(name, words(name)))].join("");
  }

  /** The area that is looked at: the chosen one, else the country. */
  const seen = () => (now.area ? { level: now.level, code: now.area } : { level: "country", code: page.country });

  function beside() {
    const places = [{ kind: "own", ...seen() }];
    if (now.up && now.up.level !== "country") places.push({ kind: "parent", ...now.up });
    if (places[0].level !== "country") places.push({ kind: "country", level: "country", code: page.country });
    const own = areas.name(places[0].level, places[0].code);
    return places.map(({ kind, level, code }) => ({
      kind, label: kind === "parent" && areas.name(level, code) === own ? page.levelNames[level].one : areas.name(level, code),
      name: kind === "parent" ? areas.named(level, code) : areas.name(level, code),
      points: view.series(level, code, now.data[level], states.blocks(now.map)),
    }));
  }

  function placeInWords() {
    const row = now.rows.byCode.get(now.area);
    return row ? `${row.name}${words("colon")}${figureInWords(row)}` : "";
  }

  function showPlace() {
    const { level, code } = seen();
    const lines = beside();
    const own = lines[0].points.find(({ year }) => year === now.year);
    const row = now.rows.byCode.get(now.area);
    const rank = row && row.rank ? words("rank_of", { rank: number(row.rank), count: number(now.rows.ranked) }) : "";
    const isShown = own && own.value !== null;
    const big = isShown ? view.shown(own) : own ? view.status(own) : page.statuses["-"];
    element("place").innerHTML = `<p class="over">${escaped(page.levelNames[level].one)} <span class="code">${escaped(code)}</span></p>
      <h2 id="place-title">${escaped(lines[0].name)}</h2>
      <p class="big${isShown ? "" : " word"}"${isShown ? ` data-value="${own.value}"` : ""}>${escaped(big)}</p>
      <p>${escaped(page.unitTitle)}, ${now.year}${rank ? `<br>${escaped(rank)}` : ""}</p>${bars(lines)}
      ${page.pages[level] ? `<p><a href="area/${encodeURIComponent(fileOf(level, code))}.html">${escaped(words("all_figures", { name: lines[0].name }))}</a></p>` : ""}`;
    chart.draw(lines, now.year);
  }

  const fileOf = (level, code) => (page.pages[level] === "code" ? code : `${level}-${atlas.slug(code)}`);

  /** The area beside its parent and the country in the year; nothing where there is nothing beside it, or sums differ in size. */
  function bars(lines) {
    const values = lines.map(({ points }) => points.find(({ year }) => year === now.year));
    if (page.isCount || lines.length < 2) return "";
    const most = Math.max(...values.map((point) => (point && point.value) || 0)) || 1;
    return `<div class="bars">${lines.map(({ kind, name }, index) => {
      const point = values[index];
      const wide = point && point.value ? (point.value / most) * 75 : 0;
      return `<span class="${kind}">${escaped(name)}</span><span class="bar ${kind}"><i style="width:${wide.toFixed(1)}%"></i>${escaped(view.inShort(point))}</span>`;
    }).join("")}</div>`;
  }

  function showTaking() {
    const today = new Intl.DateTimeFormat("en-GB").format(new Date());
    for (const place of document.querySelectorAll("[data-cite]")) place.textContent = page.citation.replace("{today}", today);
    element("snippet").firstChild.textContent = atlas.snippet(page, now);
    atlas.offerDownload(element("download"), page, now);
  }

  function listen() {
    for (const id of ["level", "year", "area", "map", "shape", ...page.dimensions.map(({ name }) => name)]) {
      if (element(id)) element(id).addEventListener("change", (event) => choose({ [id]: event.target.value }));
    }
    const step = (by) => () => choose({ year: now.possible[now.possible.indexOf(now.year) + by] });
    element("earlier").addEventListener("click", step(-1));
    element("later").addEventListener("click", step(1));
    element("controls").addEventListener("submit", (event) => event.preventDefault());
    addEventListener("popstate", () => show(states.asked()));
    addEventListener("hashchange", () => { if (location.hash !== document.documentElement.dataset.seen) show(states.asked()); });
  }

  await show(states.asked());
  listen();
};
