// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";

/** What panels are made of. */

/** @param {string} title @param {...(Node | string | null)} children */
export function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

/**
 * A list of named values. `data-field` names each for scripts and tests.
 * @param {[field: string, value: string, isBad?: boolean][]} rows
 */
export function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [field, value, isBad] of rows) {
    const name = strings.fields[/** @type {keyof strings.fields} */ (field)] ?? field;
    list.append(el("div", {}, el("dt", {}, name), el("dd", { "data-field": field, class: isBad ? "bad" : "" }, value)));
  }
  return list;
}

/** A name that selects a node. @param {string} id @param {import("../model.js").Model} model */
export function nodeLink(id, model) {
  if (!model.nodes.has(id)) return el("span", { class: "name" }, model.name(id));
  return el("button", { type: "button", class: "link name", "data-node": id }, model.name(id));
}

/** @param {string} health */
export function badge(health) {
  const word = strings.health[/** @type {keyof strings.health} */ (health)] ?? health;
  return el("span", { class: `badge health-${/^[a-z]+$/.test(health) ? health : "unknown"}` }, word);
}
