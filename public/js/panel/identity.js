// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { instant } from "../format.js";
import { strings } from "../strings.js";
import { eitherEnd, valued, within } from "./value.js";

/**
 * Who a node is: its labels, what selects it, its pods, and whose its addresses were over time.
 *
 * @typedef {{from?: string, to?: string, kind: string, name: string, namespace?: string, workload?: string, nodeName?: string,
 *   identifiedBy: string, inferred?: boolean}} Claim
 * @typedef {{address: string, scope: string, history: Claim[]}} AddressHistory
 * @typedef {{namespace: string, name: string, workload?: string, nodeName?: string}} Pod
 * @typedef {{version: number, labels?: Record<string, string>, services?: string[], podCount?: number, pods?: Pod[],
 *   addresses: AddressHistory[]}} NodeDocument
 */

/** More pods are counted, not named. */
const maximumPods = 20;

/** Labels, each a way to see the map by it. @param {NodeDocument} document */
export function labelList({ labels = {} }) {
  const entries = Object.entries(labels);
  if (entries.length === 0) return [el("p", { class: "quiet" }, strings.panel.noLabels)];
  return [el("ul", { class: "labels" }, ...entries.map(([key, value]) => el("li", {},
    el("button", { type: "button", class: "value", "data-group": key, title: strings.panel.groupBy(key) }, key), " = ",
    el("button", { type: "button", class: "value", "data-boxes": key, title: strings.panel.boxBy(key) }, value))))];
}

/** Services that select it, and its pods. @param {NodeDocument} document */
export function podList({ services = [], pods = [], podCount = pods.length }) {
  const rest = podCount - Math.min(pods.length, maximumPods);
  return [
    ...(services.length === 0 ? [] : [el("p", {}, el("span", { class: "quiet" }, `${strings.panel.selectedBy} `), services.join(", "))]),
    pods.length === 0 ? el("p", { class: "quiet" }, strings.panel.none) : el("ul", { class: "plain pods" }, ...pods.slice(0, maximumPods).map((pod) =>
      el("li", {}, el("span", { class: "name" }, pod.name), ...(pod.nodeName ? [el("span", { class: "quiet" }, ` ${strings.panel.onNode(pod.nodeName)}`)] : [])))),
    rest > 0 ? el("p", { class: "quiet" }, strings.panel.moreNeighbors(rest)) : null,
  ];
}

/** Whose its addresses were, the latest last. @param {NodeDocument} document */
export function addressList({ addresses }) {
  if (addresses.length === 0) return [el("p", { class: "quiet" }, strings.panel.none)];
  return [el("ul", { class: "plain addresses" }, ...addresses.map(({ address, scope, history }) => el("li", {},
    valued(address, eitherEnd((end) => within(`${end}.addresses`, address))),
    ...(scope === "default" ? [] : [el("span", { class: "quiet" }, ` ${scope}`)]),
    el("ol", { class: "history", "aria-label": strings.panel.history(address) }, ...history.map(claim)))))];
}

/** @param {Claim} one */
function claim(one) {
  const name = one.namespace ? `${one.namespace}/${one.name}` : one.name;
  const kind = strings.kinds[/** @type {keyof strings.kinds} */ (one.kind)] ?? one.kind;
  const source = strings.identifiedBy[/** @type {keyof strings.identifiedBy} */ (one.identifiedBy)] ?? one.identifiedBy;
  return el("li", {}, el("span", { class: "name" }, name), el("span", { class: "quiet" },
    ` ${[`${kind}, ${strings.panel.validity(one.from && instant(one.from), one.to && instant(one.to))}`, strings.panel.by(source),
      ...(one.inferred ? [strings.inferredIdentity] : [])].join("; ")}`));
}
