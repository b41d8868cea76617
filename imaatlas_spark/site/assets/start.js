/* The first page: a map to choose a municipality on, and a search in areas, titles and keywords. */
"use strict";
atlas.start = async () => {
  const { page, load, element, escaped, words } = atlas;
  const areas = atlas.areas(await load("geo/areas"));
  const vintage = areas.vintageOf(page.mapYear);
  const fileOf = (level, code) => (page.pages[level] === "code" ? code : `${level}-${atlas.slug(code)}`);
  const go = (level, code) => { location.href = `area/${encodeURIComponent(fileOf(level, code))}.html`; };
  const nameOf = (code) => areas.name("municipality", code);
  const shape = atlas.cells(await load(`geo/${page.shapes[0]}`));
  const picture = atlas.picture(element("picture"), areas, {
    label: words("map_label"),
    onChoose: (code) => go("municipality", code),
    tip: (code) => `<strong>${escaped(nameOf(code))}</strong>${escaped(areas.name("province", areas.place(code, "province", vintage)))}`,
  });
  picture.draw(shape, "municipality", vintage);
  const shade = new Map(areas.codes("province", vintage).map((code, index) => [code, `c${[0, 2, 1, 3, 1, 2, 0, 2, 0, 1, 3][index % 11]}`]));
  picture.paint((code) => shade.get(areas.place(code, "province", vintage)));

  /** Without accents or capitals, so that `liege` finds Liège. */
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const entries = [];
  for (const card of document.querySelectorAll(".cards li")) {
    const link = card.querySelector("a"), title = card.querySelector(".name").textContent;
    const kind = link.querySelector(".of .code").textContent;
    entries.push({ title, kind, href: link.getAttribute("href"), found: plain(`${title} ${card.dataset.keywords} ${kind}`), weight: 0 });
  }
  for (const level of areas.data.levels) {
    for (const row of areas.data.areas[level] || []) {
      if (!page.pages[level]) continue;
      const title = areas.name(level, row[0]);
      const found = plain([...new Set([title, ...row.slice(0, 4)])].join(" "));
      entries.push({ title, kind: page.levelNames[level].one, href: `area/${encodeURIComponent(fileOf(level, row[0]))}.html`, found, weight: 1 });
    }
  }

  function search() {
    const asked = plain(element("words").value).split(/\s+/).filter(Boolean);
    const host = element("found");
    host.hidden = !asked.length;
    if (!asked.length) { element("told").textContent = ""; return; }
    const begins = ({ title }) => (plain(title).startsWith(asked[0]) ? 0 : 1);
    const hits = entries.filter(({ found }) => asked.every((word) => found.includes(word)))
      .sort((a, b) => begins(a) - begins(b) || a.weight - b.weight || atlas.compare(a.title, b.title));
    const told = hits.length ? words("found", { count: hits.length }) : words("found_none");
    element("told").textContent = told;
    host.innerHTML = hits.length
      ? `<ul>${hits.slice(0, 60).map(({ title, kind, href }) => `<li><a href="${escaped(href)}"><span>${escaped(title)}</span> <small>${escaped(kind)}</small></a></li>`).join("")}</ul>`
      : `<p>${escaped(told)}</p>`;
  }
  element("words").addEventListener("input", search);
  element("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = element("found").querySelector("a");
    if (first) location.href = first.href;
  });
  document.documentElement.dataset.shown = "start";
};
