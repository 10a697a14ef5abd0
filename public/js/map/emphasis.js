// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { Veil } from "./veil.js";

/** What is not faded while something is pointed at or selected. */
export class Emphasis {
  constructor() {
    this.veil = new Veil();
    /** @type {Set<Element>} */
    this.near = new Set();
  }

  clear() {
    this.near.clear();
  }

  /** @param {Set<Element>} groups @param {{x: number, y: number}} shift of the map on its picture @param {SVGElement} picture */
  show(groups, shift, picture) {
    for (const group of this.near) if (!groups.has(group)) group.classList.remove("near");
    for (const group of groups) group.classList.add("near");
    this.near = groups;
    this.veil.show([...groups].filter((group) => !group.classList.contains("absent")), shift, picture);
  }

  hide() {
    this.veil.hide();
  }
}
