// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { failedConnects, latency, outcomes, severity } from "../model.js";
import { bytes, count, duration, percent, rate, spoken } from "../format.js";
import { valued } from "./value.js";

/** What panels are made of. */

/** @param {string} title @param {...(Node | string | null)} children */
export function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

/**
 * A list of named values. `data-field` names each for scripts and tests; one with a clause can be filtered by.
 * @param {[field: string, value: string, isBad?: boolean, clause?: string, least?: boolean][]} rows
 */
export function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [field, value, isBad, clause, least] of rows) {
    const name = strings.fields[/** @type {keyof strings.fields} */ (field)] ?? field;
    list.append(el("div", {}, el("dt", {}, name), el("dd", { "data-field": field, class: isBad ? "bad" : "" },
      clause ? valued(value, clause, { least }) : value)));
  }
  return list;
}

/** Edges as buttons that select them, what a person looks for first. @param {import("../model.js").GraphEdge[]} edges @param {(edge: import("../model.js").GraphEdge) => string} name @param {string} [current] the one that is looked at */
export function edgeList(edges, name, current) {
  const sorted = [...edges].sort((left, right) => severity(right.health) - severity(left.health));
  return el("ul", { class: "calls" }, ...sorted.map((edge) => {
    const figures = edge.requests > 0
      ? [rate(edge.rate), `${percent(edge.errorRate)} ${strings.table.errorRate.toLowerCase()}`, `p95 ${duration(latency(edge).p95)}`]
      : [`${edge.connections.attempted ?? 0} ${strings.table.connects.toLowerCase()}`];
    return el("li", {}, el("button", { type: "button", class: "call", "data-edge": edge.id, "aria-current": edge.id === current ? "true" : undefined },
      el("span", { class: "name" }, name(edge)), badge(edge.health),
      el("span", { class: "quiet" }, (name === spoken ? figures : [spoken(edge), ...figures]).join(" · "))));
  }));
}

/** Sums over edges. @param {import("../model.js").GraphEdge[]} edges */
export function totals(edges) {
  if (edges.length === 0) return el("p", { class: "quiet" }, strings.panel.none);
  const sum = outcomes(edges.flatMap((edge) => edge.protocols));
  const requests = edges.reduce((total, edge) => total + edge.requests, 0);
  const failed = sum.serverError + sum.serverClosed + sum.timedOut;
  const attempted = edges.reduce((total, edge) => total + (edge.connections.attempted ?? 0), 0);
  const refused = edges.reduce((total, edge) => total + failedConnects(edge), 0);
  return facts([
    ["edges", count(edges.length)], ["requests", count(requests)],
    ["rate", requests > 0 ? rate(edges.reduce((total, edge) => total + (edge.rate ?? 0), 0)) : "–"],
    ["errorRate", requests > 0 ? percent(failed / requests) : "–", failed > 0],
    ["failedConnects", `${count(refused)} / ${count(attempted)}`, refused > 0],
    ["bytes", bytes(edges.reduce((total, edge) => total + edge.bytes.sent + edge.bytes.received, 0))],
  ]);
}

/** A command, to be copied. @param {string} text */
export function commandLine(text) {
  return section(strings.panel.command, el("div", { class: "command" }, el("pre", {}, el("code", {}, text)),
    el("button", { type: "button", "data-copy-text": text }, strings.value.copy)));
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
