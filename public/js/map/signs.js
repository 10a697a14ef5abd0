// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { strings } from "../strings.js";
import { inPicture, shiftOf } from "./places.js";
import { namespace } from "./svg.js";

/**
 * Signs on the map that collapse a box to one node, and open it again.
 *
 * @typedef {object} Folding
 * @property {(box: string) => boolean} canCollapse
 * @property {(node: string) => string} collapsedAs the box that a node is the whole of; empty for others
 * @property {(box: string, isCollapsed: boolean) => void} fold
 * @property {(pair: string, isApart: boolean) => void} part edges between two ends, each with its line
 */

/** Of the letters of the title that a sign stands beside. */
const ofTitle = 1.25;
const onNode = 17;

/**
 * A sign beside the title of each box, and on each node that a box was collapsed to.
 * @param {SVGSVGElement} svg @param {Map<string, SVGGElement>} boxes @param {Map<string, SVGGElement>} nodes @param {Folding} folding
 */
export function addSigns(svg, boxes, nodes, { canCollapse, collapsedAs }) {
  const signs = document.createElementNS(namespace, "g");
  const shift = shiftOf(svg);
  for (const [name, group] of boxes) {
    const title = group.querySelector(".namespace-title");
    if (!canCollapse(name) || !(title instanceof SVGTextElement)) continue;
    const box = inPicture(title);
    const size = Number(title.getAttribute("font-size") ?? 12) * ofTitle;
    signs.append(sign(name, true, box.x - shift.x + box.width + size / 2, box.y - shift.y + (box.height - size) / 2, size));
  }
  for (const [id, group] of nodes) {
    const name = collapsedAs(id);
    const shape = group.querySelector(".node-shape");
    if (name === "" || !(shape instanceof SVGGraphicsElement)) continue;
    const box = inPicture(shape);
    signs.append(sign(name, false, box.x - shift.x - onNode / 2 + 4, box.y - shift.y - onNode / 2, onNode));
  }
  svg.querySelector("g.graph")?.append(signs);
}

/** The box whose sign was pressed, and what to do with it. @param {EventTarget | null} target @returns {{name: string, isCollapsed: boolean} | null} */
export function signAt(target) {
  const group = target instanceof Element ? target.closest("g.fold") : null;
  if (!(group instanceof SVGElement)) return null;
  return { name: group.dataset.fold ?? "", isCollapsed: group.dataset.act === "collapse" };
}

/** What takes a bundle of edges apart, and gathers it again. @param {string} pair @param {boolean} isApart what it does */
export function bundleSign(pair, isApart) {
  return drawn({ class: "fold part", "data-pair": pair, "data-act": isApart ? "apart" : "together",
    "aria-label": isApart ? strings.layout.apart : strings.layout.together }, isApart);
}

/** The pair of ends whose sign was pressed. @param {EventTarget | null} target @returns {{id: string, isApart: boolean} | null} */
export function bundleAt(target) {
  const group = target instanceof Element ? target.closest("g.part") : null;
  if (!(group instanceof SVGElement)) return null;
  return { id: group.dataset.pair ?? "", isApart: group.dataset.act === "apart" };
}

/** @param {string} name @param {boolean} isOpen @param {number} x @param {number} y @param {number} size */
function sign(name, isOpen, x, y, size) {
  return drawn({ class: "fold", "data-fold": name, "data-act": isOpen ? "collapse" : "open",
    "aria-label": isOpen ? strings.layout.collapse(name) : strings.layout.open(name), transform: `translate(${x} ${y}) scale(${size / 16})` }, !isOpen);
}

/** A plate of 16 with a plus or a minus. @param {Record<string, string>} attributes @param {boolean} isPlus */
function drawn(attributes, isPlus) {
  const group = document.createElementNS(namespace, "g");
  for (const [key, value] of Object.entries({ role: "button", tabindex: "0", ...attributes })) group.setAttribute(key, value);
  for (const [kind, d] of [["plate", "M4 1H12Q15 1 15 4V12Q15 15 12 15H4Q1 15 1 12V4Q1 1 4 1Z"], ["mark", isPlus ? "M5 8H11M8 5V11" : "M5 8H11"]]) {
    const path = document.createElementNS(namespace, "path");
    path.setAttribute("class", `fold-${kind}`);
    path.setAttribute("d", d);
    group.append(path);
  }
  return group;
}
