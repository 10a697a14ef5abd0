// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el, render } from "./dom.js";
import { strings } from "./strings.js";
import { folds, maximumDepth } from "./state.js";
import { holds, internetPeers, toggling, unknownPeers } from "./query/bar.js";

/**
 * What narrows the map beside expressions, and the strip that says what is left out.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./model.js").Model} Model
 */

const hiders = { "hide-unknown": unknownPeers, "hide-internet": internetPeers };

export class Narrowing {
  /** @param {() => State} state @param {(change: Partial<State>) => void} onChange */
  constructor(state, onChange) {
    this.onChange = onChange;
    /** Whether a label is being chosen, which the state does not know yet. */
    this.isNaming = false;
    const choose = (/** @type {string} */ id, /** @type {[string, string][]} */ options) =>
      byId(id).replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
    choose("group", Object.entries(strings.groups));
    choose("fold", folds.map((fold) => [fold, strings.folds[/** @type {keyof strings.folds} */ (fold)]]));
    byId("group").addEventListener("change", () => {
      this.isNaming = byId("group").value === "label";
      if (this.isNaming) {
        byId("key-field").hidden = false;
        byId("key").focus();
      } else onChange({ group: byId("group").value, selection: null, focus: "", depth: "" });
    });
    byId("key").addEventListener("change", () => {
      const key = byId("key").value.trim();
      this.isNaming = key === "";
      if (key !== "") onChange({ group: `label:${key}`, selection: null, focus: "", depth: "" });
    });
    byId("fold").addEventListener("change", () => onChange({ fold: byId("fold").value }));
    byId("top").addEventListener("change", () => onChange({ top: byId("top").value }));
    for (const [id, clause] of Object.entries(hiders)) {
      byId(id).addEventListener("change", () => {
        if (byId(id).checked !== holds(state(), "hide", clause)) onChange(toggling(state(), "hide", clause));
      });
    }
    byId("shown").addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.act(button.dataset.act ?? "", state());
    });
  }

  /** @param {string} action @param {State} state */
  act(action, state) {
    const depth = Number(state.depth || 1);
    const steps = (/** @type {number} */ count) => (count === 1 ? "" : String(count));
    switch (action) {
      case "nearer": return this.onChange({ depth: steps(Math.max(1, depth - 1)) });
      case "farther": return this.onChange({ depth: steps(Math.min(maximumDepth, depth + 1)) });
      case "focus": return this.onChange({ focus: "", depth: "" });
      case "top": return this.onChange({ top: "" });
      case "more": return this.onChange({ top: String(Math.min(100_000, Number(state.top) * 2)) });
      case "filter": return this.onChange({ filter: "" });
      case "hide": return this.onChange({ hide: "" });
      case "find": return this.onChange({ find: "" });
      default:
    }
  }

  /** @param {State} state @param {Model} model */
  show(state, model) {
    const isLabel = this.isNaming || state.group.startsWith("label:");
    byId("group").value = isLabel ? "label" : state.group;
    byId("key-field").hidden = !isLabel;
    if (document.activeElement !== byId("key")) byId("key").value = state.group.startsWith("label:") ? state.group.slice(6) : "";
    byId("fold").value = state.fold;
    const tops = Object.entries(strings.tops);
    if (!(state.top in strings.tops)) tops.push([state.top, state.top]);
    // Keys that are numbers come before the empty one; all comes first.
    tops.sort(([left], [right]) => Number(left) - Number(right));
    render(byId("top"), ...tops.map(([value, text]) => el("option", { value }, text)));
    byId("top").value = state.top;
    for (const [id, clause] of Object.entries(hiders)) byId(id).checked = holds(state, "hide", clause);
    this.showStrip(state, model);
  }

  /** @param {State} state @param {Model} model */
  showStrip(state, model) {
    const text = strings.shown;
    const chips = [];
    if (state.focus !== "") {
      const depth = Number(state.depth || 1);
      chips.push(chip("focus", text.focus(model.name(state.focus), depth),
        button("nearer", "−", text.nearer, depth === 1), button("farther", "+", text.farther, depth === maximumDepth)));
    }
    if (state.top !== "") chips.push(chip("top", text.top(state.top), button("more", "+", text.more, false)));
    if (state.filter !== "") chips.push(chip("filter", text.filter(state.filter)));
    if (state.hide !== "") chips.push(chip("hide", text.hide(state.hide)));
    const { omitted, found } = model.graph;
    if (state.find !== "" && found) chips.push(chip("find", text.found(found.edges.length)));
    if (omitted && (omitted.edges > 0 || omitted.nodes > 0)) {
      const absent = omitted.absent + omitted.failed;
      chips.push(el("span", { "data-omitted": String(omitted.edges) }, [text.omitted(omitted.edges, omitted.nodes),
        ...(absent > 0 ? [text.absent(absent)] : [])].join(", ")));
    }
    if (omitted?.undecided) chips.push(el("span", {}, text.undecided(omitted.undecided)));
    byId("shown").hidden = chips.length === 0;
    render(byId("shown"), ...chips);
  }
}

/** @param {string} action what taking it away does @param {string} text @param {...Node} more */
function chip(action, text, ...more) {
  return el("span", { class: "chip", "data-chip": action }, el("span", { class: "words", title: text }, text), ...more,
    button(action, "×", `${strings.shown.remove}: ${text}`, false));
}

/** @param {string} action @param {string} sign @param {string} name @param {boolean} isDisabled */
function button(action, sign, name, isDisabled) {
  return el("button", { type: "button", "data-act": action, "aria-label": name, title: name, disabled: isDisabled }, sign);
}
