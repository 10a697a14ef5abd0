// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchDiff } from "../api.js";
import { byId, el, render } from "../dom.js";
import { count, duration, instant, percent, rate } from "../format.js";
import { strings } from "../strings.js";
import * as ranges from "./ranges.js";

/**
 * What is another way than in a second range: on the map, and as a list.
 *
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {{health: string, requests: number, failed: number, observedSeconds: number, rate?: number, errorRate?: number, p50?: number,
 *   p95?: number, p99?: number, attempted: number, failedConnects: number, bytesSent: number, bytesReceived: number}} Figures
 * @typedef {{id: string, change: string, uncertain?: boolean, base?: Figures, current?: Figures}} Change
 * @typedef {Change & {client: string, server: string, port: number, transport: string, protocol?: string}} EdgeChange
 * @typedef {{version: number, base: {from: string, to: string, observedSeconds: number}, current: {from: string, to: string},
 *   unwatched?: string[], counts: Record<string, number>, nodes: Change[], edges: EdgeChange[]}} DiffDocument
 * @typedef {{edges: Map<string, {change: string, text: string}>, nodes: Map<string, string>, gone: Map<string, GraphEdge>}} Marks
 */

/** What a person wants to know first. */
export const changes = ["failing", "gone", "new", "slower", "recovered", "faster", "more", "less", "same"];
const maximumListed = 12;

/** What changed, the most telling first. Pure. @param {DiffDocument} diff */
export function changed(diff) {
  const weight = ({ base, current }) => Math.max(base?.requests ?? 0, current?.requests ?? 0);
  return diff.edges.filter(({ change }) => change !== "same").sort((left, right) =>
    Number(left.uncertain ?? false) - Number(right.uncertain ?? false)
    || changes.indexOf(left.change) - changes.indexOf(right.change) || weight(right) - weight(left));
}

/** What changed about one, in figures. Pure. @param {Change} entry */
export function figures({ change, base, current }) {
  const both = (/** @type {(side: Figures) => string} */ told) => (base && current ? `${told(base)} → ${told(current)}` : told(current ?? base ?? nothing));
  switch (change) {
    case "failing": case "recovered":
      return both((side) => (side.requests > 0 ? percent(side.errorRate) : `${count(side.failedConnects)} / ${count(side.attempted)}`));
    case "slower": case "faster": return `p95 ${both((side) => duration(side.p95))}`;
    case "same": return "";
    default: return both((side) => (side.requests > 0 || !side.attempted ? rate(side.rate) : `${count(side.attempted)} ${side.attempted === 1 ? strings.figures.connect : strings.figures.connects}`));
  }
}

/** @type {Figures} */
const nothing = { health: "unknown", requests: 0, failed: 0, observedSeconds: 0, attempted: 0, failedConnects: 0, bytesSent: 0, bytesReceived: 0 };

/** @param {string} change */
function known(change) {
  return changes.includes(change) ? change : "same";
}

/** How the map shows a comparison. Pure. @param {DiffDocument} diff @returns {Marks} */
export function marksOf(diff) {
  /** @type {Marks} */
  const marks = { edges: new Map(), nodes: new Map(diff.nodes.map(({ id, change }) => [id, known(change)])), gone: new Map() };
  for (const entry of diff.edges) {
    const { id, base, current } = entry;
    const change = known(entry.change);
    const words = strings.changes[/** @type {keyof strings.changes} */ (change)] ?? change;
    marks.edges.set(id, { change, text: change === "same" ? "" : [`${words.sign} ${words.name}`, figures(entry)].join(" ") });
    if (base && !current) marks.gone.set(id, /** @type {GraphEdge} */ (/** @type {unknown} */ ({ ...entry, ...base, direction: "observed", connections: {} })));
  }
  return marks;
}

export class Compare {
  /** @param {HTMLDetailsElement} element @param {{shown: () => void, select: (id: string) => void, name: (id: string) => string, stop: () => void}} acts */
  constructor(element, acts) {
    this.element = element;
    this.acts = acts;
    /** @type {DiffDocument | null} */
    this.diff = null;
    /** @type {Marks | null} */
    this.marks = null;
    this.key = "";
    this.hasFailed = false;
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.edge !== undefined) acts.select(button.dataset.edge);
      else if (button?.matches(".stop")) acts.stop();
    });
  }

  /** @param {ranges.Span | null} base @param {string} query of the graph @param {unknown} model that the answer belongs to */
  show(base, query, model) {
    this.element.hidden = base === null;
    if (base === null) {
      this.controller?.abort();
      [this.diff, this.marks, this.key, this.model, this.hasFailed] = [null, null, "", null, false];
      return;
    }
    const key = `baseFrom=${ranges.text(base.from)}&baseTo=${ranges.text(base.to)} ${query}`;
    if (key !== this.key || model !== this.model) this.load(key, query, model);
    this.list();
  }

  /** @param {string} key @param {string} query @param {unknown} model */
  async load(key, query, model) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    this.key = key;
    this.model = model;
    try {
      const diff = await fetchDiff(query, key.split(" ")[0], controller.signal);
      if (controller.signal.aborted) return;
      this.diff = diff;
      this.marks = marksOf(diff);
      this.hasFailed = false;
    } catch {
      if (controller.signal.aborted) return;
      [this.diff, this.marks, this.hasFailed] = [null, null, true];
    }
    this.list();
    this.acts.shown();
  }

  /** The range compared with, which the picture must have room for. */
  get range() {
    return this.diff === null ? null : { from: this.diff.base.from, to: this.diff.base.to };
  }

  list() {
    const text = strings.compare;
    const stop = el("button", { type: "button", class: "stop", "aria-label": text.stop, title: text.stop }, "×");
    const summary = el("summary", {}, text.title);
    const { diff } = this;
    if (diff === null) {
      render(this.element, summary, el("div", {}, el("p", { class: "quiet" }, this.hasFailed ? text.failed : strings.samples.loading), stop));
      return;
    }
    const [from, to] = [instant(diff.base.from), instant(diff.base.to)];
    const legend = changes.filter((change) => diff.counts[change] > 0).map((change) => {
      const words = strings.changes[/** @type {keyof strings.changes} */ (change)];
      return el("li", { class: `change-${change}`, "data-change": change }, el("span", { class: "sign" }, words.sign), `${words.name} `, el("b", {}, count(diff.counts[change])));
    });
    const all = changed(diff);
    const items = all.slice(0, maximumListed).map((entry) => {
      const words = strings.changes[/** @type {keyof strings.changes} */ (entry.change)];
      return el("li", {}, el("button", { type: "button", "data-edge": entry.id, class: `change-${entry.change}${entry.uncertain ? " uncertain" : ""}` },
        el("span", { class: "sign" }, words.sign), el("span", { class: "name" }, text.call(this.acts.name(entry.client), this.acts.name(entry.server))),
        el("span", { class: "quiet" }, [words.name, figures(entry), ...(entry.uncertain ? [text.uncertain] : [])].join(" · "))));
    });
    const unwatched = (diff.unwatched ?? []).map((side) => el("p", { class: "loss" }, side === "base" ? text.baseUnwatched : text.currentUnwatched));
    render(this.element, summary, el("div", {}, el("p", { class: "quiet" }, text.with(from, from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to)), stop,
      ...unwatched, el("ul", { class: "counts" }, ...legend),
      ...(items.length > 0 ? [el("ul", { class: "list" }, ...items)] : [el("p", { class: "quiet" }, text.none)]),
      ...(all.length > items.length ? [el("p", { class: "quiet" }, text.more(all.length - items.length))] : [])));
  }
}
