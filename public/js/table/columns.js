// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { strings } from "../strings.js";
import { failedConnects, latency, pairs, severity } from "../model.js";
import { badge } from "../panel/parts.js";
import { bytes, count, duration, percent, rate, spoken } from "../format.js";
import { bytesOf, errorRateOf, rateOf, requestsOf, worst } from "../sums.js";

/**
 * What the tables list, and their columns.
 *
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {import("../model.js").Model} Model
 * @typedef {string | number | undefined} Value
 * @typedef {object} Row
 * @property {import("../state.js").Selection} selection what it is on the map
 * @property {string} [pair] the two ends, where it is of several edges
 * @property {Row[]} [parts] these edges
 * @property {Record<string, Value>} values by column: to sort by, and for files
 * @typedef {object} Column
 * @property {keyof typeof strings.table} key
 * @property {(value: any) => string | Node} [show]
 */

const health = { key: /** @type {const} */ ("health"), show: badge };
const number = (/** @type {Value} */ value) => count(Number(value));

/** @type {Record<string, Column[]>} */
export const columns = {
  edges: [
    { key: "client" }, { key: "server" }, { key: "protocol" }, health, { key: "requests", show: number }, { key: "rate", show: rate },
    { key: "errorRate", show: percent }, { key: "p50", show: duration }, { key: "p95", show: duration }, { key: "p99", show: duration },
    { key: "connects", show: number }, { key: "failedConnects", show: number }, { key: "bytes", show: bytes },
  ],
  nodes: [
    { key: "name" }, { key: "namespace" }, { key: "kind" }, health, { key: "served", show: number }, { key: "rate", show: rate },
    { key: "errorRate", show: percent }, { key: "callers", show: number }, { key: "asked", show: number }, { key: "callees", show: number },
    { key: "bytes", show: bytes }, { key: "addresses" },
  ],
  namespaces: [
    { key: "namespace" }, { key: "nodes", show: number }, { key: "unhealthy", show: number }, health, { key: "inside", show: number },
    { key: "into", show: number }, { key: "errorRate", show: percent }, { key: "out", show: number },
    { key: "bytes", show: bytes },
  ],
};

/** The columns that hold words: they begin with A, figures with the greatest. */
export const words = ["client", "server", "protocol", "name", "namespace", "kind", "addresses"];

/** One edge as a row. @param {Model} model @param {GraphEdge} edge @returns {Row} */
function edgeRow(model, edge) {
  return {
    selection: { kind: "edge", id: edge.id },
    values: {
      client: model.name(edge.client), server: model.name(edge.server), protocol: spoken(edge), health: edge.health, requests: edge.requests,
      rate: edge.requests > 0 ? edge.rate : undefined, errorRate: edge.errorRate, p50: latency(edge).p50, p95: latency(edge).p95, p99: latency(edge).p99,
      connects: edge.connections.attempted, failedConnects: failedConnects(edge), bytes: bytesOf([edge]),
    },
  };
}

/** Edges between the same two as one row. @param {Model} model @param {string} pair @param {GraphEdge[]} edges @returns {Row} */
function pairRow(model, pair, edges) {
  if (edges.length === 1) return edgeRow(model, edges[0]);
  const parts = edges.map((edge) => edgeRow(model, edge));
  // A percentile of all is not known, but no greater than the greatest of the parts.
  const greatest = (/** @type {string} */ key) => {
    const known = parts.flatMap(({ values }) => values[key] ?? []).map(Number);
    return known.length > 0 ? Math.max(...known) : undefined;
  };
  const sum = (/** @type {string} */ key) => parts.reduce((total, { values }) => total + Number(values[key] ?? 0), 0);
  const { client, server } = parts[0].values;
  return {
    selection: { kind: "edge", id: edges[0].id }, pair, parts,
    values: {
      client, server, protocol: parts.map(({ values }) => values.protocol).sort().join(", "), health: worst(edges.map((edge) => edge.health)),
      requests: sum("requests"), rate: rateOf(edges), errorRate: errorRateOf(edges), p50: greatest("p50"), p95: greatest("p95"), p99: greatest("p99"),
      connects: sum("connects"), failedConnects: sum("failedConnects"), bytes: sum("bytes"),
    },
  };
}

/** @type {Record<string, (model: Model, isGathered: boolean) => Row[]>} */
export const rows = {
  edges: (model, isGathered) => (isGathered ? [...pairs(model.graph.edges)].map(([pair, edges]) => pairRow(model, pair, edges))
    : model.graph.edges.map((edge) => edgeRow(model, edge))),
  nodes: (model) => model.graph.nodes.map((node) => {
    const [inbound, outbound] = [model.inbound(node.id), model.outbound(node.id)];
    return {
      selection: { kind: "node", id: node.id },
      values: {
        name: node.name, namespace: node.namespace,
        kind: node.workloadKind ?? strings.kinds[/** @type {keyof strings.kinds} */ (node.kind)] ?? node.kind,
        health: model.health(node.id), served: requestsOf(inbound), rate: rateOf(inbound), errorRate: errorRateOf(inbound),
        callers: new Set(inbound.map((edge) => edge.client)).size, asked: requestsOf(outbound),
        callees: new Set(outbound.map((edge) => edge.server)).size, bytes: bytesOf([...inbound, ...outbound]), addresses: node.addresses?.join(" "),
      },
    };
  }),
  namespaces: (model) => [...new Set(model.graph.nodes.flatMap((node) => node.namespace ?? []))].map((name) => {
    const { nodes, within, into, out } = model.box(name);
    const states = nodes.map((node) => model.health(node.id));
    return {
      selection: { kind: "box", id: name },
      values: {
        namespace: name, nodes: nodes.length, unhealthy: states.filter((state) => severity(state) > severity("healthy")).length,
        health: worst(states),
        inside: requestsOf(within), into: requestsOf(into), errorRate: errorRateOf([...within, ...into]), out: requestsOf(out),
        bytes: bytesOf([...within, ...into, ...out]),
      },
    };
  }),
};

/**
 * Rows that hold a text, in the order of a column; what has no value comes last either way.
 * @param {Row[]} list @param {string} key @param {boolean} isDescending @param {string} text
 */
export function arranged(list, key, isDescending, text) {
  const wanted = text.trim().toLowerCase();
  const sign = isDescending ? -1 : 1;
  const value = (/** @type {Row} */ row) => (key === "health" ? severity(String(row.values.health)) : row.values[key]);
  return list.filter((row) => wanted === "" || Object.values(row.values).some((one) => typeof one === "string" && one.toLowerCase().includes(wanted)))
    .sort((left, right) => {
      const [a, b] = [value(left), value(right)];
      if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
      if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b));
      return sign * (a - b);
    });
}
