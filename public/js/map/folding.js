// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { isNamespace, maximumCollapsed } from "../state.js";

/**
 * Which namespaces are one node each, and what becomes of the state when one is collapsed or opened. Pure.
 *
 * @typedef {import("../state.js").State} State
 */

/** Namespaces that are boxes or collapsed ones, sorted. @param {State} state @param {import("../model.js").GraphNode[]} nodes */
export function foldable(state, nodes) {
  return [...new Set([...nodes.flatMap((node) => (node.namespace && isNamespace(node.namespace) ? [node.namespace] : [])), ...state.collapse])].sort();
}

/** The namespace that a node is the whole of; empty where it was not collapsed. @param {State} state @param {{kind: string, name: string} | undefined} node */
export function collapsedAs(state, node) {
  return node?.kind === "namespace" && state.collapse.includes(node.name) ? node.name : "";
}

/**
 * One collapsed or opened. What is selected stays selected as what it becomes.
 * @param {State} state @param {string} name @param {boolean} isCollapsed @returns {Partial<State>}
 */
export function folded(state, name, isCollapsed) {
  const rest = state.collapse.filter((other) => other !== name);
  const collapse = (isCollapsed ? [...rest, name] : rest).sort().slice(0, maximumCollapsed);
  const { selection } = state;
  const node = `namespace/${name}`;
  if (isCollapsed && selection?.kind === "box" && selection.id === name) return { collapse, selection: { kind: "node", id: node } };
  if (!isCollapsed && selection?.kind === "node" && selection.id === node) return { collapse, selection: { kind: "box", id: name } };
  return { collapse };
}

/** All collapsed; more than can be named are so by their group. @param {State} state @param {string[]} names @returns {Partial<State>} */
export function allFolded(state, names) {
  const isMany = names.length > maximumCollapsed;
  return { collapse: isMany ? [] : names, ...(isMany ? { group: "namespace" } : {}), selection: null, focus: "", depth: "" };
}

/** None collapsed. @param {State} state @returns {Partial<State>} */
export function noneFolded({ selection }) {
  const isGone = selection?.kind === "node" && selection.id.startsWith("namespace/");
  return { collapse: [], ...(isGone ? { selection: null } : {}) };
}
