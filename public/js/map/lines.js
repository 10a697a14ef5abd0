// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { commandsOf } from "./places.js";

/** Straight parts that stand for a curve. */
const parts = 16;

/**
 * Curves one after the other, of four points each; the last of one is the first of the next.
 * @typedef {{id: string, points: number[], left: number, top: number, right: number, bottom: number}} Line
 */

/** Which line is near a point. A browser makes the outlines of all wide curves around to know it: of thousands that takes it 50 ms and more. */
export class Lines {
  constructor() {
    /** @type {(() => Iterable<[string, string]>) | null} */
    this.source = null;
    /** @type {Line[]} */
    this.lines = [];
  }

  /** What there is; looked at when nothing else is to do, or somebody asks. @param {() => Iterable<[string, string]>} source paths with absolute places, by id */
  read(source) {
    this.source = source;
    this.lines = [];
  }

  prepare() {
    if (this.source !== null) this.lines = [...this.source()].flatMap(([id, path]) => lineOf(id, path) ?? []);
    this.source = null;
  }

  /**
   * The nearest line.
   * @param {{x: number, y: number}} point @param {number} reach how far off it may be @param {(id: string) => boolean} isThere whether a line counts
   * @returns {string | null}
   */
  near({ x, y }, reach, isThere) {
    this.prepare();
    let [best, least] = [/** @type {string | null} */ (null), reach];
    for (const line of this.lines) {
      if (x < line.left - least || x > line.right + least || y < line.top - least || y > line.bottom + least || !isThere(line.id)) continue;
      const distance = distanceTo(line.points, x, y);
      if (distance > least) continue;
      [best, least] = [line.id, distance];
    }
    return best;
  }
}

/** The curves of a path; nothing where it has none. @param {string} id @param {string} path of M, L and H with one place, and C @returns {Line | null} */
export function lineOf(id, path) {
  /** @type {number[]} */
  const points = [];
  let [x, y] = [0, 0];
  for (const [command, numbers] of commandsOf(path)) {
    const [toX, toY] = command === "H" ? [numbers[0], y] : numbers.slice(-2);
    if (command !== "M" && points.length === 0) points.push(x, y);
    if (command === "C") points.push(...numbers);
    else if (command !== "M") points.push(x, y, toX, toY, toX, toY);
    [x, y] = [toX, toY];
  }
  if (points.length % 6 !== 2 || !points.every(Number.isFinite)) return null;
  // A curve lies within its points.
  const [across, down] = [0, 1].map((axis) => points.filter((_, at) => at % 2 === axis));
  return { id, points, left: Math.min(...across), top: Math.min(...down), right: Math.max(...across), bottom: Math.max(...down) };
}

/** @param {number[]} p points of curves @param {number} x @param {number} y */
function distanceTo(p, x, y) {
  let least = Infinity;
  for (let at = 0; at + 7 < p.length; at += 6) {
    let [fromX, fromY] = [p[at], p[at + 1]];
    for (let part = 1; part <= parts; part += 1) {
      const t = part / parts;
      const s = 1 - t;
      const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      const toX = a * p[at] + b * p[at + 2] + c * p[at + 4] + d * p[at + 6];
      const toY = a * p[at + 1] + b * p[at + 3] + c * p[at + 5] + d * p[at + 7];
      least = Math.min(least, squareTo(x, y, fromX, fromY, toX - fromX, toY - fromY));
      [fromX, fromY] = [toX, toY];
    }
  }
  return Math.sqrt(least);
}

/** The square of the distance to a straight part. @param {number} x @param {number} y @param {number} fromX @param {number} fromY @param {number} dx @param {number} dy */
function squareTo(x, y, fromX, fromY, dx, dy) {
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - fromX) * dx + (y - fromY) * dy) / length));
  const [offX, offY] = [x - fromX - along * dx, y - fromY - along * dy];
  return offX * offX + offY * offY;
}
