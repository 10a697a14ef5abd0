// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { namespace } from "../map/svg.js";

/**
 * The drawing of a timeline: bars of requests with their failed part at the foot, what is marked on it, and where a
 * pointer is.
 *
 * @typedef {import("../panel/lines.js").Point} Point
 * @typedef {import("./ranges.js").Span} Span
 */

const width = 1000;
const height = 60;
const marks = /** @type {const} */ (["before", "after", "base", "range", "brush", "cursor"]);

/** Bars as one path: where each stands and how tall it is, in parts of the whole. Pure. @param {{left: number, right: number, tall: number}[]} list */
export function barPath(list) {
  return list.map(({ left, right, tall }) => {
    const [x, wide, y] = [left * width, (right - left) * width, Math.max(1.5, tall * (height - 4))];
    return `M${(x + wide * 0.08).toFixed(1)} ${height}v${(-y).toFixed(1)}h${(wide * 0.84).toFixed(1)}v${y.toFixed(1)}z`;
  }).join("");
}

/** Bars of a series in a span. Pure. @param {Point[]} points @param {number} step seconds @param {Span} span */
export function barsOf(points, step, span) {
  const length = span.to - span.from;
  const place = (/** @type {number} */ instant) => Math.min(1, Math.max(0, (instant - span.from) / length));
  const highest = Math.max(...points.map((point) => point.rate ?? 0), 1e-9);
  /** @type {Record<"good" | "failed" | "unwatched", {left: number, right: number, tall: number}[]>} */
  const bars = { good: [], failed: [], unwatched: [] };
  for (const point of points) {
    const from = Date.parse(point.from);
    const [left, right] = [place(from), place(from + step * 1000)];
    if (right <= left) continue;
    if (point.rate === undefined) bars.unwatched.push({ left, right, tall: 1 });
    else if (point.requests > 0) {
      const tall = point.rate / highest;
      bars.good.push({ left, right, tall });
      if (point.failed > 0) bars.failed.push({ left, right, tall: tall * Math.min(1, point.failed / point.requests) });
    }
  }
  return bars;
}

export class TimelineChart {
  constructor() {
    this.svg = document.createElementNS(namespace, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("aria-hidden", "true");
    /** @type {Record<string, SVGElement>} */
    this.parts = {};
    for (const name of ["unwatched", "good", "failed"]) this.add("path", name);
    for (const name of marks) this.add("rect", name);
  }

  /** @param {string} element @param {string} name */
  add(element, name) {
    const part = document.createElementNS(namespace, element);
    part.setAttribute("class", name);
    if (element === "rect") part.setAttribute("height", String(height));
    this.parts[name] = part;
    this.svg.append(part);
  }

  /** @param {Point[]} points @param {number} step @param {Span} span */
  draw(points, step, span) {
    for (const [name, list] of Object.entries(barsOf(points, step, span))) this.parts[name].setAttribute("d", barPath(list));
  }

  /** Marks a part of the span; nothing takes the mark away. @param {typeof marks[number]} name @param {Span | null} part @param {Span} span */
  mark(name, part, span) {
    const place = (/** @type {number} */ instant) => Math.min(1, Math.max(0, (instant - span.from) / (span.to - span.from))) * width;
    const [left, right] = part === null ? [0, 0] : [place(part.from), place(part.to)];
    this.parts[name].setAttribute("x", left.toFixed(1));
    this.parts[name].setAttribute("width", part === null ? "0" : Math.max(right - left, name === "cursor" ? 2 : 0).toFixed(1));
  }

  /** The instant under a pointer. @param {{clientX: number}} event @param {Span} span */
  instant(event, span) {
    const box = this.svg.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(box.width, 1)));
    return span.from + share * (span.to - span.from);
  }
}
