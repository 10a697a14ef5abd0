// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { failedConnects, latency } from "../model.js";
import { strings } from "../strings.js";
import { bytes, count, duration, percent, rate } from "../format.js";

/** @typedef {import("../model.js").GraphEdge} GraphEdge */

/** What one label setting writes on an edge. Pure. @param {GraphEdge} edge @param {string} label */
export function figureOf(edge, label) {
  const isSpoken = edge.requests > 0;
  const attempted = edge.connections.attempted ?? 0;
  switch (label) {
    case "rate": return isSpoken ? rate(edge.rate) : "–";
    case "errors":
      if (isSpoken) return percent(edge.errorRate);
      return attempted > 0 ? percent(failedConnects(edge) / attempted) : "–";
    case "p50": case "p95": case "p99": return time(edge, latency(edge)[label]);
    case "serverTime": return time(edge, edge.serverTime?.p95);
    case "rtt": return time(edge, edge.rtt?.p50);
    case "bytes": return edge.bytesPerSecond !== undefined ? `${bytes(edge.bytesPerSecond)}/s` : edge.observedSeconds ? `${bytes((edge.bytes.sent + edge.bytes.received) / edge.observedSeconds)}/s` : "–";
    case "connects": return attempted > 0 ? `${count(failedConnects(edge))} / ${count(attempted)}` : "–";
    default: return (isSpoken ? summary(edge) : connections(edge)).join(" · ");
  }
}

/** A time, or where it is of several edges no more than which it is. @param {GraphEdge} edge @param {number | undefined} seconds */
function time({ isBound }, seconds) {
  return isBound && seconds !== undefined ? strings.table.atMost(duration(seconds)) : duration(seconds);
}

/** What the server writes on its pictures, the most telling first. @param {GraphEdge} edge */
function summary(edge) {
  const { p95 } = latency(edge);
  return [
    edge.rate === undefined ? `${count(edge.requests)} ${strings.figures.requests}` : rate(edge.rate),
    ...(edge.errorRate ? [percent(edge.errorRate)] : []),
    ...(p95 === undefined ? [] : [`p95 ${time(edge, p95)}`]), ...failures(edge),
  ];
}

/** @param {GraphEdge} edge */
function connections(edge) {
  const { attempted = 0, pending = 0, open = 0 } = edge.connections;
  const text = strings.figures;
  const parts = [];
  if (attempted > 0) parts.push(`${count(attempted)} ${attempted === 1 ? text.connect : text.connects}`, ...failures(edge));
  else if (edge.inFlight > 0) parts.push(`${count(edge.inFlight)} ${text.inFlight}`);
  else if (pending > 0) parts.push(`${count(pending)} ${text.pending}`);
  else if (open > 0) parts.push(`${count(open)} ${text.open}`);
  const sum = edge.bytes.sent + edge.bytes.received;
  if (parts.length < 2 && sum > 0) parts.push(bytes(sum));
  return parts;
}

/** What may have cost the edge its health beside its error rate. @param {GraphEdge} edge */
function failures(edge) {
  const handshakes = Object.values(edge.tlsHandshakes?.failed ?? {}).reduce((sum, value) => sum + value, 0);
  const { refused = 0, unanswered = 0, unreachable = 0 } = edge.connections;
  const text = strings.figures;
  return /** @type {[number, string][]} */ ([[refused, text.refused], [unanswered, text.unanswered], [unreachable, text.unreachable],
    [handshakes, text.handshakes]]).filter(([value]) => value > 0).map(([value, word]) => `${count(value)} ${word}`);
}
