/* What is seen: level, year, members, area, map. It stands in the address, so that a link shows what was seen. */
"use strict";
atlas.state = (page, areas) => {
  /** What the address asks for. */
  const asked = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

  /** [year, map] of the blocks that a choice of map offers: each year on its own map, or every year on one. */
  const blocks = (map) => page.blocks.filter(([year, on]) => (map === "own" ? on === year : String(on) === map));

  /** The years that a level is published for on a map. */
  const years = (level, map) => blocks(map).map(([year]) => year).filter((year) => page.yearsOf[level].includes(year));

  /** A whole state from what is asked; what cannot be is replaced by what can. */
  function resolve(wish) {
    const map = page.maps.includes(wish.map) ? wish.map : page.maps[0];
    const level = page.levels.includes(wish.level) ? wish.level : page.levels[page.levels.length - 1];
    const possible = years(level, map);
    const year = possible.includes(Number(wish.year)) ? Number(wish.year) : possible[possible.length - 1];
    const [, on] = blocks(map).find(([each]) => each === year);
    const vintage = areas.vintageOf(on);
    const members = {};
    for (const { name, members: known } of page.dimensions) {
      members[name] = known.some(({ code }) => code === wish[name]) ? wish[name] : "_T";
    }
    const area = areas.moved(wish.area || "", wish.from || level, level, vintage);
    const shape = page.shapes.includes(wish.shape) ? wish.shape : page.shapes[0];
    return { level, year, map, on, vintage, members, area, shape, possible };
  }

  /** The part of the address that says a state. */
  function address(state) {
    const parts = new URLSearchParams({ level: state.level, year: state.year });
    for (const [name, member] of Object.entries(state.members)) if (member !== "_T") parts.set(name, member);
    if (state.area) parts.set("area", state.area);
    if (page.maps.length > 1) parts.set("map", state.map);
    if (page.shapes.length > 1) parts.set("shape", state.shape);
    return `#${parts}`;
  }

  return { asked, resolve, address, blocks };
};
