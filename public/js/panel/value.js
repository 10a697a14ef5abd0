// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { double, durationOf, quote } from "../query/clauses.js";

/**
 * Values in a panel that say what else can be done with them: only these, not these, mark these, copy.
 *
 * @typedef {"filter" | "hide" | "find"} BoxName
 */

/**
 * A value with a menu behind it. `least` makes the clause mean "at least this".
 * @param {string} text @param {string} clause of the expression language @param {{least?: boolean, copy?: string, className?: string}} [more]
 */
export function valued(text, clause, { least = false, copy = text, className = "" } = {}) {
  return el("button", {
    type: "button", class: `value ${className}`.trim(), "data-clause": clause, "data-copy": copy, "data-least": least,
    "aria-haspopup": "menu", title: strings.value.title,
  }, text);
}

/** That a text field of an edge is this. @param {string} field @param {string} text */
export function is(field, text) {
  return `${field} == ${quote(text)}`;
}

/** That a list of an edge has this. @param {string} field @param {string} text */
export function within(field, text) {
  return `${quote(text)} in ${field}`;
}

/** That either end of an edge is so. @param {(end: string) => string} clause */
export function eitherEnd(clause) {
  return ["client", "server"].map(clause).join(" || ");
}

/** At least so many. @param {string} field @param {number} value */
export function atLeast(field, value) {
  return `${field} >= ${value}`;
}

/** At least this rate or ratio; rounded down, so that what shows it matches. @param {string} field @param {number} value */
export function atLeastRate(field, value) {
  return `${field} >= ${double(floored(value))}`;
}

/** At least this long; rounded down as well. @param {string} field @param {number} seconds */
export function atLeastTime(field, seconds) {
  return `${field} >= ${durationOf(Math.floor(floored(seconds) * 1e6) / 1e6)}`;
}

/** Three digits, never more than the value. @param {number} value */
function floored(value) {
  if (value <= 0) return 0;
  const scale = 10 ** (2 - Math.floor(Math.log10(value)));
  return Number((Math.floor(value * scale) / scale).toPrecision(3));
}

/** The menu behind values: one for the page. */
export class ValueMenu {
  /** @param {(box: BoxName, clause: string) => void} onAdd */
  constructor(onAdd) {
    this.onAdd = onAdd;
    /** @type {HTMLElement | null} */
    this.opener = null;
    this.element = el("div", { id: "value-menu", class: "value-menu", role: "menu", "aria-label": strings.value.title, hidden: true });
    document.body.append(this.element);
    document.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Node && !this.element.contains(event.target)) this.close(false);
    });
    this.element.addEventListener("keydown", (event) => {
      const items = [...this.element.querySelectorAll("button")];
      const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length].focus();
      } else if (event.key === "Escape" || event.key === "Tab") {
        event.preventDefault();
        event.stopPropagation();
        this.close(true);
      }
    });
  }

  /** @param {HTMLElement} opener a value */
  open(opener) {
    const { clause = "", copy = "", least } = opener.dataset;
    const text = strings.value;
    const item = (/** @type {string} */ name, /** @type {() => void} */ act) =>
      el("button", { type: "button", role: "menuitem", tabindex: "-1", click: () => {
        this.close(true);
        act();
      } }, name);
    const isLeast = least !== undefined;
    this.opener = opener;
    this.element.replaceChildren(el("code", {}, clause),
      item(isLeast ? text.least : text.only, () => this.onAdd("filter", clause)),
      item(isLeast ? text.below : text.without, () => this.onAdd("hide", clause)),
      item(isLeast ? text.markLeast : text.mark, () => this.onAdd("find", clause)),
      item(text.copy, () => copyText(copy)));
    this.element.hidden = false;
    const at = opener.getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    this.element.style.left = `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`;
    this.element.style.top = `${at.bottom + own.height + 8 > innerHeight ? Math.max(8, at.top - own.height - 4) : at.bottom + 4}px`;
    this.element.querySelector("button")?.focus();
  }

  /** @param {boolean} givesBack the focus */
  close(givesBack) {
    if (this.element.hidden) return;
    this.element.hidden = true;
    if (givesBack) this.opener?.focus();
  }
}

/** @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that did not come over TLS or loopback have no clipboard; a selection can be copied by hand.
    return false;
  }
  return true;
}
