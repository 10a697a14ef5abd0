// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { clock, count, duration, percent, rate } from "../format.js";
import { namespace } from "../map/svg.js";
import { strings } from "../strings.js";

/**
 * Small charts over time. A step that nobody watched is a gap, not zero.
 *
 * @typedef {{from: string, requests: number, failed: number, observedSeconds: number, rate?: number, errorRate?: number,
 *   p50?: number, p95?: number, p99?: number}} Point
 */

const width = 360;
const height = 64;

/** Points joined where they follow each other; a gap breaks the line. Pure. @param {(number | null)[]} values @param {number} highest */
export function linePath(values, highest) {
  const step = width / Math.max(values.length, 1);
  let path = "";
  let isOpen = false;
  values.forEach((value, position) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    const x = (position + 0.5) * step;
    const y = height - 2 - (value / (highest || 1)) * (height - 6);
    // A lone point is a dot: a line of no length with round ends.
    path += `${isOpen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${isOpen || (values[position + 1] ?? null) !== null ? "" : "h0"}`;
    isOpen = true;
  });
  return path;
}

/** Requests as bars, the failed part of each at its foot. @param {Point[]} points @param {number} step seconds */
export function rateChart(points, step) {
  const highest = Math.max(...points.map((point) => point.rate ?? 0));
  const svg = canvas();
  const gap = width / points.length;
  points.forEach((point, position) => {
    if (point.rate === undefined || point.requests === 0) return;
    const tall = Math.max(1.5, (point.rate / (highest || 1)) * (height - 4));
    const share = point.requests > 0 ? point.failed / point.requests : 0;
    const left = position * gap + gap * 0.08;
    svg.append(rectangle("good", left, height - tall, gap * 0.84, tall));
    if (share > 0) svg.append(rectangle("failed", left, height - Math.max(1.5, tall * share), gap * 0.84, Math.max(1.5, tall * share)));
  });
  mark(svg, points, (point) => [clock(point.from).slice(0, 8), point.rate === undefined ? strings.series.unwatched
    : `${rate(point.rate)}, ${count(point.requests)} ${strings.table.requests.toLowerCase()}, ${count(point.failed)} ${strings.fields.failed.toLowerCase()}`]);
  return figure("rate", strings.series.rate, rate(highest), svg, points, step);
}

/** @param {Point[]} points @param {number} step */
export function errorChart(points, step) {
  const highest = Math.max(...points.map((point) => point.errorRate ?? 0));
  const svg = canvas();
  svg.append(line("errors", linePath(points.map((point) => point.errorRate ?? null), highest)));
  mark(svg, points, (point) => [clock(point.from).slice(0, 8), percent(point.errorRate)]);
  return figure("errors", strings.series.errors, percent(highest), svg, points, step);
}

/** @param {Point[]} points @param {number} step */
export function timeChart(points, step) {
  const names = /** @type {const} */ (["p99", "p95", "p50"]);
  const highest = Math.max(...points.flatMap((point) => names.map((name) => point[name] ?? 0)));
  const svg = canvas();
  for (const name of names) svg.append(line(name, linePath(points.map((point) => point[name] ?? null), highest)));
  mark(svg, points, (point) => [clock(point.from).slice(0, 8), ...[...names].reverse().map((name) => `${name} ${duration(point[name])}`)]);
  const chart = figure("times", strings.series.times, duration(highest), svg, points, step);
  chart.querySelector("figcaption")?.append(el("span", { class: "keys" }, ...[...names].reverse().map((name) => el("span", { class: `key-${name}` }, name))));
  return chart;
}

function canvas() {
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "series");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** @param {string} className @param {number} x @param {number} y @param {number} wide @param {number} tall */
function rectangle(className, x, y, wide, tall) {
  const rect = document.createElementNS(namespace, "rect");
  rect.setAttribute("class", className);
  for (const [name, value] of Object.entries({ x, y, width: wide, height: tall })) rect.setAttribute(name, value.toFixed(2));
  return rect;
}

/** @param {string} className @param {string} d */
function line(className, d) {
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("class", className);
  path.setAttribute("d", d);
  return path;
}

/** What the pointer learns of each step. @param {SVGSVGElement} svg @param {Point[]} points @param {(point: Point) => string[]} tell */
function mark(svg, points, tell) {
  const gap = width / points.length;
  points.forEach((point, position) => {
    const rect = rectangle("step", position * gap, 0, gap, height);
    const title = document.createElementNS(namespace, "title");
    title.textContent = tell(point).join("\n");
    rect.append(title);
    svg.append(rect);
  });
}

/** @param {string} name @param {string} title @param {string} highest @param {SVGSVGElement} svg @param {Point[]} points @param {number} step */
function figure(name, title, highest, svg, points, step) {
  const element = el("figure", { "data-chart": name, role: "img", "aria-label": strings.series.spoken(title, highest, points.length, duration(step)) },
    el("figcaption", {}, el("span", {}, title), el("span", { class: "quiet" }, strings.series.highest(highest))));
  element.append(svg, el("div", { class: "axis" }, el("span", {}, clock(points[0].from).slice(0, 8)),
    el("span", {}, clock(points[points.length - 1].from).slice(0, 8))));
  return element;
}
