// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { Lines, lineOf } from "../../public/js/map/lines.js";

const everywhere = () => true;

/** Where lines are. @param {Record<string, string>} paths */
function linesOf(paths) {
  const lines = new Lines();
  lines.read(() => Object.entries(paths));
  return lines;
}

test("the nearest line is found, as far as it may be away", () => {
  const lines = linesOf({ upper: "M0 0L100 0", lower: "M0 10H100", far: "M0 40C30 40 60 40 100 40" });
  assert.equal(lines.near({ x: 50, y: 4 }, 7, everywhere), "upper");
  assert.equal(lines.near({ x: 50, y: 6 }, 7, everywhere), "lower");
  assert.equal(lines.near({ x: 50, y: 25 }, 7, everywhere), null);
  assert.equal(lines.near({ x: 50, y: 25 }, 16, everywhere), "far");
  // Beyond its end a line is as far as that.
  assert.equal(lines.near({ x: 104, y: -4 }, 7, everywhere), "upper");
  assert.equal(lines.near({ x: 108, y: 0 }, 7, everywhere), null);
});

test("what is not there is not found", () => {
  const lines = linesOf({ gone: "M0 0L100 0", there: "M0 5L100 5" });
  assert.equal(lines.near({ x: 50, y: 0 }, 7, (id) => id !== "gone"), "there");
  assert.equal(lines.near({ x: 50, y: 0 }, 7, () => false), null);
});

test("paths are read when somebody asks, and once", () => {
  let count = 0;
  const lines = new Lines();
  lines.read(() => {
    count += 1;
    return [["a", "M0 0L9 9"]];
  });
  assert.equal(count, 0);
  lines.near({ x: 0, y: 0 }, 1, everywhere);
  lines.near({ x: 0, y: 0 }, 1, everywhere);
  assert.equal(count, 1);
});

test("a path that is none is no line", () => {
  for (const path of ["", "M0 0", "Mx yLz z", "M0 0L", "M0 0C1 2 3", "Z"]) assert.equal(lineOf("a", path), null, path);
});

test("distances to curves are those of many points on them", () => {
  // Numbers of a small generator, the same each time.
  let seed = 7;
  const random = (/** @type {number} */ size) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.round((seed / 2_147_483_648) * size * 10) / 10;
  };
  for (let round = 0; round < 200; round += 1) {
    const numbers = Array.from({ length: 14 }, () => random(400));
    const curves = [numbers.slice(0, 8), numbers.slice(6, 14)];
    const lines = linesOf({ a: `M${numbers[0]} ${numbers[1]}C${numbers.slice(2).join(" ")}` });
    const [x, y] = [random(400), random(400)];
    let least = Infinity;
    for (const p of curves) {
      for (let part = 0; part <= 2000; part += 1) {
        const [t, s] = [part / 2000, 1 - part / 2000];
        const at = (/** @type {number} */ axis) => s ** 3 * p[axis] + 3 * s * s * t * p[axis + 2] + 3 * s * t * t * p[axis + 4] + t ** 3 * p[axis + 6];
        least = Math.min(least, Math.hypot(at(0) - x, at(1) - y));
      }
    }
    assert.equal(lines.near({ x, y }, least + 2.5, everywhere), "a", `round ${round}`);
    assert.equal(lines.near({ x, y }, least - 2.5, everywhere), null, `round ${round}`);
  }
});
