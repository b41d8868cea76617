/* The cells of the map, hexagons or borders, as paths; every level and every vintage is drawn from them.

   A cell is {code, path}, an edge {a, b, path}: what lies on its two sides, b = -1 outside. */
"use strict";
atlas.cells = (data) => (data.kind === "tiles" ? atlas.hexagons(data.cells) : atlas.borders(data));

atlas.hexagons = (rows) => {
  const SIDE = 10, HALF = (Math.sqrt(3) / 2) * SIDE;
  const corner = [[0, -SIDE], [HALF, -SIDE / 2], [HALF, SIDE / 2], [0, SIDE], [-HALF, SIDE / 2], [-HALF, -SIDE / 2]];
  // Neighbours across the edge from corner i to corner i + 1, of even and of odd rows (odd rows are shifted to the east).
  const beside = [
    [[0, -1], [1, 0], [0, 1], [-1, 1], [-1, 0], [-1, -1]],
    [[1, -1], [1, 0], [1, 1], [0, 1], [-1, 0], [0, -1]],
  ];
  const at = new Map(rows.map(([, column, row], index) => [`${column},${row}`, index]));
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const edges = [];
  const cells = rows.map(([code, column, row], index) => {
    const x = (2 * column + (row & 1)) * HALF, y = row * 1.5 * SIDE;
    const points = corner.map(([dx, dy]) => `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`);
    box.left = Math.min(box.left, x - HALF); box.right = Math.max(box.right, x + HALF);
    box.top = Math.min(box.top, y - SIDE); box.bottom = Math.max(box.bottom, y + SIDE);
    beside[row & 1].forEach(([dx, dy], side) => {
      const other = at.has(`${column + dx},${row + dy}`) ? at.get(`${column + dx},${row + dy}`) : -1;
      if (other < index) edges.push({ a: index, b: other, path: `M${points[side]}L${points[(side + 1) % 6]}` });
    });
    return { code, path: `M${points.join("L")}Z`, x, y };
  });
  return { kind: "tiles", cells, edges, box };
};

/** Borders: `arcs` are lines of whole numbers, the first point and then steps; a cell has rings of arcs, ~i backwards. */
atlas.borders = ({ arcs, cells: rows }) => {
  const lines = arcs.map((steps) => {
    const points = [];
    let x = 0, y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i]; y += steps[i + 1];
      points.push(`${x} ${y}`);
    }
    return points;
  });
  const edges = lines.map((points) => ({ a: -1, b: -1, path: `M${points.join("L")}` }));
  const cells = rows.map(([code, rings, x, y], index) => {
    const path = rings.map((ring) => {
      const points = [];
      for (const arc of ring) {
        const line = arc < 0 ? lines[~arc].slice().reverse() : lines[arc];
        points.push(...(points.length ? line.slice(1) : line));
        const edge = edges[arc < 0 ? ~arc : arc];
        if (edge.a < 0) edge.a = index; else edge.b = index;
      }
      return `M${points.join("L")}Z`;
    });
    return { code, path: path.join(""), x, y };
  });
  return { kind: "borders", cells, edges: edges.filter(({ a }) => a >= 0), box: atlas.boxOf(arcs, edges) };
};

/** What the arcs span that are the edge of a cell. */
atlas.boxOf = (arcs, edges) => {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  arcs.forEach((steps, index) => {
    if (edges[index].a < 0) return;
    let x = 0, y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i]; y += steps[i + 1];
      box.left = Math.min(box.left, x); box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y); box.bottom = Math.max(box.bottom, y);
    }
  });
  return box;
};
