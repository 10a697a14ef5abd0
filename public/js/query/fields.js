// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * The fields of expressions, as `docs/formats/expressions.md` lists them (a test compares). Pure.
 *
 * @typedef {"string" | "int" | "double" | "bool" | "duration" | "timestamp" | "list(string)" | "map(string, int)"} FieldType
 */

const histograms = ["latency", "serverTime", "connectTime", "initialRtt", "rtt", "tlsHandshakes.handshakeTime"];
const times = ["sum", "mean", "min", "max", "p50", "p90", "p95", "p99"];
const counts = {
  "": ["port", "requests", "started", "inFlight"],
  "outcomes.": ["ok", "clientError", "serverError"],
  "outcomes.unanswered.": ["clientGaveUp", "serverClosed", "timedOut"],
  "connections.": ["attempted", "established", "refused", "unanswered", "unreachable", "answeredLate", "reset", "closed", "open",
    "pending", "icmpErrors"],
  "tlsHandshakes.": ["attempted", "completed", "resumed"],
};
const ways = ["bytes", "packets", "retransmitted", "outOfOrder", "zeroWindow"];

/** @returns {Map<string, FieldType>} */
function all() {
  /** @type {Map<string, FieldType>} */
  const result = new Map();
  const add = (/** @type {FieldType} */ type, /** @type {string[]} */ ...names) => names.forEach((name) => result.set(name, type));
  add("double", "edge.errorRate", "edge.rate", "edge.failedConnectRate", "edge.failedTLSRate", "edge.observedSeconds");
  add("string", "edge.health", "edge.protocol", "edge.id", "edge.transport", "edge.direction");
  for (const end of ["client", "server"]) {
    add("string", ...["name", "namespace", "kind", "id", "workloadKind", "identifiedBy"].map((name) => `${end}.${name}`));
    add("list(string)", `${end}.addresses`);
    add("bool", `${end}.inferred`);
    add("int", `${end}.members`);
  }
  add("list(string)", "edge.protocols", "edge.dialled");
  for (const name of histograms) {
    add("duration", ...times.map((part) => `edge.${name}.${part}`));
    add("int", `edge.${name}.count`);
  }
  for (const [prefix, names] of Object.entries(counts)) add("int", ...names.map((name) => `edge.${prefix}${name}`));
  for (const name of ways) add("int", `edge.${name}.sent`, `edge.${name}.received`);
  add("map(string, int)", "edge.statuses", "edge.operations", "edge.tlsHandshakes.failed");
  add("timestamp", "window.from", "window.to");
  add("double", "window.observedSeconds");
  return result;
}

/** Every field with its type. */
export const fields = all();

/** What some fields can be, whatever is on the map. @type {Record<string, string[]>} */
export const knownValues = {
  health: ["failing", "degraded", "healthy", "unknown"],
  direction: ["observed", "inferred"],
  transport: ["tcp", "udp", "icmp", "icmpv6", "sctp"],
  kind: ["workload", "pod", "service", "namespace", "node", "group", "domain", "ip", "cidr", "internet"],
  identifiedBy: ["inventory", "dns", "tls", "httpHost", "captureFile", "nothing"],
};
