// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { namespace } from "./svg.js";

/**
 * Fades the map but for a few things: a veil over it, with those things drawn once more above. The map itself stays
 * as it was painted, since to fade each of thousands takes long.
 */
export class Veil {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "veil";
    this.element.setAttribute("aria-hidden", "true");
    // Copies would catch the pointer where what they are copies of does.
    this.element.inert = true;
    this.element.hidden = true;
    this.svg = document.createElementNS(namespace, "svg");
    this.svg.setAttribute("width", "100%");
    this.svg.setAttribute("height", "100%");
    this.svg.setAttribute("class", "layer");
    this.group = document.createElementNS(namespace, "g");
    this.svg.append(this.group);
    this.element.append(this.svg);
  }

  /**
   * @param {Element[]} parts of the map @param {{x: number, y: number}} shift of the map on its picture @param {SVGElement} picture
   * @param {Element} [halo] what is below them: there it costs less than on the map
   */
  show(parts, { x, y }, picture, halo) {
    // What the parts inherit from their picture, copies inherit from here.
    for (const name of ["fill", "font-family"]) this.svg.setAttribute(name, picture.getAttribute(name) ?? "");
    this.group.setAttribute("transform", `translate(${x} ${y})`);
    this.group.replaceChildren(...parts.filter(({ id }) => id !== "").map(({ id }) => {
      const copy = document.createElementNS(namespace, "use");
      copy.setAttribute("href", `#${id}`);
      return copy;
    }));
    if (halo) this.group.prepend(halo);
    this.element.hidden = false;
  }

  hide() {
    this.element.hidden = true;
    this.group.replaceChildren();
  }
}
