// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchTotals } from "../api.js";
import { byId, el, render } from "../dom.js";
import { count, instant, percent, rate } from "../format.js";
import { inRange } from "../map/scene.js";
import { strings } from "../strings.js";
import { TimelineChart } from "./chart.js";
import * as ranges from "./ranges.js";

/**
 * What is on screen over time, and the range that the map is of: drag over it to choose another.
 *
 * @typedef {import("./ranges.js").Span} Span
 * @typedef {{range: Span, data: Span, base: Span | null, query: string, isLive: boolean}} Subject
 */

/** A pointer that moved less has not dragged. */
const tapDistance = 5;
const ticks = 5;
/** Live, the timeline is asked for no more often than this. */
const leastMilliseconds = 2_000;

export class Timeline {
  /** @param {HTMLElement} element @param {{choose: (range: Span) => void, compare: (range: Span) => void, seek: (instant: number) => void}} acts */
  constructor(element, acts) {
    this.acts = acts;
    this.chart = new TimelineChart();
    this.axis = el("div", { class: "axis", "aria-hidden": "true" });
    element.append(this.chart.svg, this.axis);
    /** @type {Subject | null} */
    this.subject = null;
    /** @type {Span} */
    this.span = { from: 0, to: 1 };
    /** @type {import("../api.js").SeriesDocument | null} */
    this.series = null;
    this.key = "";
    this.asked = 0;
    this.timer = 0;
    /** Where a drag began. @type {{x: number, instant: number} | null} */
    this.start = null;
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.moved(event));
    element.addEventListener("pointerup", (event) => this.up(event));
    element.addEventListener("pointercancel", () => this.forget());
    element.addEventListener("pointerleave", () => this.tell(null));
    this.element = element;
  }

  /** @param {Subject} subject */
  show(subject) {
    this.subject = subject;
    this.span = ranges.around(subject.range, subject.data);
    const query = inRange(subject.query, { from: ranges.text(this.span.from), to: ranges.text(this.span.to) });
    if (query !== this.key) this.wait(query);
    this.draw();
  }

  /** Asks at once for something else, and not too often for what has merely grown. @param {string} query */
  wait(query) {
    clearTimeout(this.timer);
    const since = Date.now() - this.asked;
    const delay = this.subject?.isLive && since < leastMilliseconds ? leastMilliseconds - since : 0;
    this.timer = setTimeout(() => this.load(query), delay);
  }

  /** @param {string} query */
  async load(query) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    this.key = query;
    this.asked = Date.now();
    try {
      const series = await fetchTotals(query, controller.signal);
      if (controller.signal.aborted) return;
      this.series = series;
    } catch {
      if (controller.signal.aborted) return;
      // The map says what is wrong; here there is nothing to show.
      this.series = null;
    }
    this.draw();
  }

  draw() {
    const { subject, span, series } = this;
    if (subject === null) return;
    this.chart.draw(series?.points ?? [], series?.step ?? 1, span);
    this.chart.mark("range", subject.range, span);
    this.chart.mark("before", { from: span.from, to: subject.range.from }, span);
    this.chart.mark("after", { from: subject.range.to, to: span.to }, span);
    this.chart.mark("base", subject.base, span);
    const days = ranges.text(span.from).slice(0, 10) !== ranges.text(span.to - 1).slice(0, 10);
    render(this.axis, ...Array.from({ length: ticks }, (_, position) => {
      const at = instant(ranges.text(span.from + ((span.to - span.from) * position) / (ticks - 1)));
      return el("span", {}, days ? at.slice(5, 16) : at.slice(11));
    }));
    this.element.setAttribute("aria-label", strings.time.timeline(instant(ranges.text(span.from)), instant(ranges.text(span.to))));
    this.element.dataset.points = String(series?.points.length ?? 0);
  }

  /** The step of a replay. @param {Span | null} part */
  cursor(part) {
    this.chart.mark("cursor", part, this.span);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || this.subject === null) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.start = { x: event.clientX, instant: this.chart.instant(event, this.span) };
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const at = this.chart.instant(event, this.span);
    this.tell(at);
    if (this.start === null || Math.abs(event.clientX - this.start.x) < tapDistance) return;
    this.chart.mark("brush", ordered(this.start.instant, at), this.span);
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { start } = this;
    this.forget();
    if (start === null) return;
    const at = this.chart.instant(event, this.span);
    if (Math.abs(event.clientX - start.x) < tapDistance) this.acts.seek(at);
    else if (event.shiftKey) this.acts.compare(ranges.widened(ordered(start.instant, at)));
    else this.acts.choose(ranges.widened(ordered(start.instant, at)));
  }

  forget() {
    this.start = null;
    this.chart.mark("brush", null, this.span);
  }

  /** What happened at an instant, in words. @param {number | null} at */
  tell(at) {
    const step = (this.series?.step ?? 1) * 1000;
    const point = at === null ? undefined : this.series?.points.find(({ from }) => at >= Date.parse(from) && at < Date.parse(from) + step);
    byId("told").textContent = !point ? "" : strings.time.told(instant(point.from).slice(11),
      point.rate === undefined ? strings.series.unwatched : rate(point.rate), count(point.requests), percent(point.errorRate));
  }
}

/** @param {number} one @param {number} other @returns {Span} */
function ordered(one, other) {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}
