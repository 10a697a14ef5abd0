// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { namespace } from "./svg.js";
import { strings } from "../strings.js";

/**
 * The whole map, small, with a frame around what is seen; drawn only while there is more than that.
 *
 * @typedef {import("./viewport.js").Box} Box
 * @typedef {import("./viewport.js").View} View
 * @typedef {import("./viewport.js").Size} Size
 */

const largest = { width: 190, height: 130 };

export class Minimap {
  /** @param {HTMLElement} element @param {(point: {x: number, y: number}) => void} onGo to a point of the picture */
  constructor(element, onGo) {
    this.element = element;
    this.svg = document.createElementNS(namespace, "svg");
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", strings.minimap);
    this.frame = shape("rect", { class: "frame" });
    this.content = document.createElementNS(namespace, "g");
    this.svg.append(this.content, this.frame);
    element.append(this.svg);
    /** @type {Box} */
    this.box = { x: 0, y: 0, width: 1, height: 1 };
    const go = (/** @type {PointerEvent} */ event) => {
      if (!this.svg.hasPointerCapture(event.pointerId)) return;
      const at = this.svg.getBoundingClientRect();
      onGo({ x: this.box.x + ((event.clientX - at.left) / at.width) * this.box.width,
        y: this.box.y + ((event.clientY - at.top) / at.height) * this.box.height });
    };
    this.svg.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.svg.setPointerCapture(event.pointerId);
      go(event);
    });
    this.svg.addEventListener("pointermove", go);
  }

  /** @param {Box} box of the picture @param {{box: Box, health: string}[]} nodes */
  draw(box, nodes) {
    this.box = box;
    const scale = Math.min(largest.width / Math.max(box.width, 1), largest.height / Math.max(box.height, 1));
    this.svg.setAttribute("viewBox", `${box.x} ${box.y} ${Math.max(box.width, 1)} ${Math.max(box.height, 1)}`);
    this.svg.setAttribute("width", String(Math.max(40, box.width * scale)));
    this.svg.setAttribute("height", String(Math.max(24, box.height * scale)));
    this.content.replaceChildren(...nodes.map((node) =>
      shape("rect", { class: `dot is-${node.health}`, x: node.box.x, y: node.box.y, width: node.box.width, height: node.box.height })));
  }

  /** @param {View} view @param {Size} size */
  frameAt(view, size) {
    const width = size.width / view.scale;
    const height = size.height / view.scale;
    const { box } = this;
    const isWhole = view.x <= box.x + 1 && view.y <= box.y + 1
      && view.x + width >= box.x + box.width - 1 && view.y + height >= box.y + box.height - 1;
    this.element.hidden = isWhole || this.content.childElementCount === 0;
    for (const [name, value] of Object.entries({ x: view.x, y: view.y, width, height })) this.frame.setAttribute(name, value.toFixed(1));
  }

  clear() {
    this.content.replaceChildren();
    this.element.hidden = true;
  }
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
