// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { latency, severity } from "./model.js";
import { spoken } from "./format.js";

/**
 * Several edges as one. Pure.
 *
 * @typedef {import("./model.js").GraphEdge} GraphEdge
 * @typedef {import("./model.js").Histogram} Histogram
 */

/** @param {string[]} states */
export function worst(states) {
  return states.reduce((found, state) => (severity(state) > severity(found) ? state : found), "unknown");
}

/** @param {GraphEdge[]} edges */
export function requestsOf(edges) {
  return edges.reduce((sum, edge) => sum + edge.requests, 0);
}

/** @param {GraphEdge[]} edges */
export function rateOf(edges) {
  return requestsOf(edges) > 0 ? edges.reduce((sum, edge) => sum + (edge.rate ?? 0), 0) : undefined;
}

/** Failed requests of all by requests of all. @param {GraphEdge[]} edges */
export function errorRateOf(edges) {
  const requests = requestsOf(edges);
  return requests > 0 ? edges.reduce((sum, edge) => sum + (edge.errorRate ?? 0) * edge.requests, 0) / requests : undefined;
}

/** @param {GraphEdge[]} edges */
export function bytesOf(edges) {
  return edges.reduce((sum, edge) => sum + edge.bytes.sent + edge.bytes.received, 0);
}

/**
 * Edges between the same two ends as one. Counts and rates are added. A percentile of all is not known from those of the
 * parts, but is no greater than the greatest of them: where several have one, that is what stands there, and `isBound` says so.
 * @param {GraphEdge[]} edges at least one @returns {GraphEdge & {isBound: boolean}}
 */
export function sumOf(edges) {
  const perSecond = edges.filter(({ observedSeconds }) => observedSeconds)
    .reduce((sum, { bytes, observedSeconds = 1 }) => sum + (bytes.sent + bytes.received) / observedSeconds, 0);
  return {
    ...edges[0], health: worst(edges.map(({ health }) => health)), requests: requestsOf(edges), rate: rateOf(edges), errorRate: errorRateOf(edges),
    started: added(edges, "started"), inFlight: added(edges, "inFlight"),
    direction: edges.every(({ direction }) => direction === "inferred") ? "inferred" : "observed",
    connections: merged(edges.map(({ connections }) => connections)),
    bytes: { sent: edges.reduce((sum, { bytes }) => sum + bytes.sent, 0), received: edges.reduce((sum, { bytes }) => sum + bytes.received, 0) },
    bytesPerSecond: edges.some(({ observedSeconds }) => observedSeconds) ? perSecond : undefined,
    latency: greatest(edges.map(latency)), serverTime: greatest(edges.map(({ serverTime }) => serverTime ?? {})), rtt: greatest(edges.map(({ rtt }) => rtt ?? {})),
    tlsHandshakes: { attempted: 0, completed: 0, failed: merged(edges.map(({ tlsHandshakes }) => tlsHandshakes?.failed ?? {})) },
    protocols: [], isBound: edges.length > 1,
  };
}

/** What several edges speak, in few words. @param {GraphEdge[]} edges */
export function spokenBy(edges) {
  if (edges.length === 1) return spoken(edges[0]);
  return [...new Set(edges.map(({ protocol, transport }) => protocol ?? transport))].sort().join(", ");
}

/** @param {GraphEdge[]} edges @param {"started" | "inFlight"} key */
function added(edges, key) {
  return edges.reduce((sum, edge) => sum + (edge[key] ?? 0), 0);
}

/** @param {Record<string, number>[]} counts */
function merged(counts) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const part of counts) for (const [name, value] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + (value ?? 0);
  return sums;
}

/** @param {Partial<Histogram>[]} times @returns {Partial<Histogram>} */
function greatest(times) {
  /** @type {Partial<Histogram>} */
  const found = {};
  for (const key of /** @type {const} */ (["p50", "p95", "p99"])) {
    const known = times.flatMap((one) => one[key] ?? []);
    if (known.length > 0) found[key] = Math.max(...known);
  }
  return found;
}
