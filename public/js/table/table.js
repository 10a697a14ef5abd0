// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { failedConnects, latency } from "../model.js";
import { badge } from "../panel/parts.js";
import { bytes, count, duration, percent, rate, spoken } from "../format.js";

/**
 * The edges as a table: the map for those who cannot or would not look at a picture.
 *
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {import("../model.js").Model} Model
 * @typedef {object} Column
 * @property {keyof typeof strings.table} key
 * @property {(edge: GraphEdge, model: Model) => string | number | undefined} value to sort by
 * @property {(edge: GraphEdge, model: Model) => string | Node} [show]
 */

const ranks = { failing: 3, degraded: 2, healthy: 1, unknown: 0 };

/** @type {Column[]} */
export const columns = [
  { key: "client", value: (edge, model) => model.name(edge.client) },
  { key: "server", value: (edge, model) => model.name(edge.server) },
  { key: "protocol", value: (edge) => spoken(edge) },
  { key: "health", value: (edge) => ranks[/** @type {keyof ranks} */ (edge.health)] ?? 0, show: (edge) => badge(edge.health) },
  { key: "requests", value: (edge) => edge.requests, show: (edge) => count(edge.requests) },
  { key: "rate", value: (edge) => edge.rate, show: (edge) => (edge.requests > 0 ? rate(edge.rate) : "–") },
  { key: "errorRate", value: (edge) => edge.errorRate, show: (edge) => percent(edge.errorRate) },
  { key: "p50", value: (edge) => latency(edge).p50, show: (edge) => duration(latency(edge).p50) },
  { key: "p95", value: (edge) => latency(edge).p95, show: (edge) => duration(latency(edge).p95) },
  { key: "p99", value: (edge) => latency(edge).p99, show: (edge) => duration(latency(edge).p99) },
  { key: "connects", value: (edge) => edge.connections.attempted, show: (edge) => count(edge.connections.attempted) },
  { key: "failedConnects", value: failedConnects, show: (edge) => count(failedConnects(edge)) },
  { key: "bytes", value: (edge) => edge.bytes.sent + edge.bytes.received, show: (edge) => bytes(edge.bytes.sent + edge.bytes.received) },
];

/**
 * Edges in the order of a column; what has no value comes last either way.
 * @param {Model} model @param {string} key @param {boolean} isDescending
 */
export function sorted(model, key, isDescending) {
  const column = columns.find((entry) => entry.key === key) ?? columns[0];
  const sign = isDescending ? -1 : 1;
  return [...model.graph.edges].sort((left, right) => {
    const [a, b] = [column.value(left, model), column.value(right, model)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b));
    return sign * (a - b);
  });
}

export class EdgeTable {
  /** @param {HTMLElement} element @param {(selection: import("../state.js").Selection) => void} onSelect */
  constructor(element, onSelect) {
    this.element = element;
    this.onSelect = onSelect;
    this.key = "requests";
    this.isDescending = true;
    /** @type {Model | null} */
    this.model = null;
    element.addEventListener("click", (event) => {
      if (!(event.target instanceof Element)) return;
      const head = event.target.closest("button[data-key]");
      const row = event.target.closest("tr[data-edge]");
      if (head instanceof HTMLElement) this.sortBy(head.dataset.key ?? "");
      else if (row instanceof HTMLElement) onSelect({ kind: "edge", id: row.dataset.edge ?? "" });
    });
  }

  /** @param {string} key */
  sortBy(key) {
    this.isDescending = key === this.key ? !this.isDescending : !["client", "server", "protocol"].includes(key);
    this.key = key;
    if (this.model) this.show(this.model, this.selected ?? null);
    /** @type {HTMLElement | null} */ (this.element.querySelector(`button[data-key="${key}"]`))?.focus();
  }

  /** @param {Model} model @param {import("../state.js").Selection | null} selection */
  show(model, selection) {
    this.model = model;
    this.selected = selection;
    const head = el("tr", {}, ...columns.map((column) => {
      const isKey = column.key === this.key;
      const order = isKey ? (this.isDescending ? "descending" : "ascending") : undefined;
      return el("th", { scope: "col", "aria-sort": order },
        el("button", { type: "button", "data-key": column.key }, strings.table[column.key]));
    }));
    const rows = sorted(model, this.key, this.isDescending).map((edge) => {
      const isSelected = selection?.kind === "edge" && selection.id === edge.id;
      return el("tr", { "data-edge": edge.id, class: isSelected ? "selected" : "" }, ...columns.map((column, position) => {
        const content = column.show ? column.show(edge, model) : String(column.value(edge, model) ?? "–");
        if (position > 0) return el("td", {}, content);
        // The row's way for the keyboard.
        return el("th", { scope: "row" }, el("button", { type: "button", class: "link" }, content));
      }));
    });
    const scroll = [this.element.scrollLeft, this.element.scrollTop];
    this.element.replaceChildren(el("table", { class: "edges" },
      el("caption", { class: "visually-hidden" }, strings.table.caption), el("thead", {}, head), el("tbody", {}, ...rows)));
    [this.element.scrollLeft, this.element.scrollTop] = scroll;
  }
}
