// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchOperations, fetchTransactions, longestPage } from "../api.js";
import { arrange, el, render } from "../dom.js";
import { clock, count, duration, instant } from "../format.js";
import { strings } from "../strings.js";
import { csv, download } from "../table/csv.js";
import { headers, isFailure, oddities, outcomeOptions, outcomeText, sizes, waterfall } from "./transaction.js";

/**
 * The sampled transactions of everything on screen, the newest first. A newer graph brings the newer ones, unless the list is held.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../api.js").Transaction} Transaction
 * @typedef {import("../model.js").Model} Model
 */

const firstPage = 100;
/** More operations are not offered; any can be typed. */
const maximumOperations = 500;
const columns = /** @type {const} */ (["at", "took", "outcome", "protocol", "operation", "client", "server"]);
const filters = /** @type {const} */ (["protocol", "outcome", "operation"]);

export class TransactionList {
  /** @param {HTMLElement} element @param {(selection: import("../state.js").Selection) => void} onSelect @param {(change: Partial<State>) => void} onChange */
  constructor(element, onSelect, onChange) {
    this.onSelect = onSelect;
    this.onChange = onChange;
    this.limit = firstPage;
    /** What the entries answer. */
    this.key = "";
    /** @type {State | null} */
    this.state = null;
    /** @type {Model | null} */
    this.model = null;
    this.query = "";
    /** @type {import("../api.js").TransactionPage | null} */
    this.page = null;
    this.hasFailed = false;
    this.isHeld = false;
    /** Whether there may be newer ones than the held list has. */
    this.isBehind = false;
    /** @type {AbortController | null} */
    this.controller = null;
    const text = strings.transactions;
    this.protocol = el("select", { id: "transactions-protocol", "aria-label": strings.table.protocol, change: (event) => onChange({ protocol: event.target.value }) });
    this.outcome = el("select", { id: "transactions-outcome", "aria-label": text.outcome, change: (event) => onChange({ outcome: event.target.value }) });
    this.operation = /** @type {HTMLInputElement} */ (el("input", {
      id: "transactions-operation", type: "search", list: "transactions-operations", placeholder: text.operation, "aria-label": text.operation,
      autocomplete: "off", spellcheck: "false", change: () => onChange({ operation: this.operation.value.trim() }),
      focus: () => this.offer(),
    }));
    this.operations = el("datalist", { id: "transactions-operations" });
    /** The graph whose operations are offered. @type {Model | null} */
    this.offered = null;
    this.hold = el("button", { type: "button", id: "transactions-follow", title: text.followTitle, click: () => this.turn() }, text.follow);
    this.count = el("span", { class: "quiet", role: "status" });
    this.rows = el("tbody");
    this.below = el("div", { class: "below" });
    this.body = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": text.title }, el("table", { class: "edges transactions" },
      el("caption", { class: "visually-hidden" }, text.title),
      el("thead", {}, el("tr", {}, ...columns.map((key) => el("th", { scope: "col", class: key === "took" ? "" : "words" }, text.columns[key])))),
      this.rows), this.below);
    element.replaceChildren(el("div", { class: "bar-above" }, this.protocol, this.outcome, this.operation, this.operations, this.hold, this.count,
      el("button", { type: "button", id: "transactions-csv", click: () => this.save() }, strings.table.csv)), this.body);
    this.body.addEventListener("click", (event) => {
      if (event.target instanceof Element) this.press(event.target);
    });
  }

  /** @param {Element} target */
  press(target) {
    const button = target.closest("button");
    const row = target.closest("tr[data-at]");
    if (button?.dataset.edge !== undefined) this.onSelect({ kind: "edge", id: button.dataset.edge });
    else if (button?.dataset.operation !== undefined) this.onChange({ operation: button.dataset.operation });
    else if (button?.matches(".more")) this.more();
    else if (row instanceof HTMLElement && this.state) {
      const at = row.dataset.at ?? "";
      this.onChange({ transaction: this.state.transaction === at ? "" : at });
    }
  }

  /** Holds the list as it is, or follows what comes. */
  turn() {
    this.isHeld = !this.isHeld;
    if (!this.isHeld && this.isBehind) this.load();
    this.draw();
  }

  more() {
    this.limit = Math.min(longestPage, this.limit * 4);
    this.load();
  }

  save() {
    download("svcmap-transactions.csv", csv(
      ["at", "seconds", "outcome", "status", "protocol", "operation", "edge", "requestBytes", "responseBytes", "serverName"],
      this.entries.map((one) => ({ ...one, seconds: one.ended }))));
  }

  get entries() {
    return this.page?.transactions ?? [];
  }

  /** @param {State} state @param {Model} model @param {string} query the graph's */
  show(state, model, query) {
    if (state.view !== "transactions") {
      this.controller?.abort();
      this.state = null;
      return;
    }
    const isBack = this.state === null;
    const key = [query, ...filters.map((name) => state[name])].join("\n");
    const isOther = key !== this.key;
    const isNewer = model !== this.model;
    const asksElse = query !== this.query;
    this.state = state;
    this.key = key;
    this.model = model;
    this.query = query;
    if (isOther) {
      this.limit = firstPage;
      this.isHeld = false;
    }
    // Another view is asked for once the graph is there; the list stays until then.
    if (isNewer && this.isHeld && !isOther) this.isBehind = true;
    else if ((isNewer || isBack || (isOther && !asksElse)) && model.graph.nodes.length > 0) this.load();
    else if (isNewer) this.page = null;
    this.draw();
  }

  async load() {
    const { state } = this;
    if (state === null) return;
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    this.isBehind = false;
    try {
      const page = await fetchTransactions(this.query, Object.fromEntries(filters.map((name) => [name, state[name]])), 0, this.limit, controller.signal);
      if (controller.signal.aborted) return;
      this.page = page;
      this.hasFailed = false;
    } catch {
      // The map's own question tells what is wrong; here it is enough that there is nothing newer.
      if (controller.signal.aborted) return;
      this.hasFailed = true;
    }
    this.draw();
  }

  /** Asks for the operations there are once somebody wants to write one: a graph without them is much shorter. */
  async offer() {
    const { model, query } = this;
    if (model === null || model === this.offered) return;
    this.offered = model;
    try {
      const names = await fetchOperations(query, new AbortController().signal);
      if (this.offered === model) render(this.operations, ...names.slice(0, maximumOperations).map((value) => el("option", { value })));
    } catch {
      // Any can be typed; the next time they are asked for anew.
      if (this.offered === model) this.offered = null;
    }
  }

  draw() {
    const { state, model, page } = this;
    if (state === null || model === null) return;
    const text = strings.transactions;
    const protocols = [...new Set([...model.graph.edges.flatMap((edge) => edge.protocols.map((one) => one.protocol)), ...(state.protocol === "" ? [] : [state.protocol])])].sort();
    render(this.protocol, ...["", ...protocols].map((value) => el("option", { value, selected: value === state.protocol }, value === "" ? text.allProtocols : value)));
    render(this.outcome, ...outcomeOptions(state.outcome));
    /** @type {HTMLSelectElement} */ (this.protocol).value = state.protocol;
    /** @type {HTMLSelectElement} */ (this.outcome).value = state.outcome;
    if (document.activeElement !== this.operation) this.operation.value = state.operation;
    this.hold.setAttribute("aria-pressed", String(!this.isHeld));
    this.count.textContent = page === null ? (this.hasFailed ? strings.samples.failed : strings.samples.loading)
      : [text.shown(count(this.entries.length), count(page.total)), ...(this.isBehind ? [text.behind] : []), ...(this.hasFailed ? [strings.samples.failed] : [])].join(" · ");
    this.drawRows(state, model);
    const notes = page === null ? [] : [
      ...(this.entries.length === 0 ? [el("p", { class: "quiet none" }, text.none)] : []),
      ...(page.next !== undefined && this.limit < longestPage ? [el("button", { type: "button", class: "more" }, strings.samples.more)] : []),
      ...(page.next !== undefined && this.limit >= longestPage ? [el("p", { class: "quiet" }, text.bounded(count(longestPage)))] : []),
      ...(page.searchedFrom === undefined ? [] : [el("p", { class: "quiet" }, text.searchedFrom(`${instant(page.searchedFrom)} UTC`))]),
      el("p", { class: "quiet" }, text.kept)];
    render(this.below, ...notes);
  }

  /** Rows that were there stay in place, so that focus and scroll survive what comes. @param {State} state @param {Model} model */
  drawRows(state, model) {
    const present = new Map([...this.rows.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.key ?? "", row]));
    /** @type {Map<string, number>} */
    const seen = new Map();
    const rows = this.entries.flatMap((one) => {
      const same = JSON.stringify(one);
      const time = (seen.get(same) ?? 0) + 1;
      seen.set(same, time);
      const isOpen = state.transaction === one.at;
      const made = [this.row(one, model, isOpen), ...(isOpen ? [this.detail(one, model)] : [])];
      return made.map((row, position) => {
        row.dataset.key = `${position} ${time} ${same}`;
        const old = present.get(row.dataset.key);
        return old?.isEqualNode(row) ? old : takingPlace(old, row);
      });
    });
    arrange(this.rows, rows);
  }

  /** @param {Transaction} one @param {Model} model @param {boolean} isOpen */
  row(one, model, isOpen) {
    const edge = model.edges.get(one.edge);
    const [client, server] = edge ? [model.name(edge.client), model.name(edge.server)] : [one.edge, ""];
    return el("tr", { "data-at": one.at, "data-outcome": one.outcome, class: isOpen ? "selected" : "" },
      el("th", { scope: "row", class: "words" }, el("button", { type: "button", class: "link", "aria-expanded": String(isOpen), title: `${instant(one.at)} UTC` }, clock(one.at))),
      el("td", {}, duration(one.ended)), el("td", { class: `words ${isFailure(one) ? "bad" : ""}` }, outcomeText(one)),
      el("td", { class: "words" }, one.protocol), el("td", { class: "words operation", title: one.operation }, one.operation),
      el("td", { class: "words" }, client), el("td", { class: "words" }, server));
  }

  /** @param {Transaction} one @param {Model} model */
  detail(one, model) {
    const text = strings.transactions;
    const facts = [`${instant(one.at)} UTC`, ...sizes(one), ...oddities(one), one.serverName ?? ""].filter((part) => part !== "");
    return el("tr", { class: "detail" }, el("td", { colspan: String(columns.length) },
      el("p", { class: "operation" }, one.operation), el("p", { class: "quiet" }, facts.join(" · ")), waterfall(one),
      headers(strings.samples.requestHeaders, one.requestHeaders), headers(strings.samples.responseHeaders, one.responseHeaders),
      el("div", { class: "actions" },
        ...(model.edges.has(one.edge) ? [el("button", { type: "button", "data-edge": one.edge }, text.edge)] : []),
        el("button", { type: "button", "data-operation": one.operation }, text.onlyOperation))));
  }
}

/** A row in the place of one that tells something else, with its focus. @param {Element | undefined} old @param {HTMLElement} row */
function takingPlace(old, row) {
  if (old === undefined) return row;
  const isFocused = old.contains(document.activeElement);
  old.replaceWith(row);
  if (isFocused) row.querySelector("button")?.focus({ preventScroll: true });
  return row;
}
