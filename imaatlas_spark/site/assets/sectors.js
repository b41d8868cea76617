/* The statistical sectors of the chosen municipality, loaded when they are asked for. */
"use strict";
atlas.sectors = (host, page, view, areas) => {
  const { escaped, words, number, load } = atlas;
  let now = null, isOpen = false;

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
    const [names, data] = await Promise.all([load(`geo/sectors/${district}`), load(`data/${page.code}/sector/${[district, ...members].join(".")}`)]);
    if (mine !== now) return;
    const block = data && data.blocks.find(({ year, map }) => year === now.year && map === now.on);
    const called = new Map((names || []).map(([code, dutch, french]) => [code, page.language === "fr" ? french : dutch]));
    const rows = !block ? [] : data.codes.map((code, index) => ({ code, name: called.get(code) || code, ...view.figure(block, index) }))
      .filter((row) => row.status !== "-" && areas.recoded(row.code.slice(0, 5), now.vintage) === now.area)
      .sort((a, b) => (b.value === null ? -1 : b.value) - (a.value === null ? -1 : a.value) || (a.code < b.code ? -1 : 1));
    host.innerHTML = rows.length ? table(rows) : `<p>${escaped(words("sectors_none"))}</p>`;
  }

  function table(rows) {
    const most = Math.max(...rows.map((row) => row.value || 0)) || 1;
    const heads = ["name", "value", "numerator", ...(page.isCount ? [] : ["denominator"]), "status"]
      .map((key) => `<th scope="col"${["name", "status"].includes(key) ? "" : ' class="num"'}>${escaped(key === "name" ? words("sector") : words(key))}</th>`);
    const cell = (value) => `<td class="num">${value == null ? "–" : number(value)}</td>`;
    const body = rows.map((row) => `<tr><th scope="row">${escaped(row.name)} <span class="code">${escaped(row.code)}</span></th>
      <td class="num"${row.value === null ? "" : ` data-value="${row.value}"`}>${row.value === null ? "–" : view.shown(row)}<span class="measure" style="width:${row.value === null ? 0 : (row.value / most) * 100}%"></span></td>
      ${cell(row.numerator)}${page.isCount ? "" : cell(row.denominator)}<td>${escaped(view.status(row))}</td></tr>`);
    const title = words("sectors_of", { name: areas.name("municipality", now.area), year: now.year });
    return `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(title)}"><table><caption class="unseen">${escaped(title)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
  }

  return { offer };
};
