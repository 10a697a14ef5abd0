// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { quote } from "../query/clauses.js";

/**
 * The command that gives the same answer in a terminal. Pure.
 *
 * @typedef {import("../state.js").State} State
 */

/** Text as one word of a shell. @param {string} text */
export function word(text) {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether an end is one of some nodes: expressions know no labels. @param {string} end @param {import("../model.js").GraphNode[]} nodes */
export function among(end, nodes) {
  return `${end}.id in [${nodes.map((node) => quote(node.id)).join(", ")}]`;
}

/** @param {State} state @param {string} [clause] what more must hold @param {string} [form] */
export function command(state, clause = "", form = "table") {
  const words = ["svcmap export", `--${form}`, `--level ${state.level}`];
  for (const name of state.namespaces) words.push(`--namespace ${word(name)}`);
  for (const key of /** @type {const} */ (["from", "to", "window", "group", "fold"])) {
    if (state[key] !== "") words.push(`--${key} ${word(state[key])}`);
  }
  for (const name of state.collapse) words.push(`--collapse ${word(name)}`);
  const filter = clause === "" ? state.filter : state.filter === "" ? clause : `(${state.filter}) && (${clause})`;
  if (filter !== "") words.push(`--filter ${word(filter)}`);
  if (state.hide !== "") words.push(`--hide ${word(state.hide)}`);
  for (const key of /** @type {const} */ (["focus", "depth", "top"])) {
    // What is one edge or one node's edges stays whole, whatever the map is cut to.
    if (state[key] !== "" && clause === "") words.push(`--${key} ${word(state[key])}`);
  }
  return words.join(" ");
}

/** What selects the edges of a selection. @param {import("../state.js").Selection} selection @param {import("../model.js").Model} model */
export function clauseOf({ kind, id }, model) {
  const name = quote(id);
  if (kind === "edge") return `edge.id == ${name}`;
  if (kind === "node") return `client.id == ${name} || server.id == ${name}`;
  const [edge] = kind === "pair" ? model.pair(id) : [];
  if (edge) return `client.id == ${quote(edge.client)} && server.id == ${quote(edge.server)}`;
  if (kind === "box" && model.labelOf(id)) return ["client", "server"].map((end) => among(end, model.box(id).nodes)).join(" || ");
  return `(has(client.namespace) && client.namespace == ${name}) || (has(server.namespace) && server.namespace == ${name})`;
}
