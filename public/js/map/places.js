// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Where things stand on a picture. */


/** The part of the picture that is the map: its own legend and captions are hidden here. @param {SVGSVGElement} svg */
export function boxOf(svg) {
  const graph = svg.querySelector("g.graph");
  if (graph instanceof SVGGElement) return inPicture(graph);
  const { x, y, width, height } = svg.getBBox();
  return { x, y, width, height };
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
