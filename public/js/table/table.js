// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { count } from "../format.js";
import { tabs } from "../state.js";
import { strings } from "../strings.js";
import { arranged, columns, rows, words } from "./columns.js";
import { csv, download } from "./csv.js";

/**
 * Edges, nodes and namespaces as tables: the map for those who cannot or would not look at a picture.
 *
 * @typedef {import("../state.js").State} State
 */

/** More rows are shown on demand: a browser lays out thousands slowly. */
const firstRows = 500;
const defaultKeys = { edges: "-requests", nodes: "-served", namespaces: "-into" };

export class Tables {
  /** @param {HTMLElement} element @param {(selection: import("../state.js").Selection) => void} onSelect @param {(change: Partial<State>) => void} onChange */
  constructor(element, onSelect, onChange) {
    this.onChange = onChange;
    this.limit = firstRows;
    /** @type {State | null} */
    this.state = null;
    /** @type {import("../model.js").Model | null} */
    this.model = null;
    this.input = /** @type {HTMLInputElement} */ (el("input", {
      id: "table-text", type: "search", placeholder: strings.table.filter, "aria-label": strings.table.filter, autocomplete: "off", spellcheck: "false",
      input: () => onChange({ text: this.input.value }),
    }));
    this.count = el("span", { class: "quiet", role: "status" });
    this.tabs = tabs.map((tab) => el("button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "table-body", click: () => {
      this.limit = firstRows;
      onChange({ tab, sort: "" });
    } }, strings.table.tabs[/** @type {keyof strings.table.tabs} */ (tab)]));
    /** Pairs of ends whose edges are shown one by one. @type {Set<string>} */
    this.opened = new Set();
    this.gather = el("button", { type: "button", id: "table-gather", title: strings.table.gatherTitle,
      click: () => onChange({ gather: this.state?.gather === "no" ? "" : "no" }) }, strings.table.gather);
    this.body = el("div", { id: "table-body", class: "scroll", role: "tabpanel", tabindex: "0" });
    const list = el("div", { class: "group", role: "tablist", "aria-label": strings.table.tablist, keydown: (event) => this.key(event) }, ...this.tabs);
    element.replaceChildren(el("div", { class: "bar-above" }, list, this.input, this.gather, this.count,
      el("button", { type: "button", id: "table-csv", click: () => this.save() }, strings.table.csv)), this.body);
    this.body.addEventListener("click", (event) => {
      if (!(event.target instanceof Element)) return;
      const head = event.target.closest("button[data-key]");
      const row = event.target.closest("tr[data-kind]");
      if (event.target.closest(".more")) this.more();
      else if (head instanceof HTMLElement) this.sortBy(head.dataset.key ?? "");
      else if (row instanceof HTMLElement && row.dataset.pair !== undefined) this.open(row.dataset.pair);
      else if (row instanceof HTMLElement) onSelect({ kind: /** @type {any} */ (row.dataset.kind), id: row.dataset.id ?? "" });
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (step === undefined || at < 0) return;
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    next.focus();
    next.click();
  }

  get order() {
    const sort = this.state?.sort || defaultKeys[/** @type {keyof defaultKeys} */ (this.tab)];
    return { key: sort.replace(/^-/, ""), isDescending: sort.startsWith("-") };
  }

  get tab() {
    return this.state?.tab ?? tabs[0];
  }

  get list() {
    if (!this.model) return [];
    return this.arranged(rows[this.tab](this.model, this.state?.gather !== "no"));
  }

  /** @param {import("./columns.js").Row[]} list */
  arranged(list) {
    return arranged(list, this.order.key, this.order.isDescending, this.state?.text ?? "");
  }

  more() {
    this.limit *= 4;
    if (this.state && this.model) this.show(this.state, this.model);
  }

  /** Shows the edges of a row one by one, or no more. @param {string} pair */
  open(pair) {
    if (!this.opened.delete(pair)) this.opened.add(pair);
    if (this.state && this.model) this.show(this.state, this.model);
    /** @type {HTMLElement | null} */ (this.body.querySelector(`tr[data-pair="${CSS.escape(pair)}"] button`))?.focus();
  }

  /** @param {string} key */
  sortBy(key) {
    const { key: before, isDescending } = this.order;
    const turnsDown = key === before ? !isDescending : !words.includes(key);
    this.onChange({ sort: `${turnsDown ? "-" : ""}${key}` });
    /** @type {HTMLElement | null} */ (this.body.querySelector(`button[data-key="${key}"]`))?.focus();
  }

  save() {
    // A file has every edge by itself, with figures of its own.
    const list = this.list.flatMap((row) => row.parts ?? row);
    download(`svcmap-${this.tab}.csv`, csv(columns[this.tab].map(({ key }) => key), list.map((row) => row.values)));
  }

  /** @param {State} state @param {import("../model.js").Model} model */
  show(state, model) {
    this.state = state;
    this.model = model;
    // Hidden it costs nothing; a later `show` brings it up to date.
    if (state.view !== "table") return;
    const { list, order, tab } = this;
    if (document.activeElement !== this.input) this.input.value = state.text;
    this.count.textContent = strings.table.rows(count(list.length));
    this.gather.hidden = tab !== "edges";
    this.gather.setAttribute("aria-pressed", String(state.gather !== "no"));
    this.tabs.forEach((button, position) => {
      button.setAttribute("aria-selected", String(tabs[position] === tab));
      button.tabIndex = tabs[position] === tab ? 0 : -1;
    });
    this.body.setAttribute("aria-labelledby", `tab-${tab}`);
    const head = el("tr", {}, ...columns[tab].map((column) => el("th", {
      scope: "col", class: words.includes(column.key) || column.key === "health" ? "words" : "",
      "aria-sort": column.key === order.key ? (order.isDescending ? "descending" : "ascending") : undefined,
    }, el("button", { type: "button", "data-key": column.key }, /** @type {string} */ (strings.table[column.key])))));
    const { scrollLeft, scrollTop } = this.body;
    this.body.replaceChildren(el("table", { class: "edges" },
      el("caption", { class: "visually-hidden" }, strings.table.captions[/** @type {keyof strings.table.captions} */ (tab)]),
      el("thead", {}, head), el("tbody", {}, ...list.slice(0, this.limit).flatMap((row) => this.rows(row, columns[tab])))),
    ...(list.length === 0 ? [el("p", { class: "quiet none" }, strings.table.none)] : []),
    ...(list.length > this.limit ? [el("button", { type: "button", class: "more" }, strings.table.more(count(list.length - this.limit)))] : []));
    [this.body.scrollLeft, this.body.scrollTop] = [scrollLeft, scrollTop];
  }

  /** A row, and below it those it is made of where they are shown. @param {import("./columns.js").Row} row @param {import("./columns.js").Column[]} list */
  rows(row, list) {
    if (row.parts === undefined || row.pair === undefined) return [this.row(row, list)];
    const isOpen = this.opened.has(row.pair);
    return [this.pair(row, row.pair, row.parts.length, isOpen, list), ...(isOpen ? this.arranged(row.parts).map((part) => this.row(part, list, "part")) : [])];
  }

  /** @param {import("./columns.js").Row} row @param {string} pair @param {number} size @param {boolean} isOpen @param {import("./columns.js").Column[]} list */
  pair({ values, parts = [] }, pair, size, isOpen, list) {
    const isSelected = parts.some(({ selection }) => this.state?.selection?.kind === selection.kind && this.state.selection.id === selection.id);
    return el("tr", { "data-kind": "pair", "data-pair": pair, class: isSelected && !isOpen ? "selected" : "" }, ...list.map(({ key, show }, position) => {
      const value = values[key];
      const text = value === undefined ? "–" : show ? show(value) : String(value);
      const className = words.includes(key) || key === "health" ? `words ${key}` : "";
      if (position > 0) return el("td", { class: className }, /^p\d\d$/.test(key) && value !== undefined ? strings.table.atMost(String(text)) : text);
      return el("th", { scope: "row", class: className }, el("button", { type: "button", class: "link", "aria-expanded": String(isOpen) }, text),
        el("span", { class: "quiet" }, ` ${strings.table.edges(size)}`));
    }));
  }

  /** @param {import("./columns.js").Row} row @param {import("./columns.js").Column[]} list @param {string} [className] */
  row({ selection, values }, list, className = "") {
    const isSelected = this.state?.selection?.kind === selection.kind && this.state.selection.id === selection.id;
    return el("tr", { [`data-${selection.kind}`]: selection.id, "data-kind": selection.kind, "data-id": selection.id, class: `${className} ${isSelected ? "selected" : ""}`.trim() },
      ...list.map(({ key, show }, position) => {
        const value = values[key];
        const content = value === undefined ? "–" : show ? show(value) : String(value);
        const kind = words.includes(key) || key === "health" ? `words ${key}` : "";
        if (position > 0) return el("td", { class: kind }, content);
        // The row's way for the keyboard.
        return el("th", { scope: "row", class: kind }, el("button", { type: "button", class: "link" }, content));
      }));
  }
}
