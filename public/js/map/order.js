// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * Puts parts of a picture in an order, the greatest rank first: Tab then comes to what fails first. Nodes do not cover
 * each other, and lines little, so their order is free. Moving an element takes its focus away.
 * @param {Element} picture @param {"node" | "edge"} kind @param {(id: string) => number} rank
 */
export function putFirst(picture, kind, rank) {
  // Tags stay above the lines.
  const present = /** @type {SVGGElement[]} */ ([...picture.querySelectorAll(`g.${kind}:not(.stub)`)]);
  const ranks = new Map(present.map((group) => [group, rank(group.dataset[kind] ?? "")]));
  const sorted = [...present].sort((left, right) => (ranks.get(right) ?? 0) - (ranks.get(left) ?? 0));
  if (sorted.every((group, position) => group === present[position])) return;
  // Each sheet keeps its number of them.
  const sheets = present.map((group) => group.parentNode);
  sorted.forEach((group, position) => sheets[position]?.appendChild(group));
}
