// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { latency } from "../model.js";
import { badge, facts, section } from "./parts.js";
import { duration, percent, rate, spoken } from "../format.js";

/** @typedef {import("../model.js").GraphNode} GraphNode @typedef {import("../model.js").Model} Model */

/** All that is known of a node. @param {GraphNode} node @param {Model} model @returns {HTMLElement[]} */
export function nodeSections(node, model) {
  const kind = strings.kinds[/** @type {keyof strings.kinds} */ (node.kind)] ?? node.kind;
  return [
    el("header", {}, el("h2", { class: "name" }, node.name),
      el("p", { class: "sub" }, el("span", { class: "chip" }, node.workloadKind ?? kind),
        node.namespace && node.kind !== "namespace" ? ` ${node.namespace}` : "")),
    section(strings.panel.identity, facts(identity(node, kind))),
    calls(strings.panel.inbound, model.inbound(node.id), "client", model),
    calls(strings.panel.outbound, model.outbound(node.id), "server", model),
    section(strings.panel.addresses, node.addresses?.length
      ? el("ul", { class: "plain addresses" }, ...node.addresses.map((address) => el("li", {}, address)))
      : el("p", { class: "quiet" }, strings.panel.none)),
  ];
}

/** @param {GraphNode} node @param {string} kind @returns {[string, string][]} */
function identity(node, kind) {
  /** @type {[string, string][]} */
  const rows = [["kind", kind]];
  if (node.workloadKind) rows.push(["workloadKind", node.workloadKind]);
  if (node.namespace) rows.push(["namespace", node.namespace]);
  rows.push(["identifiedBy", strings.identifiedBy[/** @type {keyof strings.identifiedBy} */ (node.identifiedBy)] ?? node.identifiedBy]);
  if (node.inferred) rows.push(["validity", strings.inferredIdentity]);
  if (node.members) rows.push(["members", String(node.members)]);
  rows.push(["id", node.id]);
  return rows;
}

/** What a person looks for comes first. */
const bySeverity = ["failing", "degraded", "unknown", "healthy"];

/** @param {string} title @param {import("../model.js").GraphEdge[]} edges @param {"client" | "server"} end @param {Model} model */
function calls(title, edges, end, model) {
  if (edges.length === 0) return section(title, el("p", { class: "quiet" }, strings.panel.none));
  const sorted = [...edges].sort((left, right) => bySeverity.indexOf(left.health) - bySeverity.indexOf(right.health));
  return section(title, el("ul", { class: "calls" }, ...sorted.map((edge) => {
    const figures = edge.requests > 0
      ? [rate(edge.rate), `${percent(edge.errorRate)} ${strings.table.errorRate.toLowerCase()}`, `p95 ${duration(latency(edge).p95)}`]
      : [`${edge.connections.attempted ?? 0} ${strings.table.connects.toLowerCase()}`];
    return el("li", {}, el("button", { type: "button", class: "call", "data-edge": edge.id },
      el("span", { class: "name" }, model.name(edge[end])), badge(edge.health),
      el("span", { class: "quiet" }, [spoken(edge), ...figures].join(" · "))));
  })));
}
