// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { bars, bucketStart } from "../../public/js/panel/chart.js";
import { describe } from "../../public/js/coverage.js";
import { Model, failedConnects, isOpaque, outcomes } from "../../public/js/model.js";
import { arranged, rows } from "../../public/js/table/columns.js";
import * as viewport from "../../public/js/map/viewport.js";

const node = (id, kind, name, more = {}) => ({ id, kind, name, identifiedBy: "inventory", ...more });
const edge = (client, server, requests, more = {}) => ({
  id: `${client}->${server}:80/tcp`, client, server, port: 80, transport: "tcp", health: "healthy", requests,
  connections: {}, bytes: { sent: 0, received: 0 }, protocols: [], dialled: [], ...more,
});
const graph = {
  version: 1, from: "", to: "", level: "workload",
  nodes: [node("a", "workload", "nginx", { namespace: "demo" }), node("b", "ip", "10.0.0.1", { addresses: ["10.0.0.1"] }),
    node("c", "namespace", "demo", { namespace: "demo" })],
  edges: [edge("b", "a", 10, { errorRate: 0.5 }), edge("a", "c", 30), edge("c", "c", 20, { errorRate: 0.1 })],
};

test("nodes are named, found and have neighbors", () => {
  const model = new Model(graph);
  assert.equal(model.name("a"), "demo/nginx");
  assert.equal(model.name("c"), "demo");
  assert.equal(model.name("gone"), "gone");
  assert.deepEqual(model.find("NGI").map(({ id }) => id), ["a"]);
  assert.deepEqual(model.find("10.0").map(({ id }) => id), ["b"]);
  assert.deepEqual(model.find("  "), []);
  assert.deepEqual([...model.neighborhood("node", "a").nodes].sort(), ["a", "b", "c"]);
  assert.deepEqual([...model.neighborhood("edge", "b->a:80/tcp").nodes].sort(), ["a", "b"]);
});

test("edges sort by a column, and those without a value come last either way", () => {
  const model = new Model(graph);
  const ids = (key, isDescending) => arranged(rows.edges(model), key, isDescending, "").map(({ selection }) => selection.id[0]).join("");
  assert.equal(ids("requests", true), "acb");
  assert.equal(ids("requests", false), "bca");
  assert.equal(ids("errorRate", true), "bca");
  assert.equal(ids("errorRate", false), "cba");
  assert.equal(ids("client", false), "bca");
  assert.deepEqual(arranged(rows.edges(model), "requests", true, " 10.0 ").map(({ selection }) => selection.id), ["b->a:80/tcp"]);
});

test("outcomes and failures add up over what may be absent", () => {
  const part = { outcomes: { ok: 1, clientError: 2, serverError: 3, unanswered: { clientGaveUp: 4, timedOut: 5 } } };
  assert.deepEqual(outcomes([part, part]),
    { ok: 2, clientError: 4, serverError: 6, clientGaveUp: 8, serverClosed: 0, timedOut: 10 });
  assert.equal(failedConnects({ connections: { refused: 1, unanswered: 2 } }), 3);
});

test("histogram bars hold every sample once", () => {
  assert.equal(bucketStart(-1), 0);
  assert.ok(Math.abs(bucketStart(0) - 1e-6) < 1e-12);
  assert.ok(Math.abs(bucketStart(32 * 10) - 1024e-6) < 1e-9);
  assert.ok(Math.abs(bucketStart(48) - 3e-6) < 1e-12);
  const list = bars([[-1, 2], [0, 1], [31, 4], [100, 7], [1152, 3]]);
  assert.equal(list.reduce((sum, bar) => sum + bar.count, 0), 17);
  assert.ok(list.every((bar) => bar.from < bar.to));
  assert.deepEqual(bars([]), []);
});

test("coverage is told in words, and losses are counted", () => {
  const coverage = { frames: 100, metered: 60, duplicate: 30, translated: 8, notMetered: 0, filtered: 0,
    undecodable: { "truncated ip": 2 }, losses: { kernelDropped: 5, evictedFlows: 0, unheardOf: 1 } };
  const told = describe(coverage);
  assert.equal(told.isFine, false);
  assert.match(told.summary, /100 frames read · 3 kinds of loss/);
  assert.equal(told.sentences.filter(({ isLoss }) => isLoss).length, 3);
  const fine = describe({ ...coverage, undecodable: {}, losses: {} });
  assert.equal(fine.isFine, true);
  assert.ok(fine.sentences.every(({ isLoss }) => !isLoss));
  assert.equal(describe(undefined).sentences.length, 0);
  const gap = describe({ ...coverage, undecodable: {}, losses: {} }, 42.5);
  assert.equal(gap.isFine, false);
  assert.equal(describe({ ...coverage, undecodable: {}, losses: {} }, 19).isFine, true);
  assert.match(gap.sentences.find(({ isLoss }) => isLoss).text, /42\.5\s*s/u);
});

test("zooming keeps the point under the pointer, fitting shows all", () => {
  const size = { width: 800, height: 600 };
  const box = { x: 10, y: 20, width: 3000, height: 400 };
  const view = viewport.fit(box, size);
  assert.ok(viewport.contains(view, box, size));
  const point = { x: 123, y: 456 };
  const zoomed = viewport.zoom(view, point, 2);
  assert.ok(Math.abs(view.x + point.x / view.scale - (zoomed.x + point.x / zoomed.scale)) < 1e-9);
  assert.ok(!viewport.contains(zoomed, box, size));
  assert.equal(viewport.zoom(view, point, 1e9).scale, viewport.maximumScale);
  const lost = viewport.keepInSight(viewport.pan(view, 1e7, -1e7), box, size);
  assert.ok(lost.x + size.width / lost.scale > box.x && lost.y < box.y + box.height);
  assert.ok(viewport.fitReadably(box, { width: 390, height: 600 }, null).scale > viewport.fit(box, { width: 390, height: 600 }).scale);
});

test("a protocol is opaque while nothing but its name is known", () => {
  const tls = { protocol: "tls", recognized: 4, requests: 0, started: 0, session: 0, messages: { sent: 0, received: 0 } };
  assert.ok(isOpaque(tls));
  assert.ok(!isOpaque({ ...tls, recognized: 0 }));
  for (const more of [{ requests: 1 }, { started: 1 }, { session: 1 }, { messages: { sent: 0, received: 1 } }]) {
    assert.ok(!isOpaque({ ...tls, ...more }), JSON.stringify(more));
  }
});
