// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { Bundles } from "../../public/js/map/bundles.js";
import { figureOf } from "../../public/js/map/figures.js";
import { Model, pairId } from "../../public/js/model.js";
import { clauseOf } from "../../public/js/panel/command.js";
import { spokenBy, sumOf } from "../../public/js/sums.js";

const edge = (port, more = {}) => ({ id: `a->b:${port}/tcp`, client: "a", server: "b", port, transport: "tcp", protocol: "http", direction: "observed", health: "healthy",
  requests: 0, started: 0, inFlight: 0, dialled: [], connections: {}, bytes: { sent: 0, received: 0 }, tlsHandshakes: { failed: {} }, protocols: [], latency: {}, ...more });
const plain = (text) => text.replaceAll("\u202f", "");

test("counts and rates are added, health is the worst, and errors are those of all requests", () => {
  const sum = sumOf([edge(80, { requests: 90, rate: 9, errorRate: 0, connections: { attempted: 2, refused: 1 }, bytes: { sent: 10, received: 5 }, observedSeconds: 10 }),
    edge(81, { requests: 10, rate: 2, errorRate: 0.5, health: "failing", connections: { attempted: 3 }, bytes: { sent: 1, received: 4 }, observedSeconds: 5 })]);
  assert.deepEqual([sum.requests, sum.rate, sum.errorRate, sum.health], [100, 11, 0.05, "failing"]);
  assert.deepEqual(sum.connections, { attempted: 5, refused: 1 });
  // Each by the time that it was watched.
  assert.equal(sum.bytesPerSecond, 2.5);
  assert.equal(plain(figureOf(sum, "bytes")), "2.5B/s");
  assert.equal(figureOf(sum, "connects"), "1 / 5");
});

test("percentiles are not averaged: of all they are no more than the greatest, and say so", () => {
  const sum = sumOf([edge(80, { requests: 1, rate: 1, latency: { p50: 0.01, p95: 0.2 } }), edge(81, { requests: 9, rate: 9, latency: { p50: 0.1, p95: 0.15 } }),
    edge(82, { rtt: { p50: 0.001 }, serverTime: { p95: 0.3 } })]);
  assert.deepEqual(sum.latency, { p50: 0.1, p95: 0.2 });
  assert.equal(plain(figureOf(sum, "p50")), "≤ 100ms");
  assert.equal(plain(figureOf(sum, "p95")), "≤ 200ms");
  assert.equal(plain(figureOf(sum, "p99")), "–");
  assert.equal(plain(figureOf(sum, "rtt")), "≤ 1ms");
  assert.equal(plain(figureOf(sum, "serverTime")), "≤ 300ms");
  assert.equal(plain(figureOf(sum, "summary")), "10/s · p95 ≤ 200ms");
  assert.equal(plain(figureOf(sumOf([edge(80, { latency: { p95: 0.2 } })]), "p95")), "200ms");
});

test("a direction is inferred where nothing told it", () => {
  const inferred = { direction: "inferred" };
  assert.equal(sumOf([edge(80, inferred), edge(81)]).direction, "observed");
  assert.equal(sumOf([edge(80, inferred), edge(81, inferred)]).direction, "inferred");
});

test("what a bundle speaks is told once each", () => {
  assert.equal(spokenBy([edge(80), edge(81), edge(6379, { protocol: "redis" }), edge(1, { protocol: undefined })]), "http, redis, tcp");
  assert.equal(spokenBy([edge(80)]), "http :80");
});

const group = (client, server, isStub = false) => ({ dataset: { client, server }, classList: { contains: (name) => isStub && name === "stub" } });

test("a line stands for the edges between its ends, and not for tags or the other direction", () => {
  const bundles = new Bundles();
  bundles.read(new Map([["1", group("a", "b")], ["2", group("a", "b")], ["3", group("a", "b")], ["4", group("b", "a")], ["5", group("a", "c", true)], ["6", group("a", "c", true)]]));
  assert.deepEqual(bundles.all.map(({ id, edges, front }) => [id, edges, front]), [["a->b", ["1", "2", "3"], "2"]]);
  assert.deepEqual(["1", "2", "4", "5"].map((id) => bundles.front(id)), ["2", "2", "4", "5"]);
  assert.deepEqual(["1", "2", "4"].map((id) => bundles.sign(id)), ["", "apart", ""]);
  bundles.apart.add("a->b");
  assert.deepEqual(["1", "2", "3"].map((id) => [bundles.front(id), bundles.sign(id)]), [["1", ""], ["2", "together"], ["3", ""]]);
  bundles.isApart = true;
  assert.equal(bundles.sign("2"), "");
});

test("a pair is asked for by its ends", () => {
  const model = new Model({ version: 1, from: "", to: "", level: "", nodes: [], edges: [edge(80), edge(81)] });
  const id = pairId(edge(80));
  assert.equal(model.pair(id).length, 2);
  assert.equal(model.neighborhood("pair", id).edges.size, 2);
  assert.equal(clauseOf({ kind: "pair", id }, model), 'client.id == "a" && server.id == "b"');
});
