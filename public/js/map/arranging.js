// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el, render } from "../dom.js";
import { strings } from "../strings.js";
import { layouts } from "../state.js";
import { allFolded, foldable, folded, noneFolded } from "./folding.js";

/**
 * How the map is arranged, what has boxes, and which of them are collapsed.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../model.js").Model} Model
 */
export class Arranging {
  /** @param {() => State} state @param {(change: Partial<State>) => void} onChange */
  constructor(state, onChange) {
    this.state = state;
    this.onChange = onChange;
    /** @type {string[]} */
    this.names = [];
    /** Whether a label is being chosen, which the state does not know yet. */
    this.isNaming = false;
    byId("layouts").replaceChildren(...layouts.map((layout) => el("button", {
      type: "button", "data-layout": layout, title: strings.layout.about[/** @type {keyof strings.layout.about} */ (layout)],
    }, strings.layout.kinds[/** @type {keyof strings.layout.kinds} */ (layout)])));
    byId("layouts").addEventListener("click", (/** @type {Event} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) onChange({ layout: button.dataset.layout });
    });
    byId("boxes").replaceChildren(...Object.entries(strings.layout.boxes).map(([value, text]) => el("option", { value }, text)));
    byId("boxes").addEventListener("change", () => this.choose(byId("boxes").value));
    byId("boxes-key").addEventListener("change", () => this.name(byId("boxes-key").value.trim()));
    byId("gathering").addEventListener("change", () => onChange({ gather: byId("gathering").checked ? "" : "no" }));
    byId("fold-all").addEventListener("click", () => onChange(allFolded(state(), this.names)));
    byId("fold-none").addEventListener("click", () => onChange(noneFolded(state())));
    byId("folds").addEventListener("change", (/** @type {Event} */ event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      onChange(folded(state(), box.value, box.checked));
    });
  }

  /** @param {string} boxes */
  choose(boxes) {
    this.isNaming = boxes === "label";
    if (!this.isNaming) return this.onChange({ boxes });
    byId("boxes-key-field").hidden = false;
    byId("boxes-key").focus();
  }

  /** @param {string} key */
  name(key) {
    this.isNaming = key === "";
    if (key !== "") this.onChange({ boxes: `label:${key}` });
  }

  /** Collapses what is open, or opens everything where nothing is. */
  turn() {
    const state = this.state();
    const isAll = this.names.every((name) => state.collapse.includes(name));
    this.onChange(isAll ? noneFolded(state) : allFolded(state, this.names));
  }

  /** @param {State} state @param {Model} model */
  show(state, model) {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (byId("layouts").querySelectorAll("button"))) {
      button.setAttribute("aria-pressed", String(button.dataset.layout === state.layout));
    }
    const isLabel = this.isNaming || state.boxes.startsWith("label:");
    byId("boxes").value = isLabel ? "label" : state.boxes;
    byId("boxes").disabled = state.layout !== "layered";
    const isUnknown = model.boxLabel !== "" && !model.graph.nodes.some((node) => node.box !== undefined);
    byId("no-boxes").textContent = state.layout !== "layered" ? strings.layout.noBoxes : strings.layout.noLabel;
    byId("no-boxes").hidden = state.layout === "layered" && !isUnknown;
    byId("boxes-key-field").hidden = !isLabel || state.layout !== "layered";
    if (document.activeElement !== byId("boxes-key")) byId("boxes-key").value = state.boxes.startsWith("label:") ? state.boxes.slice(6) : "";
    byId("gathering").checked = state.gather !== "no";
    this.names = foldable(state, model.graph.nodes);
    byId("folding").hidden = this.names.length === 0;
    byId("fold-all").disabled = this.names.every((name) => state.collapse.includes(name));
    byId("fold-none").disabled = state.collapse.length === 0;
    if ([...byId("folds").querySelectorAll("input")].map((box) => box.value).join() !== this.names.join()) {
      render(byId("folds"), ...this.names.map((name) => el("label", {}, el("input", { type: "checkbox", value: name }), el("span", {}, name))));
    }
    for (const box of byId("folds").querySelectorAll("input")) box.checked = state.collapse.includes(box.value);
  }
}
