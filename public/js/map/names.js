// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { spoken } from "../format.js";
import { strings } from "../strings.js";
import { spokenBy, worst } from "../sums.js";

/** What screen readers say of the parts of a picture. */

/** @param {SVGGElement} group @param {string} id @param {import("../model.js").Model} model */
export function nameNode(group, id, model) {
  const node = model.nodes.get(id);
  if (!node) return;
  const kind = node.workloadKind ?? strings.kinds[/** @type {keyof strings.kinds} */ (node.kind)] ?? node.kind;
  group.setAttribute("aria-label", strings.nodeName(kind, model.name(id), model.inbound(id).length, model.outbound(id).length));
  group.classList.toggle("unidentified", node.identifiedBy !== "inventory");
}

/** @param {SVGGElement} group @param {string[]} ids of the edges that the line stands for @param {import("../model.js").Model} model */
export function nameEdge(group, ids, model) {
  const edges = ids.flatMap((id) => model.edges.get(id) ?? []);
  const [edge] = edges;
  if (!edge) return;
  const state = worst(edges.map(({ health }) => health));
  const health = strings.health[/** @type {keyof strings.health} */ (state)] ?? state;
  const what = edges.length > 1 ? strings.bundle(edges.length, spokenBy(edges)) : spoken(edge);
  group.setAttribute("aria-label", strings.edgeName(model.name(edge.client), model.name(edge.server), what, health));
}
