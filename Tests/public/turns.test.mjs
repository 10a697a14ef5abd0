// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { lookOf, stepAt } from "../../public/js/map/looks.js";
import { Turns } from "../../public/js/map/turns.js";

/** Frames that a test makes come, each portion taking a millisecond. */
function clock() {
  const frames = [];
  let time = 0;
  const seen = [];
  const turns = new Turns(2, (next) => frames.push(next), () => time);
  const portions = (name) => [0, 1, 2, 3, 4].map((number) => () => {
    time += 1;
    seen.push(`${name}${number}`);
  });
  return { turns, portions, seen, frame: () => frames.shift()?.() };
}

test("a frame has as many portions as its time allows", () => {
  const { turns, portions, seen, frame } = clock();
  let isDone = false;
  turns.start(portions("a"), () => (isDone = true));
  assert.deepEqual(seen, ["a0", "a1"]);
  frame();
  assert.deepEqual([seen.length, isDone], [4, false]);
  frame();
  assert.deepEqual([seen.length, isDone], [5, true]);
  assert.equal(frame(), undefined);
});

test("what follows fast starves nothing: it goes on where the work before it was, and is drawn as a whole", () => {
  const { turns, portions, seen, frame } = clock();
  turns.start(portions("a"), () => assert.fail("the first was not finished"));
  let isDone = false;
  turns.start(portions("b"), () => (isDone = true));
  for (let count = 0; count < 5; count += 1) frame();
  assert.deepEqual(seen, ["a0", "a1", "b2", "b3", "b4", "b0", "b1"]);
  assert.ok(isDone);
});

test("what is stopped is not gone on with", () => {
  const { turns, portions, seen, frame } = clock();
  turns.start(portions("a"), () => assert.fail("it was stopped"));
  turns.stop();
  frame();
  assert.equal(seen.length, 2);
});

test("widths change in steps that can be seen", () => {
  assert.deepEqual([2, 1, 0.6, 0.3, 0.1].map(stepAt), [0.25, 0.25, 0.5, 1, 1]);
  const edge = { health: "healthy", direction: "observed" };
  assert.equal(lookOf({ ...edge, rate: 1 }, 0.25).width, "1.5");
  assert.equal(lookOf({ ...edge, rate: 1 }, 1).width, "2");
  assert.equal(lookOf(edge, 1).width, "1");
});
