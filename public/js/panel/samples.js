// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchTransactions } from "../api.js";
import { el } from "../dom.js";
import { strings } from "../strings.js";
import { section } from "./parts.js";
import { bytes, clock, count, duration } from "../format.js";

/**
 * Examples of what was asked over an edge: loaded when an edge is looked at, and again when its graph is a newer one.
 *
 * @typedef {import("../api.js").Transaction} Transaction
 * @typedef {import("../api.js").HeaderField} HeaderField
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {import("../model.js").Model} Model
 */

const firstPage = 20;
/** The longest page that the server gives. */
const maximumPage = 1_000;
/** Outcomes that count into the error rate. */
const failures = ["serverError", "serverClosed", "timedOut"];

export class Samples {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.forget();
  }

  forget() {
    this.controller?.abort();
    this.key = "";
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
    this.text = "";
  }

  /** Shows only some: of all that the server has, not only of the page that was loaded. @param {string} outcome @param {string} text */
  filter(outcome, text) {
    this.outcome = outcome;
    this.text = text;
    if ((outcome !== "" || text !== "") && this.next !== undefined) this.ask?.(maximumPage);
    this.onChange();
  }

  get matching() {
    const wanted = this.text.trim().toLowerCase();
    return this.entries.filter((one) => (this.outcome === "" || (this.outcome === "failed" ? failures.includes(one.outcome) : one.outcome === this.outcome))
      && (wanted === "" || [one.operation, one.status ?? "", one.protocol, one.serverName ?? ""].some((text) => text.toLowerCase().includes(wanted))));
  }

  /** Which to show. */
  controls() {
    const options = ["", "failed", ...Object.keys(strings.outcomes)].map((value) => el("option", { value, selected: value === this.outcome },
      value === "" ? strings.samples.all : value === "failed" ? strings.samples.failures : strings.outcomes[/** @type {keyof strings.outcomes} */ (value)]));
    return el("div", { class: "pick" },
      el("select", { id: "samples-outcome", "aria-label": strings.samples.outcome }, ...options),
      el("input", { id: "samples-text", type: "search", value: this.text, placeholder: strings.samples.text, "aria-label": strings.samples.text,
        autocomplete: "off", spellcheck: "false" }));
  }

  /** What is known so far; asks for what is not. @param {GraphEdge} edge @param {Model} model @param {string} query */
  section(edge, model, query) {
    const key = `${query} ${edge.id}`;
    if (key !== this.key) this.forget();
    if (model !== this.model) {
      this.key = key;
      this.model = model;
      this.load(edge.id, query, 0, firstPage);
    }
    this.ask = (/** @type {number} */ limit) => this.load(edge.id, query, this.next ?? 0, limit);
    if (this.hasFailed) return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.failed));
    if (!this.isLoaded) return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.loading));
    if (this.entries.length === 0) return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.none));
    const { matching } = this;
    return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.help(count(matching.length), count(this.total))), this.controls(),
      el("ol", { class: "samples" }, ...matching.map((one) => entry(one, edge.protocols.length > 1))),
      this.next === undefined ? null : el("button", { type: "button", class: "more" }, strings.samples.more));
  }

  more() {
    this.ask?.(firstPage);
  }

  /** @param {string} edge @param {string} query @param {number} offset @param {number} limit */
  async load(edge, query, offset, limit) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const page = await fetchTransactions(query, edge, offset, limit, controller.signal);
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
  const word = strings.outcomes[/** @type {keyof strings.outcomes} */ (sample.outcome)] ?? sample.outcome;
  const outcome = sample.status === undefined ? word : `${sample.status} ${sample.outcome === "ok" ? "" : word}`.trim();
  const isBad = failures.includes(sample.outcome);
  const wait = sample.responseStart === undefined ? undefined : sample.responseStart - sample.requestEnd;
  const facts = [
    clock(sample.at), namesProtocol ? sample.protocol : "",
    wait !== undefined && wait > 0 ? `${strings.panel.serverTime.toLowerCase()} ${duration(wait)}` : "",
    sample.requestBytes === undefined ? "" : `${bytes(sample.requestBytes)} ${strings.fields.sent}`,
    sample.responseBytes === undefined ? "" : `${bytes(sample.responseBytes)} ${strings.fields.received}`,
    sample.streaming ? strings.fields.streaming.toLowerCase() : "", sample.incomplete ? strings.fields.incomplete.toLowerCase() : "",
    sample.serverName ?? "",
  ];
  return el("li", { "data-outcome": sample.outcome },
    el("span", { class: "operation" }, sample.operation), el("b", {}, duration(sample.ended)),
    el("span", { class: "quiet" }, facts.filter((text) => text !== "").join(" · ")),
    el("span", { class: isBad ? "bad" : "quiet" }, outcome),
    headers(strings.samples.requestHeaders, sample.requestHeaders), headers(strings.samples.responseHeaders, sample.responseHeaders));
}

/** Header fields that somebody asked for: text of strangers, shown as text. @param {string} title @param {HeaderField[]} [fields] */
function headers(title, fields) {
  if (fields === undefined || fields.length === 0) return null;
  return el("div", { class: "headers" }, el("span", { class: "quiet" }, title),
    el("dl", {}, ...fields.flatMap(({ name, value }) => [el("dt", {}, name), el("dd", {}, value)])));
}
