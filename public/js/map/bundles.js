// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { pairId } from "../model.js";

/**
 * Edges between the same two ends, on several ports or protocols, that one line stands for. Every edge has a line of its own
 * on the picture; the one in the middle is drawn for all, and the others wait until the bundle is taken apart.
 *
 * @typedef {{id: string, edges: string[], front: string}} Bundle `front` is the edge whose line is drawn
 */
export class Bundles {
  constructor() {
    /** @type {Map<string, Bundle>} */
    this.byEdge = new Map();
    /** @type {Bundle[]} */
    this.all = [];
    /** Whether each edge has its own line. */
    this.isApart = false;
    /** Those that have, by the ids of their pairs. @type {Set<string>} */
    this.apart = new Set();
  }

  /** What there is on a picture. Tags of hubs stay by themselves: they are no lines. @param {Map<string, SVGGElement>} edges */
  read(edges) {
    /** @type {Map<string, Bundle>} */
    const found = new Map();
    for (const [id, group] of edges) {
      const { client = "", server = "" } = group.dataset;
      if (group.classList.contains("stub")) continue;
      const key = JSON.stringify([client, server]);
      const bundle = found.get(key);
      if (bundle) bundle.edges.push(id);
      else found.set(key, { id: pairId({ client, server }), edges: [id], front: id });
    }
    this.all = [...found.values()].filter((bundle) => bundle.edges.length > 1);
    for (const bundle of this.all) bundle.front = bundle.edges[Math.floor((bundle.edges.length - 1) / 2)];
    this.byEdge = new Map(this.all.flatMap((bundle) => bundle.edges.map((id) => [id, bundle])));
  }

  /** The bundle that an edge is drawn in; nothing where it has a line of its own. @param {string} edge */
  of(edge) {
    const bundle = this.byEdge.get(edge);
    return bundle === undefined || this.isApart || this.apart.has(bundle.id) ? undefined : bundle;
  }

  /** The edge whose line stands for an edge. @param {string} edge */
  front(edge) {
    return this.of(edge)?.front ?? edge;
  }

  /** What can be done with the bundle of an edge at its line: nothing at the others of its lines. @param {string} edge @returns {"" | "apart" | "together"} */
  sign(edge) {
    const bundle = this.byEdge.get(edge);
    if (bundle === undefined || this.isApart || bundle.front !== edge) return "";
    return this.apart.has(bundle.id) ? "together" : "apart";
  }
}
