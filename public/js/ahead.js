// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { pictureQuery } from "./state.js";

/** What can be asked for before the page is there, and where its answers wait. Paths are relative, so the page works below any prefix. */

/** A graph with more edges is not asked for: no map could show them, and a browser would stand still. */
export const limit = "&maximumEdges=5000";

export const overviewPath = "api/v1/overview";

/**
 * A graph as the page needs it: histograms and operations, most of a large one, come with the edge that is looked at.
 * @param {string} query
 */
export function graphPath(query) {
  return `api/v1/graph.json${query}${limit}&include=none`;
}

/** @param {string} query of the graph */
export function picturePath(query) {
  return `api/v1/graph.svg${pictureQuery(query)}`;
}

/** @type {Map<string, {response: Promise<Response>, controller: AbortController}>} */
const begun = new Map();

/** Asks for something that will be wanted. @param {string} path */
export function begin(path) {
  const controller = new AbortController();
  const response = fetch(path, { signal: controller.signal, cache: "no-store", credentials: "same-origin" });
  // Who takes it is told of a failure.
  response.catch(() => {});
  begun.set(path, { response, controller });
}

/** An answer that is under way, once; nothing where the path was not asked for. @param {string} path @param {AbortSignal} signal */
export function taken(path, signal) {
  const one = begun.get(path);
  if (one === undefined) return null;
  begun.delete(path);
  if (signal.aborted) one.controller.abort();
  signal.addEventListener("abort", () => one.controller.abort());
  return one.response;
}
