// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { severity } from "../model.js";
import { badge, commandLine, edgeList, facts, nodeLink, section, totals } from "./parts.js";
import { addressList, labelList, podList } from "./identity.js";
import { among } from "./command.js";
import { eitherEnd, is, valued, within } from "./value.js";

/**
 * @typedef {import("../model.js").GraphNode} GraphNode @typedef {import("../model.js").Model} Model
 * @typedef {object} About what sections of a node need beside it
 * @property {Model} model
 * @property {string} command
 * @property {string} opens the box that was collapsed to it; empty for others
 * @property {(title: string, part: "points" | "calls") => HTMLElement} series
 * @property {(title: string, show: (document: import("./identity.js").NodeDocument) => (Node | null)[]) => HTMLElement} details
 */

/** All that is known of a node. @param {GraphNode} node @param {About} about @returns {HTMLElement[]} */
export function nodeSections(node, { model, command, opens, series, details }) {
  const kind = strings.kinds[/** @type {keyof strings.kinds} */ (node.kind)] ?? node.kind;
  const [inbound, outbound] = [model.inbound(node.id), model.outbound(node.id)];
  const targets = [...new Set(inbound.flatMap((edge) => edge.dialled.map((entry) => entry.id)))].sort();
  return [
    el("header", {}, el("h2", { class: "name" }, node.name),
      el("p", { class: "sub" }, valued(node.workloadKind ?? kind, node.workloadKind
        ? eitherEnd((end) => is(`${end}.workloadKind`, node.workloadKind ?? "")) : eitherEnd((end) => is(`${end}.kind`, node.kind)), { className: "chip" }), " ",
      ...(node.namespace && node.kind !== "namespace" ? [valued(node.namespace, inNamespace(node.namespace), { className: "chip" })] : []))),
    el("div", { class: "actions" }, opens === "" ? null : el("button", { type: "button", "data-open": opens }, strings.layout.openIt),
      el("button", { type: "button", "data-focus": node.id }, strings.panel.focus),
      el("button", { type: "button", "data-hide": eitherEnd((end) => is(`${end}.id`, node.id)) }, strings.panel.hide)),
    section(strings.panel.served, totals(inbound)),
    ...(inbound.some(isSpoken) ? [series(strings.panel.servedSeries, "points")] : []),
    section(strings.panel.asked, totals(outbound)),
    ...(outbound.some(isSpoken) ? [series(strings.panel.askedSeries, "calls")] : []),
    section(strings.panel.identity, facts(identity(node, kind))),
    calls(strings.panel.inbound, inbound, "client", model),
    calls(strings.panel.outbound, outbound, "server", model),
    section(strings.panel.dialled, targets.length === 0 ? el("p", { class: "quiet" }, strings.panel.none)
      : el("ul", { class: "plain" }, ...targets.map((id) => el("li", {}, valued(model.name(id), within("edge.dialled", id), { copy: id }))))),
    details(strings.panel.addresses, addressList), details(strings.panel.labels, labelList), details(strings.panel.pods, podList),
    commandLine(command),
  ];
}

/** @param {import("../model.js").GraphEdge} edge */
function isSpoken(edge) {
  return edge.requests > 0;
}

/** A namespace, or what has one value of a label, as a whole. @param {string} name @param {Model} model @param {string} command @param {boolean} canCollapse @returns {HTMLElement[]} */
export function boxSections(name, model, command, canCollapse) {
  const { nodes, within: inside, into, out } = model.box(name);
  const between = (/** @type {import("../model.js").GraphEdge} */ edge) => `${model.name(edge.client)} → ${model.name(edge.server)}`;
  const edges = (/** @type {string} */ title, /** @type {import("../model.js").GraphEdge[]} */ list) => section(title, totals(list),
    list.length === 0 ? null : edgeList(list, between));
  const label = model.labelOf(name);
  const collapse = canCollapse ? el("button", { type: "button", "data-collapse": name }, strings.layout.collapseIt) : null;
  const acts = label === null ? [collapse,
    el("button", { type: "button", "data-namespace": name }, strings.panel.onlyNamespace),
    el("button", { type: "button", "data-hide": inNamespace(name) }, strings.panel.hide)]
    : [collapse, el("button", { type: "button", "data-group": label.key }, strings.panel.groupBy(label.key)),
      el("button", { type: "button", "data-hide": eitherEnd((end) => among(end, nodes)) }, strings.panel.hide)];
  return [
    el("header", {}, el("h2", { class: "name" }, label?.value ?? name), el("p", { class: "sub" }, el("span", { class: "chip" }, label?.key ?? strings.kinds.namespace))),
    el("div", { class: "actions" }, ...acts),
    section(strings.panel.members, el("ul", { class: "plain" }, ...nodes
      .sort((left, right) => severity(model.health(right.id)) - severity(model.health(left.id)))
      .map((node) => el("li", {}, nodeLink(node.id, model), " ", badge(model.health(node.id)))))),
    edges(strings.panel.into, into), edges(strings.panel.within, inside), edges(strings.panel.out, out),
    commandLine(command),
  ];
}

/** @param {string} name */
function inNamespace(name) {
  return eitherEnd((end) => `(has(${end}.namespace) && ${is(`${end}.namespace`, name)})`);
}

/** @param {GraphNode} node @param {string} kind @returns {[string, string, boolean?, string?][]} */
function identity(node, kind) {
  const both = (/** @type {string} */ field, /** @type {string} */ value) => eitherEnd((end) => is(`${end}.${field}`, value));
  /** @type {[string, string, boolean?, string?][]} */
  const rows = [["kind", kind, false, both("kind", node.kind)], ["name", node.name, false, both("name", node.name)]];
  if (node.workloadKind) rows.push(["workloadKind", node.workloadKind, false, both("workloadKind", node.workloadKind)]);
  if (node.namespace) rows.push(["namespace", node.namespace, false, inNamespace(node.namespace)]);
  rows.push(["identifiedBy", strings.identifiedBy[/** @type {keyof strings.identifiedBy} */ (node.identifiedBy)] ?? node.identifiedBy,
    false, both("identifiedBy", node.identifiedBy)]);
  if (node.inferred) rows.push(["validity", strings.inferredIdentity]);
  if (node.members) rows.push(["members", String(node.members)]);
  rows.push(["id", node.id, false, both("id", node.id)]);
  return rows;
}

/** @param {string} title @param {import("../model.js").GraphEdge[]} edges @param {"client" | "server"} end @param {Model} model */
function calls(title, edges, end, model) {
  return section(title, edges.length === 0 ? el("p", { class: "quiet" }, strings.panel.none) : edgeList(edges, (edge) => model.name(edge[end])));
}
