// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { figureOf } from "../../public/js/map/figures.js";
import { lookOf } from "../../public/js/map/looks.js";
import { Scene, inRange, union } from "../../public/js/map/scene.js";
import { initial, parse, serialize } from "../../public/js/state.js";
import { isLive } from "../../public/js/time/bar.js";
import { barsOf } from "../../public/js/time/chart.js";
import { changed, marksOf } from "../../public/js/time/compare.js";
import * as ranges from "../../public/js/time/ranges.js";
import { edgesOf, positionAt } from "../../public/js/time/replay.js";

const graph = (from, to) => ({ version: 1, from, to, level: "workload", nodes: [], edges: [] });
const [early, middle, late] = ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"];

test("a scene grows to what it had and what is shown, and keeps its places", () => {
  const scene = new Scene();
  const query = "?level=workload&window=1m";
  assert.deepEqual(scene.questions(query, graph(early, middle), null), [{ query, range: { from: early, to: middle } }]);
  scene.stands(query, { from: early, to: middle }, "abc");
  const next = scene.questions("?level=workload&window=1m&filter=a%2Bb", graph(middle, late), null);
  assert.equal(next[0].query, "?level=workload&filter=a%2Bb&from=2026-01-01T00%3A00%3A00Z&to=2026-01-01T00%3A02%3A00Z&keep=abc");
  assert.equal(next[1].query, "?level=workload&window=1m&filter=a%2Bb&keep=abc");
  for (const other of ["?level=pod", "?level=workload&layout=radial", "?level=workload&boxes=none", "?level=workload&collapse=a"]) assert.ok(!scene.fits(other), other);
  assert.equal(scene.questions("?level=pod", graph(early, middle), null)[0].query, "?level=pod");
  scene.reset();
  assert.equal(scene.questions(query, graph(early, middle), { from: early, to: late })[0].range.to, late);
});

test("ranges are moved, doubled and widened within what is stored", () => {
  const data = { from: 0, to: 100_000 };
  assert.deepEqual(ranges.stepped({ from: 40_000, to: 60_000 }, 1, data), { from: 60_000, to: 80_000 });
  assert.deepEqual(ranges.stepped({ from: 0, to: 60_000 }, 1, data), { from: 40_000, to: 100_000 });
  assert.deepEqual(ranges.stepped({ from: 10_000, to: 30_000 }, -3, data), { from: 0, to: 20_000 });
  assert.deepEqual(ranges.doubled({ from: 60_000, to: 100_000 }, data), { from: 20_000, to: 100_000 });
  assert.deepEqual(ranges.widened({ from: 12_345, to: 12_346 }), { from: 10_000, to: 20_000 });
  assert.deepEqual(ranges.around({ from: 0, to: 10_000 }, data), data);
  const long = { from: 0, to: 1e9 };
  const around = ranges.around({ from: 5e8, to: 5e8 + 10_000 }, long);
  assert.ok(around.from > 4.9e8 && around.to < 5.1e8 && around.to - around.from >= 120_000);
  assert.deepEqual(inRange("?window=1m&level=pod", { from: early, to: late }).includes("window"), false);
  assert.deepEqual(union({ from: middle, to: late }, { from: early, to: middle }), { from: early, to: late });
});

test("typed times are read strictly", () => {
  assert.deepEqual(ranges.typed(" 2026-01-01 00:00", "2026-01-01T00:01:00Z"), { from: Date.parse(early), to: Date.parse(middle) });
  for (const [from, to] of [["2026-01-01 00:01", "2026-01-01 00:00"], ["yesterday", "2026-01-01 00:00"], ["2026-13-01 00:00", "2027-01-01 00:00"]]) {
    assert.equal(ranges.typed(from, to), null);
  }
});

test("lengths are written as the choices are called, and read back", () => {
  for (const [length, words] of [[60e3, "1m"], [900e3, "15m"], [3600e3, "1h"], [864e5, "24h"], [7 * 864e5, "7d"], [70e3, "70s"]]) {
    assert.equal(ranges.duration(length), words);
    assert.equal(ranges.milliseconds(words), length);
  }
  assert.equal(ranges.milliseconds("1h30m"), 5_400_000);
  assert.equal(ranges.milliseconds("soon"), null);
});

