// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el, render } from "../dom.js";
import { strings } from "../strings.js";
import { edgeSections } from "./edge.js";
import { nodeSections } from "./node.js";
import { Samples } from "./samples.js";

/** @typedef {import("../state.js").Selection} Selection @typedef {import("../model.js").Model} Model */

/** The corner that tells everything about what is selected. */
export class Panel {
  /** @param {HTMLElement} element @param {(selection: Selection | null) => void} onSelect */
  constructor(element, onSelect) {
    this.element = element;
    this.onSelect = onSelect;
    this.shown = "";
    this.samples = new Samples(() => this.again?.());
    element.addEventListener("click", (event) => {
      if (!(event.target instanceof Element)) return;
      const button = event.target.closest("button");
      if (button?.matches(".close")) onSelect(null);
      else if (button?.matches(".more")) this.samples.more();
      else if (button?.dataset.node) onSelect({ kind: "node", id: button.dataset.node });
      else if (button?.dataset.edge) onSelect({ kind: "edge", id: button.dataset.edge });
    });
  }

  /** @param {Selection | null} selection @param {Model} model @param {string} query the graph's */
  show(selection, model, query) {
    this.element.hidden = selection === null;
    this.again = () => this.show(selection, model, query);
    if (selection?.kind !== "edge") this.samples.forget();
    if (selection === null) {
      this.shown = "";
      return;
    }
    const edge = selection.kind === "edge" ? model.edges.get(selection.id) : undefined;
    const node = selection.kind === "node" ? model.nodes.get(selection.id) : undefined;
    const sections = edge ? edgeSections(edge, model, () => this.samples.section(edge, model, query)) : node ? nodeSections(node, model)
      : [el("h2", {}, selection.id), el("p", { class: "quiet" }, strings.panel.gone)];
    const close = el("button", { type: "button", class: "close", "aria-label": strings.panel.close }, "×");
    const scroll = this.element.scrollTop;
    render(this.element, close, ...sections);
    const key = `${selection.kind} ${selection.id}`;
    // The same thing with newer numbers stays where it was scrolled to.
    this.element.scrollTop = key === this.shown ? scroll : 0;
    this.shown = key;
  }
}
