// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { count, duration } from "../format.js";
import { namespace } from "../map/svg.js";

/** Small drawings for panels, each with its numbers in words beside it. */

const bucketsPerOctave = 32;
const barsPerOctave = 4;
const maximumBars = 160;

/** The least value of a bucket in seconds, as `docs/formats/graph-json.md` lays buckets out. @param {number} index */
export function bucketStart(index) {
  if (index < 0) return 0;
  const octave = Math.floor(index / bucketsPerOctave);
  return 2 ** octave * (1 + (index % bucketsPerOctave) / bucketsPerOctave) * 1e-6;
}

/**
 * Buckets put together to bars, a quarter of an octave each, gaps included.
 * @param {[number, number][]} buckets @returns {{from: number, to: number, count: number}[]}
 */
export function bars(buckets) {
  if (buckets.length === 0) return [];
  const width = bucketsPerOctave / barsPerOctave;
  const place = (/** @type {number} */ index) => Math.floor(Math.max(index, 0) / width);
  const first = place(buckets[0][0]);
  const last = Math.min(place(buckets[buckets.length - 1][0]), first + maximumBars - 1);
  const result = [];
  for (let bar = first; bar <= last; bar += 1) {
    result.push({ from: bucketStart(bar * width), to: bucketStart((bar + 1) * width), count: 0 });
  }
  for (const [index, value] of buckets) result[Math.min(place(index), last) - first].count += value;
  return result;
}

/** Where a time stands on the axis of bars, in bars from the first. @param {number} seconds @param {{from: number}[]} list */
export function placeOf(seconds, list) {
  const octave = (/** @type {number} */ value) => {
    const micro = Math.max(value * 1e6, 1);
    const whole = Math.floor(Math.log2(micro));
    return (whole + micro / 2 ** whole - 1) * barsPerOctave;
  };
  return Math.min(Math.max(octave(seconds) - octave(list[0]?.from ?? 0), 0), list.length);
}

/** @param {[number, number][]} buckets @param {string} title @param {{p50?: number, p95?: number, p99?: number}} marks */
export function histogram(buckets, title, marks) {
  const list = bars(buckets);
  const highest = Math.max(1, ...list.map((bar) => bar.count));
  const svg = document.createElementNS(namespace, "svg");
  const width = Math.max(list.length, 8);
  svg.setAttribute("viewBox", `0 0 ${width * 10} 60`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "histogram");
  svg.setAttribute("aria-hidden", "true");
  list.forEach((bar, position) => {
    if (bar.count === 0) return;
    const rect = document.createElementNS(namespace, "rect");
    // One sample among thousands must still be seen.
    const height = Math.max(2, (bar.count / highest) * 60);
    rect.setAttribute("x", String(position * 10 + 1));
    rect.setAttribute("y", String(60 - height));
    rect.setAttribute("width", "8");
    rect.setAttribute("height", String(height));
    const name = document.createElementNS(namespace, "title");
    name.textContent = `${duration(bar.from)} – ${duration(bar.to)}: ${count(bar.count)}`;
    rect.append(name);
    svg.append(rect);
  });
  for (const name of /** @type {const} */ (["p50", "p95", "p99"])) {
    if (marks[name] === undefined) continue;
    const line = document.createElementNS(namespace, "path");
    line.setAttribute("class", `mark mark-${name}`);
    line.setAttribute("d", `M${(placeOf(marks[name], list) * 10).toFixed(1)} 0V60`);
    const text = document.createElementNS(namespace, "title");
    text.textContent = `${name} ${duration(marks[name])}`;
    line.append(text);
    svg.append(line);
  }
  const axis = el("div", { class: "axis" }, el("span", {}, duration(list[0]?.from)), el("span", {}, duration(list.at(-1)?.to)));
  const figure = el("figure", { role: "img", "aria-label": title });
  figure.append(svg, axis);
  return figure;
}

/**
 * One bar cut into parts, with a list that says each.
 * @param {{name: string, value: number, text: string}[]} parts @param {string} title
 */
export function shares(parts, title) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const bar = el("div", { class: "bar", "aria-hidden": "true" });
  const list = el("ul", { class: "shares", "aria-label": title });
  for (const part of parts) {
    if (part.value > 0) {
      const piece = el("span", { class: `share-${part.name}` });
      piece.style.flexGrow = String(part.value);
      bar.append(piece);
    }
    if (part.value > 0 || part.name === "ok") {
      list.append(el("li", { class: `share-${part.name}` }, el("b", { "data-field": `outcomes.${part.name}` }, count(part.value)), ` ${part.text}`));
    }
  }
  return el("div", {}, ...(total > 0 ? [bar] : []), list);
}
