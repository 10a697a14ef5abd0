// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { graphQuery, initial, parse, pictureQuery, serialize, trafficQuery } from "../../public/js/state.js";

test("nothing said is the state at first, and the other way round", () => {
  assert.deepEqual(parse(""), initial());
  assert.equal(serialize(initial()), "");
});

test("what is written is read back", () => {
  const states = [
    { ...initial(), level: "pod", namespaces: ["a", "b-1"], label: "p95", view: "table", theme: "dark", window: "15m" },
    { ...initial(), from: "2026-11-22T09:00:00+01:00", to: "now", selection: { kind: "node", id: "ip/::1" } },
    { ...initial(), selection: { kind: "edge", id: "ip/10.0.0.1->domain/a b&c=d#é%:80/tcp" } },
    { ...initial(), selection: { kind: "node", id: "domain/<script>alert(1)</script>" } },
    { ...initial(), filter: 'edge.requests + 1 > 2 && server.name == "a&b=c#é%"', hide: "a || b", find: "x", focus: "ip/::1", depth: "3",
      top: "50", group: "label:app.kubernetes.io/name", fold: "cidr", tab: "nodes", sort: "-errorRate", gather: "no", text: "a b+c",
      selection: { kind: "box", id: "demo" } },
    { ...initial(), layout: "radial", boxes: "label:app.kubernetes.io/part-of", collapse: ["a", "b-1"] }, { ...initial(), boxes: "none" },
    { ...initial(), apart: ["a->b", "domain/a,b->c"], selection: { kind: "pair", id: "a->b" } },
    { ...initial(), view: "transactions", protocol: "http", outcome: "failed", operation: "GET /a b+{id}", transaction: "2026-11-22T09:10:16.123456789Z" },
  ];
  for (const state of states) assert.deepEqual(parse(serialize(state)), state);
});

test("nonsense falls back", () => {
  const state = parse("?level=moon&label=x&view=y&theme=z&window=5y&namespace=A,,ok,ok,%3Cb%3E&zoom=9&top=-1&depth=3&group=x&fold=y&tab=z&sort=a%20b&layout=x&boxes=label:&collapse=A,,%3Cb%3E&protocol=%3Cb%3E&outcome=a%20b&transaction=yesterday");
  assert.deepEqual(state, { ...initial(), namespaces: ["ok"] });
});

test("a window rules out a range", () => {
  const state = parse("?window=5m&from=now-1h");
  assert.equal(state.window, "5m");
  assert.equal(state.from, "");
});

test("the server is asked for data only", () => {
  const state = { ...initial(), label: "p95", theme: "dark", namespaces: ["a", "b"], window: "5m",
    selection: { kind: "node", id: "x" } };
  assert.equal(graphQuery(state), "?level=workload&namespace=a%2Cb&window=5m");
  const arranged = graphQuery({ ...initial(), find: "true", layout: "compact", boxes: "none", collapse: ["a", "b"] });
  assert.equal(arranged, "?level=workload&find=true&collapse=a%2Cb&layout=compact&boxes=none");
  assert.equal(pictureQuery(arranged), "?level=workload&collapse=a%2Cb&layout=compact&boxes=none");
  assert.equal(trafficQuery(arranged), "?level=workload&collapse=a%2Cb");
});

test("spaces are %20 and a plus is a plus, as the server reads them", () => {
  const state = { ...initial(), filter: "edge.requests + 1 > 2", find: "true" };
  assert.equal(graphQuery(state), "?level=workload&filter=edge.requests%20%2B%201%20%3E%202&find=true");
  assert.equal(pictureQuery(graphQuery(state)), "?level=workload&filter=edge.requests%20%2B%201%20%3E%202");
  assert.equal(parse("?filter=edge.requests+1>2").filter, "edge.requests+1>2");
});
