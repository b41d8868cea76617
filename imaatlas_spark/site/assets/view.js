/* One view from one state: the rows that map, table, panel and download show, so that they cannot disagree. */
"use strict";
atlas.view = (page, areas) => {
  const SIGN = { M: "cannot", Q: "confidential", "-": "none" };

  /** The name of the data file of a level with the members of a state: municipalities have one, larger areas another. */
  function file(level, members) {
    const parts = page.dimensions.map(({ name }) => atlas.slug(members[name]));
    return `data/${page.code}/${[level === "municipality" ? level : "larger", ...parts].join(".")}`;
  }

  const statusAt = ({ s }, index) => (s.length > 1 ? s[index] : s || "A");

  /** One figure of a block; hidden ones at its end are left out. */
  function figure(block, index) {
    const status = statusAt(block, index);
    const numerator = block.n[index] ?? null, denominator = (block.d && block.d[index]) ?? null;
    const isShown = numerator !== null && !SIGN[status];
    const value = !isShown ? null : block.d ? (page.scale * numerator) / denominator : numerator;
    return { numerator, denominator, value, status };
  }

  const unpacked = (text) => text.split(",").map((each) => (each === "" ? null : Number(each)));

  /** The figures of a year on a map, unpacked when they are first asked for. */
  function blockOf(data, year, on) {
    const block = data && data.blocks.find((each) => each.year === year && each.map === on);
    for (const key of ["n", "d"]) if (block && typeof block[key] === "string") block[key] = unpacked(block[key]);
    return block;
  }

  /** The class of a figure: a sign, zero, or its quintile over all years. */
  function classOf({ value, status }, bounds) {
    if (SIGN[status]) return SIGN[status];
    if (value === 0) return "zero";
    let at = 0;
    while (at < bounds.length - 2 && value > bounds[at + 1]) at += 1;
    return `c${spread(at, bounds.length - 1)}`;
  }

  /** Fewer classes than five keep the ends of the scale. */
  const spread = (at, count) => (count <= 1 ? 2 : Math.round((at * 4) / (count - 1)));

  /** Every area of a state with its figure, rank and class, in the order of the codes. */
  function rows(state, data) {
    const block = blockOf(data, state.year, state.on);
    const codes = areas.codes(state.level, state.vintage);
    const all = codes.map((code, index) => ({ code, name: areas.name(state.level, code), ...figure(block, index) }));
    const ordered = all.filter(({ value }) => value !== null).sort((a, b) => b.value - a.value);
    ordered.forEach((row, index) => {
      row.rank = index && row.value === ordered[index - 1].value ? ordered[index - 1].rank : index + 1;
    });
    for (const row of all) row.class = classOf(row, data.classes);
    return { all, ranked: ordered.length, byCode: new Map(all.map((row) => [row.code, row])), bounds: data.classes };
  }

  /** The years of one area: [{year, ...figure}], years that are not published for it left out. */
  function series(level, code, data, blocks) {
    const found = [];
    for (const [year, on] of blocks) {
      const block = blockOf(data, year, on);
      const index = areas.codes(level, areas.vintageOf(on)).indexOf(code);
      if (block && index >= 0 && statusAt(block, index) !== "-") found.push({ year, ...figure(block, index) });
    }
    return found;
  }

  const shown = (row) => (row.value === null ? null : atlas.number(row.value, page.decimals));
  const status = (row) => page.statuses[row.status];
  /** A figure, or in a word why there is none. */
  const inShort = (row) => (!row ? "–" : row.value === null ? atlas.words(SIGN[row.status]) : shown(row));
  return { file, rows, series, shown, status, inShort, figure, blockOf, spread, classOf };
};
