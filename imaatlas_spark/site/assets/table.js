/* The table of all areas of a level: rank, name, value, numerator, denominator, status; each column sorts.

   Its rows are made once for a number of areas and then written again and again, those in its frame first and the
   others when the browser has nothing else to do. They stand in bodies of some rows each, and the browser lays out those
   that are in the frame (`content-visibility` in atlas.css; the roles say that they are a table all the same). That is
   what makes a year change fast. */
"use strict";
atlas.table = (host, page, view, onChoose) => {
  const { escaped, words, number } = atlas;
  const order = { column: "rank", descending: false };
  let shown = null; // what is in the table now: rows, chosen, caption, addressOf

  const columns = [
    { key: "rank", isNumber: true },
    { key: "name" },
    { key: "value", isNumber: true },
    { key: "numerator", isNumber: true },
    ...(page.isCount ? [] : [{ key: "denominator", isNumber: true }]),
    { key: "status" },
  ];
  const VALUE = 2, NAME = 1, AROUND = 20, IN_BODY = 50;
  let lines = []; // the rows of all bodies
  let turn = 0;

  /** What is not a number comes last, whichever way a column is sorted. */
  function compare(a, b) {
    const [x, y] = [a[order.column], b[order.column]];
    const byName = atlas.compare(a.name, b.name) || (a.code < b.code ? -1 : 1);
    if (x === y || (x == null && y == null)) return byName;
    if (x == null || y == null) return x == null ? 1 : -1;
    const way = typeof x === "number" ? x - y : atlas.compare(String(x), String(y));
    return order.descending ? -way : way;
  }

  const whole = (count) => (count == null ? "–" : number(count));

  /** The texts of a row, by column. */
  function texts(row) {
    const below = page.isCount ? [] : [whole(row.denominator)];
    return [whole(row.rank), row.name, view.shown(row) || "–", whole(row.numerator), ...below, view.status(row)];
  }

  /** A table with empty rows. */
  function frame(count) {
    const kind = ({ isNumber }) => (isNumber ? ' class="num"' : "");
    const heads = columns.map((column) =>
      `<th role="columnheader" scope="col"${kind(column)}><button type="button" data-sort="${column.key}">${escaped(words(column.key))}</button></th>`);
    const cells = columns.map((column, index) =>
      (index === NAME ? '<th role="rowheader" scope="row"><a href="#">–</a></th>' : `<td role="cell"${kind(column)}>–</td>`));
    const row = `<tr role="row">${cells.join("")}</tr>`;
    const body = (rows) => `<tbody role="rowgroup" style="--count:${rows}">${row.repeat(rows)}</tbody>`;
    const bodies = body(IN_BODY).repeat(Math.floor(count / IN_BODY)) + (count % IN_BODY ? body(count % IN_BODY) : "");
    host.innerHTML = `<table role="table"${page.isCount ? ' class="count"' : ""}><caption class="unseen">–</caption>
      <thead role="rowgroup"><tr role="row">${heads.join("")}</tr></thead>${bodies}</table>`;
    lines = [...host.querySelectorAll("tbody tr")];
  }

  function write(line, row) {
    line.dataset.area = row.code;
    if (row.code === shown.chosen) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
    texts(row).forEach((text, index) => {
      const holder = index === NAME ? line.cells[index].firstChild : line.cells[index];
      if (holder.firstChild.data !== text) holder.firstChild.data = text;
    });
    line.cells[NAME].firstChild.setAttribute("href", shown.addressOf(row.code));
    if (row.value === null) delete line.cells[VALUE].dataset.value;
    else line.cells[VALUE].dataset.value = row.value;
  }

  const idle = () => new Promise((resolve) => (window.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 300 }) : setTimeout(resolve, 30)));

  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

  /** The rows that are in the frame of the table, and some around them: [from, to]. */
  function inFrame(sorted) {
    const at = sorted.findIndex(({ code }) => code === shown.chosen);
    const from = at >= 0 ? at : Math.floor(host.scrollTop / (lines[0].offsetHeight || 36));
    return [from - AROUND, from + 2 * AROUND];
  }

  /** Resolves when every row is written; a later turn overtakes. */
  async function writeAll(mine, atOnce = false) {
    const sorted = [...shown.rows].sort(compare);
    const [from, to] = atOnce ? [] : inFrame(sorted);
    const isNear = (index) => atOnce || (index >= from && index <= to);
    showOrder();
    unmark();
    sorted.forEach((row, index) => { if (isNear(index)) write(lines[index], row); });
    if (atOnce) await drawn(); // only then do new bodies have the heights that they keep
    if (mine === turn) reveal();
    if (!atOnce) await idle();
    if (mine === turn) sorted.forEach((row, index) => { if (!isNear(index)) write(lines[index], row); });
  }

  function showOrder() {
    host.querySelector("caption").firstChild.data = shown.caption;
    for (const button of host.querySelectorAll("[data-sort]")) {
      const way = button.dataset.sort !== order.column ? "none" : order.descending ? "descending" : "ascending";
      button.parentNode.setAttribute("aria-sort", way);
    }
  }

  /** Show other rows. `addressOf` gives the address of the page with an area chosen.

      The table lies below what is seen first, so the first time it waits for that. */
  async function fill(rows, chosen, caption, addressOf) {
    const isFirst = !shown, mine = (turn += 1);
    shown = { rows, chosen, caption, addressOf };
    if (isFirst) await idle();
    if (mine !== turn) return;
    const isNew = lines.length !== rows.length;
    if (isNew) frame(rows.length);
    await writeAll(mine, isNew);
  }

  function unmark() {
    for (const row of host.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
  }

  /** Another area is chosen; the rows are the same. */
  function mark(chosen) {
    shown.chosen = chosen;
    unmark();
    const row = chosen && host.querySelector(`tr[data-area="${CSS.escape(chosen)}"]`);
    if (row) row.setAttribute("aria-current", "true");
    reveal();
  }

  let isSeen = false, isDue = false; // whether the table is on the screen; whether its chosen row is to be revealed there

  /** The row of the chosen area is brought into the frame of the table; the page itself stays where it is.

      Bodies above it may get other heights once they are laid out, which is when the table comes on the screen. */
  function reveal() {
    isDue = !isSeen;
    const row = host.querySelector("[aria-current]");
    if (!row) return;
    const head = host.querySelector("thead").offsetHeight, top = below(row);
    if (top >= head && top + row.offsetHeight <= host.clientHeight) return;
    host.scrollTop += below(lines[Math.max(0, lines.indexOf(row) - 5)]) - head; // a whole row stands below the head
  }

  /** How far a row is below the upper edge of the frame (its `offsetTop` counts from its body). */
  const below = (row) => row.getBoundingClientRect().top - host.getBoundingClientRect().top - host.clientTop;

  new IntersectionObserver((changes) => {
    ({ isIntersecting: isSeen } = changes[changes.length - 1]);
    if (isSeen && isDue && shown) reveal();
  }).observe(host);

  host.addEventListener("click", (event) => {
    const sort = event.target.closest("[data-sort]");
    if (sort) {
      const { sort: column } = sort.dataset;
      order.descending = order.column === column ? !order.descending : ["value", "numerator", "denominator"].includes(column);
      order.column = column;
      writeAll((turn += 1));
      return;
    }
    const row = event.target.closest("tr[data-area]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onChoose(row.dataset.area);
  });
  return { fill, mark };
};
