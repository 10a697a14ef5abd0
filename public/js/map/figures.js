// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { failedConnects, latency } from "../model.js";
import { bytes, count, duration, percent, rate } from "../format.js";

/** What one label setting writes on an edge. Pure. @param {import("../model.js").GraphEdge} edge @param {string} label */
export function figureOf(edge, label) {
  const isSpoken = edge.requests > 0;
  const attempted = edge.connections.attempted ?? 0;
  switch (label) {
    case "rate": return isSpoken ? rate(edge.rate) : "–";
    case "errors":
      if (isSpoken) return percent(edge.errorRate);
      return attempted > 0 ? percent(failedConnects(edge) / attempted) : "–";
    case "p50": case "p95": case "p99": return duration(latency(edge)[label]);
    case "serverTime": return duration(edge.serverTime?.p95);
    case "rtt": return duration(edge.rtt?.p50);
    case "bytes": return edge.observedSeconds ? `${bytes((edge.bytes.sent + edge.bytes.received) / edge.observedSeconds)}/s` : "–";
    case "connects": return attempted > 0 ? `${count(failedConnects(edge))} / ${count(attempted)}` : "–";
    default: return "";
  }
}
