/* The table of all areas of a level: rank, name, value, numerator, denominator, status; each column sorts. */
"use strict";
atlas.table = (host, page, view, onChoose) => {
  const { escaped, words, number } = atlas;
  const order = { column: "rank", descending: false };
  let shown = null; // rows and caption that are in the table now

  const columns = [
    { key: "rank", isNumber: true },
    { key: "name" },
    { key: "value", isNumber: true },
    { key: "numerator", isNumber: true },
    ...(page.isCount ? [] : [{ key: "denominator", isNumber: true }]),
    { key: "status" },
  ];

  /** What is not a number comes last, whichever way a column is sorted. */
  function compare(a, b) {
    const [x, y] = [a[order.column], b[order.column]];
    const byName = a.name.localeCompare(b.name, page.language) || (a.code < b.code ? -1 : 1);
    if (x === y || (x == null && y == null)) return byName;
    if (x == null || y == null) return x == null ? 1 : -1;
    const way = typeof x === "number" ? x - y : String(x).localeCompare(String(y), page.language);
    return order.descending ? -way : way;
  }

  const cell = (value) => `<td class="num">${value == null ? "–" : number(value)}</td>`;

  function line(row, chosen) {
    const value = row.value === null ? "–" : view.shown(row);
    const exact = row.value === null ? "" : ` data-value="${row.value}"`;
    return `<tr data-area="${escaped(row.code)}"${row.code === chosen ? ' aria-current="true"' : ""}>
      <td class="num">${row.rank || "–"}</td>
      <th scope="row"><button type="button" class="as-link">${escaped(row.name)}</button></th>
      <td class="num"${exact}>${value}</td>${cell(row.numerator)}${page.isCount ? "" : cell(row.denominator)}
      <td>${escaped(view.status(row))}</td></tr>`;
  }

  function fill(rows, chosen, caption) {
    shown = { rows, chosen, caption };
    const heads = columns.map(({ key, isNumber }) => {
      const way = order.column === key ? (order.descending ? "descending" : "ascending") : "none";
      return `<th scope="col"${isNumber ? ' class="num"' : ""} aria-sort="${way}"><button type="button" data-sort="${key}">${escaped(words(key))}</button></th>`;
    });
    const body = [...rows].sort(compare).map((row) => line(row, chosen)).join("");
    host.innerHTML = `<table><caption class="unseen">${escaped(caption)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${body}</tbody></table>`;
  }

  /** Another area is chosen; the rows are the same. */
  function mark(chosen) {
    shown.chosen = chosen;
    for (const row of host.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    const row = chosen && host.querySelector(`tr[data-area="${CSS.escape(chosen)}"]`);
    if (row) row.setAttribute("aria-current", "true");
  }

  /** The row of the chosen area is brought into the frame of the table; the page itself stays where it is. */
  function reveal() {
    const row = host.querySelector("[aria-current]");
    if (!row) return;
    const [inner, frame] = [row.getBoundingClientRect(), host.getBoundingClientRect()];
    if (inner.top < frame.top + 50 || inner.bottom > frame.bottom) host.scrollTop += inner.top - frame.top - frame.height / 2;
  }

  host.addEventListener("click", (event) => {
    const sort = event.target.closest("[data-sort]");
    if (sort) {
      const isSame = order.column === sort.dataset.sort;
      order.descending = isSame ? !order.descending : ["value", "numerator", "denominator"].includes(sort.dataset.sort);
      order.column = sort.dataset.sort;
      fill(shown.rows, shown.chosen, shown.caption);
      host.querySelector(`[data-sort="${order.column}"]`).focus();
      return;
    }
    const row = event.target.closest("tr[data-area]");
    if (row) onChoose(row.dataset.area);
  });
  return { fill, mark, reveal };
};
