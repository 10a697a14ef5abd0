// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * Puts parts of a picture in an order, the greatest rank first: Tab then comes to what fails first. Nodes do not cover
 * each other, and lines little, so their order is free. Moving an element takes its focus away.
 * @param {SVGSVGElement} svg @param {"node" | "edge"} kind @param {(id: string) => number} rank
 */
export function putFirst(svg, kind, rank) {
  // Tags stay with their nodes, above the lines.
  const present = /** @type {SVGGElement[]} */ ([...svg.querySelectorAll(`g.${kind}:not(.stub)`)]);
  const ranks = new Map(present.map((group) => [group, rank(group.dataset[kind] ?? "")]));
  const sorted = [...present].sort((left, right) => (ranks.get(right) ?? 0) - (ranks.get(left) ?? 0));
  if (sorted.every((group, position) => group === present[position])) return;
  const after = present.at(-1)?.nextSibling ?? null;
  for (const group of sorted) group.parentNode?.insertBefore(group, after);
}
