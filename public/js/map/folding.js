// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { isBox, maximumCollapsed } from "../state.js";

/**
 * Which boxes are one node each, and what becomes of the state when one is collapsed or opened. A box is called by its
 * namespace, or by its label and value as in `tier=front`. Pure.
 *
 * @typedef {import("../state.js").State} State
 */

const labelled = "label:";

/** Boxes there are, and collapsed ones, sorted. @param {State} state @param {import("../model.js").GraphNode[]} nodes */
export function foldable(state, nodes) {
  const key = state.boxes.startsWith(labelled) ? state.boxes.slice(labelled.length) : "";
  const boxes = nodes.flatMap((node) => (key !== "" ? (node.box ? [`${key}=${node.box}`] : []) : node.namespace ? [node.namespace] : []));
  return [...new Set([...boxes.filter(isBox), ...state.collapse])].sort();
}

/** The box that a node is the whole of; empty where it was not collapsed. @param {State} state @param {{id: string, kind: string, name: string} | undefined} node */
export function collapsedAs(state, node) {
  const [, key] = (node?.kind === "group" && /(?:^|\/)group\/(.+)\/[^/]+$/.exec(node.id)) || [];
  const box = node?.kind === "namespace" ? node.name : key ? `${key}=${node?.name}` : "";
  return state.collapse.includes(box) ? box : "";
}

/** The node that a box becomes. @param {string} box */
function nodeOf(box) {
  const at = box.lastIndexOf("=");
  return at < 0 ? `namespace/${box}` : `group/${box.slice(0, at)}/${box.slice(at + 1)}`;
}

/**
 * One collapsed or opened. What is selected stays selected as what it becomes.
 * @param {State} state @param {string} box @param {boolean} isCollapsed @returns {Partial<State>}
 */
export function folded(state, box, isCollapsed) {
  const rest = state.collapse.filter((other) => other !== box);
  const collapse = (isCollapsed ? [...rest, box] : rest).sort().slice(0, maximumCollapsed);
  const { selection } = state;
  const node = nodeOf(box);
  if (isCollapsed && selection?.kind === "box" && selection.id === box) return { collapse, selection: { kind: "node", id: node } };
  if (!isCollapsed && selection?.kind === "node" && selection.id === node) return { collapse, selection: { kind: "box", id: box } };
  return { collapse };
}

/** All collapsed; more than can be named are so by their group. @param {State} state @param {string[]} boxes @returns {Partial<State>} */
export function allFolded(state, boxes) {
  const isMany = boxes.length > maximumCollapsed;
  const group = state.boxes.startsWith(labelled) ? state.boxes : "namespace";
  return { collapse: isMany ? [] : boxes, ...(isMany ? { group } : {}), selection: null, focus: "", depth: "" };
}

/** None collapsed. @param {State} state @returns {Partial<State>} */
export function noneFolded({ selection }) {
  const isGone = selection?.kind === "node" && /^(namespace|group)\//.test(selection.id);
  return { collapse: [], ...(isGone ? { selection: null } : {}) };
}
