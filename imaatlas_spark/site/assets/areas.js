/* Areas: which there are on a map, what they are called, what lies in what (data: geo/areas.js). */
"use strict";
atlas.areas = (data) => {
  const [CODE, DUTCH, PARENT] = [0, 1, 4];
  const column = { nl: 1, fr: 2, en: 3 }[atlas.page.language];
  const known = new Map(); // level -> code -> row
  for (const level of data.levels) known.set(level, new Map((data.areas[level] || []).map((row) => [row[CODE], row])));

  const row = (level, code) => known.get(level) && known.get(level).get(code);
  const name = (level, code) => (row(level, code) ? row(level, code)[column] || row(level, code)[DUTCH] : code);
  /** With the level, for where several places are called alike: Leuven (arrondissement). */
  const named = (level, code) => (level === "country" ? name(level, code) : `${name(level, code)} (${atlas.page.levelNames[level].one})`);
  const isGroup = (level) => !["country", "region", "province", "arrondissement", "municipality"].includes(level);

  /** The area one level up: {level, code}, null for the country. */
  function parent(level, code) {
    if (level === "country") return null;
    const up = isGroup(level) ? "country" : data.levels[data.levels.indexOf(level) - 1];
    return { level: up, code: row(level, code)[PARENT] };
  }

  /** The code that a municipality has on the map of a vintage. */
  function recoded(code, vintage) {
    while (data.heirs[code] && data.heirs[code][1] <= vintage) code = data.heirs[code][0];
    return code;
  }

  /** The area of a level that a municipality of a vintage lies in; undefined: in none. */
  function place(municipality, level, vintage) {
    if (isGroup(level)) return (data.groups[vintage][level] || {})[municipality];
    let at = { level: "municipality", code: municipality };
    while (at && at.level !== level) at = row(at.level, at.code) ? parent(at.level, at.code) : null;
    return at ? at.code : undefined;
  }

  /** The areas of a level on the map of a vintage, in the order of the data files. */
  const codes = (level, vintage) => (data.vintages[vintage] || {})[level] || [];
  const vintageOf = (year) => data.vintageOf[year];

  /** Which area of `level` an area that was looked at becomes there; "" where it has no one answer. */
  function moved(area, from, level, vintage) {
    if (!area) return "";
    if (from === level) {
      const now = level === "municipality" ? recoded(area, vintage) : area;
      return codes(level, vintage).includes(now) ? now : "";
    }
    if (isGroup(from) || isGroup(level)) return "";
    let at = { level: from, code: area };
    while (at && at.level !== level) at = row(at.level, at.code) ? parent(at.level, at.code) : null;
    return at && codes(level, vintage).includes(at.code) ? at.code : "";
  }

  return { data, name, named, parent, recoded, place, codes, vintageOf, moved, row };
};
