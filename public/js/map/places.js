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
