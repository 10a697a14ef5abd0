// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { lookOf, stepAt } from "../../public/js/map/looks.js";
import { Turns } from "../../public/js/map/turns.js";

/** Frames that a test makes come, each portion taking so many milliseconds. */
function clock(cost = 3) {
  const frames = [];
  let [time, painted] = [0, () => {}];
  const seen = [];
  const turns = new Turns((next) => frames.push(next), (act) => (painted = act), () => time);
  const portions = (name, count = 5) => Array.from({ length: count }, (_, number) => () => {
    time += cost;
    seen.push(`${name}${number}`);
  });
  const frame = () => {
    const [next] = frames.splice(0, 1);
    next?.();
    painted();
    painted = () => {};
    return next !== undefined;
  };
  return { turns, portions, seen, frame };
}

test("nothing is drawn before the next frame, and all of it then, as much in each as was good before", () => {
  const { turns, portions, seen, frame } = clock();
  let isDone = false;
  turns.start(portions("a"), () => (isDone = true));
  assert.deepEqual(seen, []);
  const counts = [];
  while (frame()) counts.push(seen.length);
  // 3 ms were short, 6 are neither short nor long.
  assert.deepEqual(counts, [1, 3, 5]);
  assert.ok(isDone);
  assert.deepEqual(seen, ["a0", "a1", "a2", "a3", "a4"]);
});

test("a frame that took long is followed by smaller ones, and never by none", () => {
  const { turns, portions, frame, seen } = clock(20);
  turns.count = 4;
  turns.start(portions("a", 8), () => {});
  const counts = [];
  while (frame()) counts.push(seen.length);
  assert.deepEqual(counts, [4, 6, 7, 8]);
});

test("all is drawn within a quarter of a second, however much it is", () => {
  const { turns, portions, frame } = clock(20);
  turns.start(portions("a", 160), () => {});
  let count = 0;
  while (frame()) count += 1;
  assert.equal(count, 16);
});

test("what follows fast starves nothing: it goes on where the work before it was, and is drawn as a whole", () => {
  const { turns, portions, seen, frame } = clock(5);
  turns.start(portions("a"), () => assert.fail("the first was not finished"));
  frame();
  frame();
  let isDone = false;
  turns.start(portions("b"), () => (isDone = true));
  while (frame());
  assert.deepEqual(seen, ["a0", "a1", "b2", "b3", "b4", "b0", "b1"]);
  assert.ok(isDone);
});

test("what is stopped is not gone on with", () => {
  const { turns, portions, seen, frame } = clock();
  turns.start(portions("a"), () => assert.fail("it was stopped"));
  frame();
  turns.stop();
  frame();
  assert.equal(seen.length, 1);
});

test("widths change in steps that can be seen", () => {
  assert.deepEqual([2, 1, 0.6, 0.3, 0.1].map(stepAt), [0.25, 0.25, 0.5, 1, 1]);
  const edge = { health: "healthy", direction: "observed" };
  assert.equal(lookOf({ ...edge, rate: 1 }, 0.25).width, "1.5");
  assert.equal(lookOf({ ...edge, rate: 1 }, 1).width, "2");
  assert.equal(lookOf(edge, 1).width, "1");
});
