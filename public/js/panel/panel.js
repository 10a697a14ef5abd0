// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchEdge, fetchNode, fetchSeries } from "../api.js";
import { el, render } from "../dom.js";
import { collapsedAs } from "../map/folding.js";
import { isBox } from "../state.js";
import { strings } from "../strings.js";
import { clauseOf, command } from "./command.js";
import { edgeSections, pairSections } from "./edge.js";
import { boxSections, nodeSections } from "./node.js";
import { byRequests, turned } from "./operations.js";
import { Samples } from "./samples.js";
import { Resource } from "./resource.js";
import { charts } from "./series.js";
import { ValueMenu, copyText } from "./value.js";

/**
 * @typedef {import("../state.js").Selection} Selection @typedef {import("../model.js").Model} Model
 * @typedef {import("../state.js").State} State
 * @typedef {object} Acts
 * @property {(selection: Selection | null) => void} select
 * @property {(change: Partial<State>) => void} change
 * @property {(box: string, isCollapsed: boolean) => void} fold
 * @property {(pair: string, isApart: boolean) => void} part
 * @property {(box: "filter" | "hide" | "find", clause: string) => void} add to an expression
 */

/** The corner that tells everything about what is selected. */
export class Panel {
  /** @param {HTMLElement} element @param {Acts} acts */
  constructor(element, acts) {
    this.element = element;
    this.acts = acts;
    this.shown = "";
    this.order = byRequests;
    this.isRendering = false;
    this.samples = new Samples(() => this.again?.());
    const changed = () => this.again?.();
    /** @type {Resource<import("../api.js").EdgeDocument>} */
    this.edge = new Resource(fetchEdge, changed);
    /** @type {Resource<import("../api.js").SeriesDocument>} */
    this.edgeSeries = new Resource((asked, id, signal) => fetchSeries(asked, "edge", id, signal), changed);
    /** @type {Resource<import("../api.js").SeriesDocument>} */
    this.nodeSeries = new Resource((asked, id, signal) => fetchSeries(asked, "node", id, signal), changed);
    /** @type {Resource<import("./identity.js").NodeDocument>} */
    this.details = new Resource(fetchNode, changed);
    this.menu = new ValueMenu(acts.add);
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.press(button);
    });
    const pick = (/** @type {Event} */ event) => {
      // What has the focus and is replaced says that it changed, which is no choice of a person.
      if (this.isRendering || !(event.target instanceof Element) || event.target.closest(".pick") === null) return;
      const outcome = /** @type {HTMLSelectElement} */ (element.querySelector("#samples-outcome"));
      const operation = /** @type {HTMLSelectElement} */ (element.querySelector("#samples-operation"));
      this.samples.filter(outcome.value, operation.value);
    };
    element.addEventListener("change", pick);
  }

  /** @param {HTMLButtonElement} button */
  press(button) {
    const { node, edge, focus, hide, namespace, group, boxes, collapse, open, apart, together, operations, clause, copyText: text } = button.dataset;
    if (button.matches(".close")) this.acts.select(null);
    else if (button.matches(".more")) this.samples.more();
    else if (clause !== undefined) this.menu.open(button);
    else if (text !== undefined) this.copy(button, text);
    else if (operations !== undefined) {
      this.order = turned(this.order, operations);
      this.again?.();
      /** @type {HTMLElement | null} */ (this.element.querySelector(`button[data-operations="${operations}"]`))?.focus();
    } else if (focus !== undefined) this.acts.change({ focus, depth: "" });
    else if (hide !== undefined) this.acts.add("hide", hide);
    else if (group !== undefined) this.acts.change({ group: `label:${group}`, selection: null, focus: "", depth: "" });
    else if (apart !== undefined || together !== undefined) this.acts.part(apart ?? together ?? "", apart !== undefined);
    else if (boxes !== undefined) this.acts.change({ boxes: `label:${boxes}`, layout: "layered", view: "map" });
    else if (collapse !== undefined || open !== undefined) this.acts.fold(collapse ?? open ?? "", collapse !== undefined);
    else if (namespace !== undefined) this.acts.change({ namespaces: [namespace] });
    else if (node !== undefined) this.acts.select({ kind: "node", id: node });
    else if (edge !== undefined) this.acts.select({ kind: "edge", id: edge });
  }

  /** @param {HTMLButtonElement} button @param {string} text */
  async copy(button, text) {
    if (!(await copyText(text))) return;
    button.textContent = strings.value.copied;
    setTimeout(() => (button.textContent = strings.value.copy), 2_000);
  }

  /** @param {State} state @param {Model} model @param {string} query the graph's */
  show(state, model, query) {
    const { selection } = state;
    this.element.hidden = selection === null;
    this.again = () => this.show(state, model, query);
    if (selection?.kind !== "edge") {
      this.samples.forget();
      this.edge.forget();
      this.edgeSeries.forget();
    }
    if (selection?.kind !== "node") {
      this.nodeSeries.forget();
      this.details.forget();
    }
    if (selection === null) {
      this.shown = "";
      return;
    }
    const close = el("button", { type: "button", class: "close", "aria-label": strings.panel.close }, "×");
    const scroll = this.element.scrollTop;
    const giveBack = held(this.element);
    this.isRendering = true;
    const sections = this.sections(selection, state, model, query);
    // What it is about and the way out stay above what is scrolled.
    const title = sections[0].matches("h2") ? sections.shift() : sections[0].querySelector("h2");
    render(this.element, el("div", { class: "headline" }, title ?? null, close), ...sections);
    giveBack();
    this.isRendering = false;
    const key = `${selection.kind} ${selection.id}`;
    // The same thing with newer numbers stays where it was scrolled to.
    this.element.scrollTop = key === this.shown ? scroll : 0;
    this.shown = key;
  }

  /** @param {Selection} selection @param {State} state @param {Model} model @param {string} query */
  sections(selection, state, model, query) {
    const line = command(state, clauseOf(selection, model));
    const edge = selection.kind === "edge" ? model.edges.get(selection.id) : undefined;
    const node = selection.kind === "node" ? model.nodes.get(selection.id) : undefined;
    if (edge) {
      this.edge.want(edge.id, model, query);
      return edgeSections(edge, {
        model, details: this.edge, order: this.order, command: line,
        series: () => this.edgeSeries.section(edge.id, model, query, strings.series.title, strings.series.failed, ({ points, step }) => charts(points, step)),
        samples: () => this.samples.section(edge, operationsOf(this.edge.document), model, query),
      });
    }
    if (node) {
      return nodeSections(node, {
        model, command: line, opens: collapsedAs(state, node),
        series: (title, part) => this.nodeSeries.section(node.id, model, query, title, strings.series.failed, (found) => charts(found[part] ?? [], found.step)),
        details: (title, show) => this.details.section(node.id, model, query, title, strings.panel.detailsFailed, show),
      });
    }
    const pair = selection.kind === "pair" ? model.pair(selection.id) : [];
    if (pair.length > 0) return pairSections(pair, model, line, state.gather === "no" ? null : state.apart.includes(selection.id));
    if (selection.kind === "box" && model.box(selection.id).nodes.length > 0) return boxSections(selection.id, model, line, isBox(selection.id));
    return [el("h2", {}, selection.id), el("p", { class: "quiet" }, model.graph.from === "" ? strings.samples.loading : strings.panel.gone)];
  }
}

/** Names of what was asked over an edge. @param {import("../api.js").EdgeDocument | null} document */
function operationsOf(document) {
  return document?.edge.protocols.flatMap((metrics) => (metrics.operations ?? []).map(({ operation }) => operation)) ?? [];
}

/** Remembers what has the focus inside an element by its id, and gives it back after the element was made anew. @param {HTMLElement} element */
function held(element) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || active.id === "" || !element.contains(active)) return () => {};
  const [start, end] = active instanceof HTMLInputElement ? [active.selectionStart, active.selectionEnd] : [null, null];
  return () => {
    const now = document.getElementById(active.id);
    if (now === null || now === active) return;
    now.focus({ preventScroll: true });
    if (now instanceof HTMLInputElement) now.setSelectionRange(start, end);
  };
}
