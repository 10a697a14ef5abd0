// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fetchSeries } from "../api.js";
import { el } from "../dom.js";
import { strings } from "../strings.js";
import { section } from "./parts.js";
import { errorChart, rateChart, timeChart } from "./lines.js";

/** What an edge did over time: loaded when it is looked at, and again when its graph is a newer one. */
export class Series {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.forget();
  }

  forget() {
    this.controller?.abort();
    this.key = "";
    /** @type {import("../model.js").Model | null} */
    this.model = null;
    /** @type {import("../api.js").SeriesDocument | null} */
    this.document = null;
    this.hasFailed = false;
  }

  /** What is known so far; asks for what is not. @param {string} edge @param {import("../model.js").Model} model @param {string} query */
  section(edge, model, query) {
    const key = `${query} ${edge}`;
    if (key !== this.key) this.forget();
    if (model !== this.model) {
      this.key = key;
      this.model = model;
      this.load(edge, query);
    }
    const title = strings.series.title;
    if (this.hasFailed) return section(title, el("p", { class: "quiet" }, strings.series.failed));
    if (this.document === null) return section(title, el("p", { class: "quiet" }, strings.samples.loading));
    const { points, step } = this.document;
    if (!points.some((point) => point.requests > 0)) return section(title, el("p", { class: "quiet" }, strings.series.none));
    const charts = [rateChart(points, step)];
    if (points.some((point) => point.failed > 0)) charts.push(errorChart(points, step));
    if (points.some((point) => point.p50 !== undefined)) charts.push(timeChart(points, step));
    return section(title, ...charts);
  }

  /** @param {string} edge @param {string} query */
  async load(edge, query) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const found = await fetchSeries(query, edge, controller.signal);
      if (controller.signal.aborted) return;
      this.document = found;
      this.hasFailed = false;
    } catch {
      if (controller.signal.aborted) return;
      this.hasFailed = this.document === null;
    }
    this.onChange();
  }
}
