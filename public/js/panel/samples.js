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
  }

  /** What is known so far; asks for what is not. @param {GraphEdge} edge @param {Model} model @param {string} query */
  section(edge, model, query) {
    const key = `${query} ${edge.id}`;
    if (key !== this.key) this.forget();
    if (model !== this.model) {
      this.key = key;
      this.model = model;
      this.load(edge.id, query, 0);
    }
    this.ask = () => this.load(edge.id, query, this.next ?? 0);
    if (this.hasFailed) return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.failed));
    if (!this.isLoaded) return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.loading));
    if (this.entries.length === 0) return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.none));
    return section(strings.samples.title, el("p", { class: "quiet" }, strings.samples.help(count(this.entries.length), count(this.total))),
      el("ol", { class: "samples" }, ...this.entries.map((one) => entry(one, edge.protocols.length > 1))),
      this.next === undefined ? null : el("button", { type: "button", class: "more" }, strings.samples.more));
  }

  more() {
    this.ask?.();
  }

  /** @param {string} edge @param {string} query @param {number} offset */
  async load(edge, query, offset) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const page = await fetchTransactions(query, edge, offset, controller.signal);
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
  const isBad = ["serverError", "serverClosed", "timedOut"].includes(sample.outcome);
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
