// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { graphPath, limit, overviewPath, picturePath, taken } from "./ahead.js";
import { pictureQuery, trafficQuery } from "./state.js";
import { strings } from "./strings.js";

/**
 * What the server is asked, and what of its answers can be believed.
 *
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {{edge: string, at: string, protocol: string, operation: string, outcome: string, status?: string, requestEnd: number,
 *   responseStart?: number, responseEnd?: number, ended: number, incomplete?: boolean, streaming?: boolean,
 *   requestBytes?: number, responseBytes?: number, serverName?: string,
 *   requestHeaders?: HeaderField[], responseHeaders?: HeaderField[]}} Transaction
 * @typedef {{name: string, value: string}} HeaderField
 * @typedef {{version: number, total: number, offset: number, next?: number, searchedFrom?: string, transactions: Transaction[]}} TransactionPage
 * @typedef {{version: number, step: number, points: import("./panel/lines.js").Point[],
 *   calls?: import("./panel/lines.js").Point[]}} SeriesDocument
 * @typedef {{version: number, edge: import("./model.js").GraphEdge}} EdgeDocument
 * @typedef {{from?: string, to?: string, namespaces: string[], reporters: {id: string, name: string}[]}} Overview
 */

/** More transactions are not told at once. */
export const longestPage = 1_000;

/** What a server said is wrong (RFC 9457), or that it said nothing. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {{status?: number, type?: string, suggestion?: string, parameter?: string, offset?: number, length?: number, step?: number, nodes?: number, edges?: number}} [problem]
   */
  constructor(message, problem = {}) {
    super(message);
    this.status = problem.status ?? 0;
    this.type = problem.type ?? "";
    this.suggestion = problem.suggestion ?? "";
    this.parameter = problem.parameter ?? "";
    /** Place of a mistake in an expression, in code points. @type {number | null} */
    this.offset = Number.isInteger(problem.offset) ? Number(problem.offset) : null;
    this.length = Number.isInteger(problem.length) ? Number(problem.length) : 0;
    /** What a graph that is too large has. */
    this.nodes = Number(problem.nodes) || 0;
    this.edges = Number(problem.edges) || 0;
    /** The shortest step of a replay that can be answered, in seconds. */
    this.step = Number(problem.step) > 0 ? Number(problem.step) : 0;
  }

  /** Whether there was no answer at all. */
  get isUnreachable() {
    return this.status === 0;
  }
}

/** @param {string} path @param {AbortSignal} signal @param {string} [tag] */
async function request(path, signal, tag) {
  /** @type {Response} */
  let response;
  try {
    response = await (taken(path, signal) ?? fetch(path, {
      signal, cache: "no-store", credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {},
    }));
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(strings.failed.unreachable);
  }
  if (response.ok || response.status === 304) return response;
  let problem;
  try {
    problem = await response.json();
  } catch {
    problem = {};
  }
  throw new ApiError(String(problem.detail ?? response.statusText), {
    status: response.status, type: String(problem.type ?? ""), suggestion: String(problem.suggestion ?? ""),
    parameter: String(problem.parameter ?? ""), offset: problem.offset, length: problem.length, step: problem.step,
    nodes: problem.nodes, edges: problem.edges,
  });
}

/**
 * @template T
 * @param {Response} response @param {(body: any) => body is T} isValid @returns {Promise<T>}
 */
async function document(response, isValid) {
  let body;
  try {
    body = await response.json();
  } catch {
    throw new ApiError(strings.failed.unreadable, { status: response.status });
  }
  if (!isValid(body)) throw new ApiError(strings.failed.unreadable, { status: response.status });
  return body;
}

/**
 * The graph, or `null` where it is still the one with the given tag.
 * @param {string} query @param {AbortSignal} signal @param {string} [tag]
 * @returns {Promise<{graph: Graph, tag: string} | null>}
 */
export async function fetchGraph(query, signal, tag) {
  const response = await request(graphPath(query), signal, tag);
  if (response.status === 304) return null;
  return { graph: await document(response, isGraph), tag: response.headers.get("ETag") ?? "" };
}

/** @param {any} body @returns {body is Graph} */
function isGraph(body) {
  return body?.version === 1 && Array.isArray(body.nodes) && Array.isArray(body.edges);
}

/** The names of all operations of a graph, sorted. @param {string} query of the graph @param {AbortSignal} signal */
export async function fetchOperations(query, signal) {
  const { edges } = await document(await request(`api/v1/graph.json${trafficQuery(query)}${limit}&include=operations`, signal), isGraph);
  const parts = edges.flatMap((edge) => edge.protocols.flatMap((metrics) => metrics.operations ?? []));
  return [...new Set(parts.map(({ operation }) => operation))].sort();
}

