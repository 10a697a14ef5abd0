// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Where things stand on a picture. */

/** The part of a picture that is the map: its own legend and captions are hidden here. @param {SVGSVGElement[]} sheets */
export function boxOf(sheets) {
  const boxes = sheets.map((svg) => {
    const graph = svg.querySelector("g.graph");
    return graph instanceof SVGGElement ? inPicture(graph) : svg.getBBox();
  }).filter(({ width, height }) => width > 0 || height > 0);
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  return { x, y, width: Math.max(...boxes.map((box) => box.x + box.width)) - x, height: Math.max(...boxes.map((box) => box.y + box.height)) - y };
}

/** An element's box in the coordinates of the picture. @param {SVGGraphicsElement} part */
export function inPicture(part) {
  const { x, y, width, height } = part.getBBox();
  const move = shiftOf(part);
  return { x: x + move.x, y: y + move.y, width, height };
}

/** How far the map stands from the corner of its picture. @param {SVGElement} part */
export function shiftOf(part) {
  const graph = part.closest("g.graph") ?? part.querySelector("g.graph");
  const matrix = graph instanceof SVGGElement ? graph.transform.baseVal.consolidate()?.matrix : null;
  return { x: matrix?.e ?? 0, y: matrix?.f ?? 0 };
}

/** Commands of a path with absolute places, and their numbers. @param {string} path @returns {[string, number[]][]} */
export function commandsOf(path) {
  return [...path.matchAll(/([MLHVQCAZ])([^MLHVQCAZ]*)/g)].map(([, command, rest]) => [command, (rest.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)]);
}

/**
 * The box around a path with absolute places, from its text: what is not on the page need not be laid out to know it. Within two units where
 * curves reach farthest at their ends or in their middle, as those of the server's shapes do.
 * @param {string} path
 */
export function boundsOf(path) {
  let [x, y] = [0, 0];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const reach = (/** @type {number} */ toX, /** @type {number} */ toY) => {
    [left, top, right, bottom] = [Math.min(left, toX), Math.min(top, toY), Math.max(right, toX), Math.max(bottom, toY)];
  };
  for (const [command, numbers] of commandsOf(path)) {
    for (let at = 0; command === "C" && at + 5 < numbers.length; at += 6) {
      const [ax, ay, bx, by, toX, toY] = numbers.slice(at, at + 6);
      reach((x + 3 * ax + 3 * bx + toX) / 8, (y + 3 * ay + 3 * by + toY) / 8);
      reach(toX, toY);
      [x, y] = [toX, toY];
    }
    if (command === "H") x = numbers.at(-1) ?? x;
    else if (command === "V") y = numbers.at(-1) ?? y;
    else if (command !== "Z") [x, y] = [numbers.at(-2) ?? x, numbers.at(-1) ?? y];
    reach(x, y);
  }
  return Number.isFinite(left) ? { x: left, y: top, width: right - left, height: bottom - top } : null;
}
