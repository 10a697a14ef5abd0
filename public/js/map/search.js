// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId } from "../dom.js";
import { strings } from "../strings.js";

/** The box that goes to a node: marks nodes while typing, what fails first,, and goes from one to the next with Enter. */
export class Search {
  /** @param {(ids: string[]) => void} onFound @param {(id: string) => void} onGo */
  constructor(onFound, onGo) {
    this.onFound = onFound;
    this.next = 0;
    /** @type {string[]} */
    this.ids = [];
    /** @type {import("../model.js").Model | null} */
    this.model = null;
    this.input = byId("search");
    this.input.addEventListener("input", () => {
      this.next = 0;
      this.update();
    });
    this.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && this.ids.length > 0) {
        event.preventDefault();
        onGo(this.ids[this.next % this.ids.length]);
        this.next += 1;
      } else if (event.key === "Escape" && this.input.value !== "") {
        event.stopPropagation();
        this.input.value = "";
        this.update();
      }
    });
  }

  /** @param {import("../model.js").Model} model */
  show(model) {
    this.model = model;
    this.update();
  }

  update() {
    this.ids = this.model?.find(this.input.value).map((node) => node.id) ?? [];
    byId("found").textContent = this.input.value.trim() === "" ? "" : strings.search.found(this.ids.length);
    this.onFound(this.ids);
  }
}
