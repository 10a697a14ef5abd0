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
    this.body = el("div", { id: "table-body", class: "scroll", role: "tabpanel" });
    const list = el("div", { class: "group", role: "tablist", "aria-label": strings.table.tablist, keydown: (event) => this.key(event) }, ...this.tabs);
    element.replaceChildren(el("div", { class: "bar-above" }, list, this.input, this.count,
      el("button", { type: "button", id: "table-csv", click: () => this.save() }, strings.table.csv)), this.body);
    this.body.addEventListener("click", (event) => {
      if (!(event.target instanceof Element)) return;
      const head = event.target.closest("button[data-key]");
      const row = event.target.closest("tr[data-kind]");
      if (event.target.closest(".more")) this.more();
      else if (head instanceof HTMLElement) this.sortBy(head.dataset.key ?? "");
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
    return arranged(rows[this.tab](this.model), this.order.key, this.order.isDescending, this.state?.text ?? "");
  }

  more() {
    this.limit *= 4;
    if (this.state && this.model) this.show(this.state, this.model);
  }

  /** @param {string} key */
  sortBy(key) {
    const { key: before, isDescending } = this.order;
    const turnsDown = key === before ? !isDescending : !words.includes(key);
    this.onChange({ sort: `${turnsDown ? "-" : ""}${key}` });
    /** @type {HTMLElement | null} */ (this.body.querySelector(`button[data-key="${key}"]`))?.focus();
  }

  save() {
    download(`svcmap-${this.tab}.csv`, csv(columns[this.tab].map(({ key }) => key), this.list.map((row) => row.values)));
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
      el("thead", {}, head), el("tbody", {}, ...list.slice(0, this.limit).map((row) => this.row(row, columns[tab])))),
    ...(list.length === 0 ? [el("p", { class: "quiet none" }, strings.table.none)] : []),
    ...(list.length > this.limit ? [el("button", { type: "button", class: "more" }, strings.table.more(count(list.length - this.limit)))] : []));
    [this.body.scrollLeft, this.body.scrollTop] = [scrollLeft, scrollTop];
  }

  /** @param {import("./columns.js").Row} row @param {import("./columns.js").Column[]} list */
  row({ selection, values }, list) {
    const isSelected = this.state?.selection?.kind === selection.kind && this.state.selection.id === selection.id;
    return el("tr", { [`data-${selection.kind}`]: selection.id, "data-kind": selection.kind, "data-id": selection.id, class: isSelected ? "selected" : "" },
      ...list.map(({ key, show }, position) => {
        const value = values[key];
        const content = value === undefined ? "–" : show ? show(value) : String(value);
        const className = words.includes(key) || key === "health" ? `words ${key}` : "";
        if (position > 0) return el("td", { class: className }, content);
        // The row's way for the keyboard.
        return el("th", { scope: "row", class: className }, el("button", { type: "button", class: "link" }, content));
      }));
  }
}
