// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchTransactions } from "../api.js";
import { el } from "../dom.js";
import { strings } from "../strings.js";
import { headers, isFailure, oddities, outcomeOptions, outcomeText, sizes } from "../transactions/transaction.js";
import { section } from "./parts.js";
import { clock, count, duration } from "../format.js";

/**
 * Examples of what was asked over an edge: loaded when an edge is looked at, and again when its graph is a newer one.
 *
 * @typedef {import("../api.js").Transaction} Transaction
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {import("../model.js").Model} Model
 */

const pageLength = 20;

export class Samples {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.forget();
  }

  forget() {
    this.controller?.abort();
    this.id = "";
    this.query = "";
    /** @type {Model | null} */
    this.model = null;
    /** @type {Transaction[]} */
    this.entries = [];
    this.total = 0;
    /** @type {number | undefined} */
    this.next = undefined;
    this.hasFailed = false;
    this.isLoaded = false;
    this.outcome = "";
    this.operation = "";
  }

  /** Asks for some only, among all that the server has. @param {string} outcome @param {string} operation */
  filter(outcome, operation) {
    this.outcome = outcome;
    this.operation = operation;
    this.ask?.(0);
  }

  /** Which to show. @param {string[]} known operations of the edge */
  controls(known) {
    const names = new Set(known);
    if (this.operation !== "") names.add(this.operation);
    const operations = ["", ...names].map((value) => el("option", { value, selected: value === this.operation }, value === "" ? strings.samples.operations : value));
    return el("div", { class: "pick" },
      el("select", { id: "samples-outcome", "aria-label": strings.samples.outcome }, ...outcomeOptions(this.outcome)),
      el("select", { id: "samples-operation", "aria-label": strings.samples.operation }, ...operations));
  }

  /** What is known so far; asks for what is not. @param {GraphEdge} edge @param {string[]} operations of the edge @param {Model} model @param {string} query */
  section(edge, operations, model, query) {
    if (edge.id !== this.id) this.forget();
    this.ask = (/** @type {number} */ offset) => this.load(edge.id, query, offset);
    if (model !== this.model || query !== this.query) {
      this.id = edge.id;
      this.query = query;
      this.model = model;
      this.ask(0);
    }
    const title = strings.samples.title;
    if (this.hasFailed) return section(title, el("p", { class: "quiet" }, strings.samples.failed));
    if (!this.isLoaded) return section(title, el("p", { class: "quiet" }, strings.samples.loading));
    const isChosen = this.outcome !== "" || this.operation !== "";
    if (this.entries.length === 0 && !isChosen) return section(title, el("p", { class: "quiet" }, strings.samples.none));
    return section(title, el("p", { class: "quiet", role: "status" }, strings.samples.help(count(this.entries.length), count(this.total))), this.controls(operations),
      el("ol", { class: "samples" }, ...this.entries.map((one) => entry(one, edge.protocols.length > 1))),
      this.next === undefined ? null : el("button", { type: "button", class: "more" }, strings.samples.more));
  }

  more() {
    this.ask?.(this.next ?? 0);
  }

  /** @param {string} edge @param {string} query @param {number} offset */
  async load(edge, query, offset) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const page = await fetchTransactions(query, { edge, outcome: this.outcome, operation: this.operation }, offset, pageLength, controller.signal);
      if (controller.signal.aborted) return;
      // Where newer data came between two pages, the same ones may come again; they are told once.
      const known = new Set(this.entries.map((one) => JSON.stringify(one)));
      const fresh = page.transactions.filter((one) => !known.has(JSON.stringify(one)));
      this.entries = offset === 0 ? page.transactions : [...this.entries, ...fresh];
      this.total = page.total;
      this.next = page.next;
      this.hasFailed = false;
    } catch {
      // The map's own question tells what is wrong; here it is enough that there is nothing.
      if (controller.signal.aborted) return;
      this.hasFailed = this.entries.length === 0;
    }
    this.isLoaded = true;
    this.onChange();
  }
}

/** @param {Transaction} sample @param {boolean} namesProtocol the edge has several */
function entry(sample, namesProtocol) {
  const wait = sample.responseStart === undefined ? undefined : sample.responseStart - sample.requestEnd;
  const facts = [
    clock(sample.at), namesProtocol ? sample.protocol : "",
    wait !== undefined && wait > 0 ? `${strings.panel.serverTime.toLowerCase()} ${duration(wait)}` : "",
    ...sizes(sample), ...oddities(sample), sample.serverName ?? "",
  ];
  return el("li", { "data-outcome": sample.outcome },
    el("span", { class: "operation" }, sample.operation), el("b", {}, duration(sample.ended)),
    el("span", { class: "quiet" }, facts.filter((text) => text !== "").join(" · ")),
    el("span", { class: isFailure(sample) ? "bad" : "quiet" }, outcomeText(sample)),
    headers(strings.samples.requestHeaders, sample.requestHeaders), headers(strings.samples.responseHeaders, sample.responseHeaders));
}