/** The picture of a graph as text. @param {string} query @param {AbortSignal} signal */
export async function fetchPicture(query, signal) {
  const response = await request(picturePath(query), signal);
  return response.text();
}

/**
 * What everything in the view did, step by step.
 * @param {string} query of the graph @param {AbortSignal} signal
 */
export async function fetchTotals(query, signal) {
  return document(
    await request(`api/v1/series${trafficQuery(query)}`, signal),
    /** @returns {body is SeriesDocument} */ (body) => body?.version === 1 && Array.isArray(body.points),
  );
}

/**
 * The view step by step, each edge of it.
 * @param {string} query of the graph @param {number} step seconds; 0 lets the server choose @param {AbortSignal} signal
 */
export async function fetchFrames(query, step, signal) {
  return document(
    await request(`api/v1/frames${trafficQuery(query)}${step > 0 ? `&step=${Math.ceil(step)}s` : ""}`, signal),
    /** @returns {body is import("./time/replay.js").FramesDocument} */
    (body) => body?.version === 1 && Array.isArray(body.frames) && Array.isArray(body.edges),
  );
}

/**
 * What changed since another range.
 * @param {string} query of the graph @param {string} base the range to compare with, as parameters @param {AbortSignal} signal
 */
export async function fetchDiff(query, base, signal) {
  return document(
    await request(`api/v1/diff${trafficQuery(query)}${base === "" ? "" : `&${base}`}`, signal),
    /** @returns {body is import("./time/compare.js").DiffDocument} */
    (body) => body?.version === 1 && Array.isArray(body.edges) && Array.isArray(body.nodes),
  );
}

/** Shows the token, for a cookie, or gives the cookie back without one. @param {string | null} token @returns {Promise<void>} */
export async function logIn(token) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(`api/v1/${token === null ? "logout" : "login"}`, {
      method: "POST", credentials: "same-origin", cache: "no-store", headers: { "Content-Type": "application/json" },
      body: token === null ? null : JSON.stringify({ token }),
    });
  } catch {
    throw new ApiError(strings.failed.unreachable);
  }
  if (response.ok) return;
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(String(problem.detail ?? response.statusText), { status: response.status });
}

/** @param {AbortSignal} signal @returns {Promise<Overview>} */
export async function fetchOverview(signal) {
  return document(
    await request(overviewPath, signal),
    /** @returns {body is Overview} */ (body) => body?.version === 1 && Array.isArray(body.namespaces),
  );
}

/**
 * Some transactions of one edge or of all, the latest first.
 * @param {string} query of the graph @param {Partial<Record<"edge" | "protocol" | "outcome" | "operation", string>>} only those; what is empty is not asked for
 * @param {number} offset @param {number} limit @param {AbortSignal} signal
 */
export async function fetchTransactions(query, only, offset, limit, signal) {
  const chosen = Object.entries(only).filter(([, value]) => value !== "").map(([name, value]) => `&${name}=${encodeURIComponent(value)}`);
  return document(
    await request(`api/v1/transactions${trafficQuery(query)}&limit=${limit}&offset=${offset}${chosen.join("")}`, signal),
    /** @returns {body is TransactionPage} */ (body) => body?.version === 1 && Array.isArray(body.transactions),
  );
}

/**
 * What an edge or a node did, step by step.
 * @param {string} query of the graph @param {"edge" | "node"} kind @param {string} id @param {AbortSignal} signal
 */
export async function fetchSeries(query, kind, id, signal) {
  return document(
    await request(`api/v1/series${trafficQuery(query)}&${kind}=${encodeURIComponent(id)}`, signal),
    /** @returns {body is SeriesDocument} */ (body) => body?.version === 1 && Array.isArray(body.points),
  );
}

/**
 * One edge with its histograms and operations.
 * @param {string} query of the graph @param {string} id @param {AbortSignal} signal
 */
export async function fetchEdge(query, id, signal) {
  return document(
    await request(`api/v1/edges/${encodeURIComponent(id)}${trafficQuery(query)}`, signal),
    /** @returns {body is EdgeDocument} */ (body) => body?.version === 1 && Array.isArray(body.edge?.protocols),
  );
}

/**
 * What a node is, and whose its addresses were.
 * @param {string} query of the graph @param {string} id @param {AbortSignal} signal
 */
export async function fetchNode(query, id, signal) {
  return document(
    await request(`api/v1/nodes/${encodeURIComponent(id)}${trafficQuery(query)}`, signal),
    /** @returns {body is import("./panel/identity.js").NodeDocument} */ (body) => body?.version === 1 && Array.isArray(body.addresses),
  );
}

/** Where the same graph can be had as a file. @param {string} format @param {string} query */
export function exportPath(format, query) {
  return `api/v1/graph.${format}${format === "json" ? query : pictureQuery(query)}`;
}
