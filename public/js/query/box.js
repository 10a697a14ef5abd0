// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { complete } from "./complete.js";

/**
 * A box for an expression: completes while one types, applies on Enter, and shows in place what the server does not understand.
 *
 * @typedef {"filter" | "find" | "hide"} BoxName
 * @typedef {{message: string, suggestion: string, offset: number | null, length: number}} Mistake
 */
export class ExpressionBox {
  /**
   * @param {HTMLElement} element where it stands @param {BoxName} name
   * @param {(text: string) => void} onApply @param {() => import("./complete.js").Values} values
   */
  constructor(element, name, onApply, values) {
    this.name = name;
    this.onApply = onApply;
    this.values = values;
    this.applied = "";
    this.active = -1;
    /** @type {import("./complete.js").Completion | null} */
    this.completion = null;
    const text = strings.query[name];
    this.input = /** @type {HTMLInputElement} */ (el("input", {
      id: `query-${name}`, type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", autocapitalize: "off",
      maxlength: "8192", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `choices-${name}`, "aria-describedby": `mistake-${name}`,
      placeholder: text.placeholder,
    }));
    this.list = el("ul", { id: `choices-${name}`, class: "choices", role: "listbox", "aria-label": strings.query.choices, hidden: true });
    this.fault = el("div", { id: `mistake-${name}`, class: "mistake", role: "status", hidden: true });
    element.append(el("label", { for: this.input.id, title: text.help }, text.label),
      el("span", { class: "entry" }, this.input, this.list, this.fault));
    this.input.addEventListener("input", () => this.suggest());
    this.input.addEventListener("click", () => this.suggest());
    this.input.addEventListener("keydown", (event) => this.key(event));
    // The clear button of a search box and Enter come as this too, in browsers that have it.
    this.input.addEventListener("search", () => this.apply());
    this.input.addEventListener("blur", () => {
      this.close();
      this.apply();
    });
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target instanceof Element ? event.target.closest("li") : null;
      if (item) this.take([...this.list.children].indexOf(item));
    });
  }

  /** What the state says; what is being typed stays. @param {string} text */
  show(text) {
    const isTyping = document.activeElement === this.input && this.input.value !== this.applied;
    if (text !== this.applied) this.setMistake(null);
    if (!isTyping) this.input.value = text;
    this.applied = text;
    this.input.classList.toggle("set", text !== "");
  }

  apply() {
    const text = this.input.value.trim();
    if (text === this.applied) return;
    this.setMistake(null);
    this.applied = text;
    this.onApply(text);
  }

  /** @param {Mistake | null} mistake */
  setMistake(mistake) {
    this.fault.hidden = mistake === null;
    this.input.setAttribute("aria-invalid", String(mistake !== null));
    if (mistake === null) {
      this.fault.replaceChildren();
      return;
    }
    const parts = [];
    const points = [...this.applied];
    if (mistake.offset !== null) {
      const end = mistake.offset + Math.max(mistake.length, 1);
      const marked = points.slice(mistake.offset, end).join("");
      parts.push(el("pre", {}, points.slice(0, mistake.offset).join(""), el("mark", {}, marked === "" ? "\u2038" : marked), points.slice(end).join("")));
    }
    parts.push(el("p", {}, mistake.message));
    const better = /^did you mean (.+)\?$/.exec(mistake.suggestion)?.[1];
    if (better !== undefined && mistake.offset !== null) {
      const { offset, length } = mistake;
      parts.push(el("button", { type: "button", pointerdown: (event) => event.preventDefault(), click: () => {
        this.input.value = [...points.slice(0, offset), better, ...points.slice(offset + length)].join("");
        this.apply();
      } }, strings.query.use(better)));
    } else if (mistake.suggestion !== "") {
      parts.push(el("p", {}, mistake.suggestion));
    }
    this.fault.replaceChildren(...parts);
  }

  suggest() {
    const cursor = this.input.selectionStart ?? this.input.value.length;
    this.completion = complete(this.input.value, cursor, this.values());
    const choices = this.completion?.choices ?? [];
    this.active = -1;
    this.list.replaceChildren(...choices.map((choice, position) =>
      el("li", { role: "option", id: `choice-${this.name}-${position}`, "aria-selected": "false" },
        el("span", {}, choice.text), choice.detail === "" ? null : el("span", { class: "quiet" }, choice.detail))));
    this.list.hidden = choices.length === 0;
    this.input.setAttribute("aria-expanded", String(choices.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    this.list.scrollTop = 0;
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} position */
  choose(position) {
    const count = this.list.childElementCount;
    if (count === 0) return;
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = (position + count) % count;
    const item = this.list.children[this.active];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item.id);
  }

  /** @param {number} position */
  take(position) {
    const choice = this.completion?.choices[position];
    if (!choice || !this.completion) return;
    const { from, to } = this.completion;
    const text = this.input.value;
    // A field or a value is done with a space, an operator needs one before it, and a call stays open.
    const gap = /^[=!<>&|i]/.test(choice.text) && /\S$/.test(text.slice(0, from)) && !choice.text.includes(".") ? " " : "";
    const end = choice.text.endsWith("(") || choice.text.endsWith("[") || choice.text.endsWith("== ") ? "" : " ";
    const inserted = `${gap}${choice.text}${text.slice(to).startsWith(" ") ? "" : end}`;
    this.input.value = text.slice(0, from) + inserted + text.slice(to);
    this.input.focus();
    this.input.setSelectionRange(from + inserted.length, from + inserted.length);
    this.suggest();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) this.suggest();
      else this.choose(this.active + (event.key === "ArrowDown" ? 1 : this.active < 0 ? 0 : -1));
    } else if ((event.key === "Enter" || event.key === "Tab") && isOpen && this.active >= 0) {
      event.preventDefault();
      this.take(this.active);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.close();
      this.apply();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (isOpen) event.preventDefault();
      if (isOpen) this.close();
      else this.input.value = this.applied;
    }
  }
}
