// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Values that were seen on the map since the page was opened: a filter must not make the page forget what it hides. */

/** More values of one kind are not remembered. */
const maximumValues = 2_000;

export class SeenValues {
  constructor() {
    /** @type {Record<string, Set<string>>} */
    this.sets = {};
  }

  /** @param {import("../model.js").Graph} graph */
  add(graph) {
    for (const node of graph.nodes) {
      this.keep("name", node.name);
      this.keep("id", node.id);
      this.keep("namespace", node.namespace);
      this.keep("workloadKind", node.workloadKind);
      for (const address of node.addresses ?? []) this.keep("addresses", address);
    }
    for (const edge of graph.edges) {
      this.keep("edge", edge.id);
      for (const { protocol } of edge.protocols) this.keep("protocol", protocol);
      for (const { id } of edge.dialled) this.keep("dialled", id);
    }
  }

  /** Sorted lists by kind. @returns {import("./complete.js").Values} */
  get lists() {
    return Object.fromEntries(Object.entries(this.sets).map(([kind, set]) => [kind, [...set].sort()]));
  }

  /** @param {string} kind @param {string | undefined} value */
  keep(kind, value) {
    const set = (this.sets[kind] ??= new Set());
    if (value !== undefined && value !== "" && set.size < maximumValues) set.add(value);
  }
}