test("a second range is the one before, so much earlier, or exact", () => {
  const range = { from: 100_000, to: 130_000 };
  assert.deepEqual(ranges.base("before", range), { from: 70_000, to: 100_000 });
  assert.deepEqual(ranges.base("1m", range), { from: 40_000, to: 70_000 });
  assert.deepEqual(ranges.base(`${early}/${middle}`, range), { from: Date.parse(early), to: Date.parse(middle) });
  assert.equal(ranges.base(`${late}/${middle}`, range), null);
});

test("time is in the address, and nonsense is not", () => {
  const state = { ...initial(), at: middle, speed: "8", compare: `${early}/${middle}` };
  assert.deepEqual(parse(serialize(state)), state);
  assert.deepEqual(parse("?at=soon&speed=9&compare=%3Cb%3E"), initial());
  assert.ok(isLive(initial()));
  assert.ok(isLive({ ...initial(), from: early, to: "now" }));
  assert.ok(!isLive({ ...initial(), to: late }));
  assert.ok(!isLive({ ...initial(), at: middle }));
});

test("a step that nobody watched is not a step without requests", () => {
  const points = [{ from: early, requests: 10, failed: 5, rate: 1 }, { from: "2026-01-01T00:00:10Z", requests: 0, failed: 0, rate: 0 },
    { from: "2026-01-01T00:00:20Z", requests: 0, failed: 0 }, { from: "2026-01-01T00:00:30Z", requests: 20, failed: 0, rate: 2 }];
  const bars = barsOf(points, 10, { from: Date.parse(early), to: Date.parse(early) + 40_000 });
  assert.deepEqual(bars.good.map(({ tall }) => tall), [0.5, 1]);
  assert.deepEqual(bars.failed, [{ left: 0, right: 0.25, tall: 0.25 }]);
  assert.deepEqual(bars.unwatched.map(({ left }) => left), [0.5]);
});

test("a step of a replay has the figures of its cell", () => {
  const frames = { version: 1, from: early, to: late, step: 60, edges: ["a", "b"], frames: [
    { from: early, observedSeconds: 60, cells: [[1, 30, 3, 0.001, 0.002, null, "failing", 4, 1, 100, 200, 60]] },
    { from: middle, observedSeconds: 60, cells: [] }] };
  const edge = { id: "b", client: "x", server: "y", port: 80, transport: "tcp", direction: "inferred", requests: 99 };
  const step = edgesOf(frames, 0, new Map([["b", edge]]));
  assert.equal(figureOf(step.get("b"), "errors"), "10\u202f%");
  assert.equal(figureOf(step.get("b"), "p95"), "2\u202fms");
  assert.equal(figureOf(step.get("b"), "p99"), "–");
  assert.equal(figureOf(step.get("b"), "connects"), "1 / 4");
  assert.deepEqual(lookOf(step.get("b")), { health: "failing", width: "2.5", isOpen: true });
  assert.equal(edgesOf(frames, 1, new Map([["b", edge]])).size, 0);
  assert.equal(positionAt(frames, Date.parse(middle) + 59_000), 1);
  assert.equal(positionAt(frames, 0), 0);
  assert.equal(positionAt(frames, Date.parse(late) + 1e6), 1);
});

test("what changed comes by weight, and what may be chance last", () => {
  const side = (requests, p95) => ({ health: "healthy", requests, failed: 0, rate: requests, p95, attempted: 0, failedConnects: 0 });
  const diff = { nodes: [{ id: "x", change: "gone" }], edges: [
    { id: "same", change: "same", base: side(1), current: side(1) }, { id: "chance", change: "gone", uncertain: true, base: side(9) },
    { id: "slow", change: "slower", base: side(5, 0.001), current: side(5, 0.01) }, { id: "few", change: "new", current: side(1) },
    { id: "many", change: "new", current: side(2) }] };
  assert.deepEqual(changed(diff).map(({ id }) => id), ["many", "few", "slow", "chance"]);
  const marks = marksOf(diff);
  assert.deepEqual([...marks.gone.keys()], ["chance"]);
  assert.equal(marks.edges.get("slow").text, "▲ slower p95 1\u202fms → 10\u202fms");
  assert.equal(marks.edges.get("same").text, "");
});
