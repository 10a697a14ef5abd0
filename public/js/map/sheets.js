// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { namespace } from "./svg.js";

/**
 * A picture on sheets that lie on each other: boxes below, then lines, nodes, tags, labels. A browser paints all of a drawing
 * anew when one shape of it changes; of many drawings only those that changed.
 */

/** Shapes on a sheet; more on those of large pictures, since each sheet costs something too. */
const perSheet = 100;
const maximumSheets = 24;
/** What stands on a picture, from below. */
const kinds = [".edge:not(.stub)", ".node", ".stub", ".edge-label"];

export class Sheets {
  /** @param {SVGSVGElement} svg the picture, which becomes the sheet at the bottom */
  constructor(svg) {
    this.element = document.createElement("div");
    this.element.className = "picture";
    /** @type {SVGSVGElement[]} */
    this.all = [svg];
    const graph = svg.querySelector("g.graph");
    for (const kind of graph ? kinds : []) {
      const groups = [...svg.querySelectorAll(`g.graph > g${kind}`)];
      const count = Math.max(perSheet, Math.ceil(groups.length / maximumSheets));
      for (let start = 0; start < groups.length; start += count) this.add(svg, graph, groups.slice(start, start + count));
    }
    for (const sheet of this.all) {
      sheet.classList.add("layer");
      sheet.setAttribute("width", "100%");
      sheet.setAttribute("height", "100%");
      sheet.setAttribute("role", "presentation");
    }
    this.element.append(...this.all);
    /** Above all others. */
    this.top = /** @type {SVGSVGElement} */ (this.all.at(-1));
  }

  /** @param {SVGSVGElement} svg @param {Element | null} graph @param {Element[]} groups */
  add(svg, graph, groups) {
    const sheet = document.createElementNS(namespace, "svg");
    for (const name of ["fill", "font-family"]) sheet.setAttribute(name, svg.getAttribute(name) ?? "");
    const place = /** @type {SVGGElement} */ (graph?.cloneNode(false));
    place.append(...groups);
    sheet.append(place);
    this.all.push(sheet);
  }

  /** @param {string} viewBox */
  look(viewBox) {
    for (const sheet of this.all) sheet.setAttribute("viewBox", viewBox);
  }
}
