// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { ApiError } from "./api.js";
import { count } from "./format.js";
import { initial } from "./state.js";
import { strings } from "./strings.js";

/**
 * What a page shows first where nobody chose a level and there are too many workloads for a map:
 * namespaces, and a word why.
 */
export class Crowd {
  /** @param {HTMLElement} element @param {boolean} isFree whether the address leaves the level to the page */
  constructor(element, isFree) {
    this.element = element;
    this.isFree = isFree;
  }

  /** Something was shown: from here on people choose. */
  begin() {
    this.isFree = false;
  }

  /**
   * Another level instead of what cannot be shown, once; `null` where that is not the trouble.
   * @param {unknown} error @param {import("./state.js").State} state @returns {Partial<import("./state.js").State> | null}
   */
  instead(error, state) {
    const isCrowded = error instanceof ApiError && error.type.endsWith(":graph-too-large");
    const { isFree } = this;
    this.isFree = false;
    if (!isCrowded || !isFree || state.level !== initial().level) return null;
    this.element.textContent = strings.crowded(count(error.nodes), count(error.edges));
    return { level: "namespace" };
  }

  /** @param {import("./state.js").State} state */
  show(state) {
    this.element.hidden = this.element.textContent === "" || state.level !== "namespace";
  }
}
