// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el, render } from "./dom.js";
import { strings } from "./strings.js";
import { labels, levels, themes, views } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** The controls above the map. */
export class Pickers {
  /** @param {(change: Partial<State>) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    fill(byId("level"), levels.map((level) => [level, strings.levels[/** @type {keyof strings.levels} */ (level)]]));
    fill(byId("label"), labels.map((label) => [label, strings.labels[/** @type {keyof strings.labels} */ (label)]]));
    for (const name of /** @type {const} */ (["level", "label"])) {
      byId(name).addEventListener("change", () => onChange({ [name]: byId(name).value }));
    }
    byId("window").addEventListener("change", () => {
      if (byId("window").value !== "custom") onChange({ window: byId("window").value, from: "", to: "" });
    });
    for (const view of views) byId(`view-${view}`).addEventListener("click", () => onChange({ view }));
    byId("namespaces").addEventListener("change", () => {
      /** @type {NodeListOf<HTMLInputElement>} */
      const checked = byId("namespaces").querySelectorAll("input:checked");
      onChange({ namespaces: [...checked].map((box) => box.value).sort() });
    });
    byId("all-namespaces").addEventListener("click", () => onChange({ namespaces: [] }));
    for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu"))) closeOutside(menu);
  }

  /** @param {State} state @param {string[]} known namespaces */
  show(state, known) {
    byId("level").value = state.level;
    byId("label").value = state.label;
    this.showWindow(state);
    for (const view of views) byId(`view-${view}`).setAttribute("aria-pressed", String(view === state.view));
    byId("namespace-summary").textContent = state.namespaces.length === 0 ? strings.allNamespaces
      : state.namespaces.length === 1 ? state.namespaces[0] : strings.namespaceCount(state.namespaces.length);
    this.showNamespaces(state, [...new Set([...known, ...state.namespaces])].sort());
  }

  /** @param {State} state */
  showWindow(state) {
    const isCustom = state.from !== "" || state.to !== "" || !(state.window in strings.windows);
    const options = Object.entries(strings.windows);
    if (isCustom) options.push(["custom", state.window || strings.customWindow]);
    fill(byId("window"), /** @type {[string, string][]} */ (options));
    byId("window").value = isCustom ? "custom" : state.window;
  }

  /** @param {State} state @param {string[]} names */
  showNamespaces(state, names) {
    if (names.length === 0) {
      render(byId("namespaces"), el("p", { class: "quiet" }, strings.noNamespaces));
      return;
    }
    /** @type {NodeListOf<HTMLInputElement>} */
    const boxes = byId("namespaces").querySelectorAll("input");
    if ([...boxes].map((box) => box.value).join() !== names.join()) {
      byId("namespaces").replaceChildren(...names.map((name) =>
        el("label", {}, el("input", { type: "checkbox", value: name }), el("span", {}, name))));
    }
    for (const box of byId("namespaces").querySelectorAll("input")) box.checked = state.namespaces.includes(box.value);
  }
}

/** The next theme in the round. @param {string} theme */
export function nextTheme(theme) {
  return themes[(themes.indexOf(theme) + 1) % themes.length];
}

/** @param {HTMLSelectElement} select @param {[string, string][]} options */
function fill(select, options) {
  render(select, ...options.map(([value, text]) => el("option", { value }, text)));
}

/** @param {HTMLDetailsElement} menu */
function closeOutside(menu) {
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}
