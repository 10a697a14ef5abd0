// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { errorChart, rateChart, timeChart } from "./lines.js";

/**
 * What something did over time, as charts.
 * @param {import("./lines.js").Point[]} points @param {number} step seconds @returns {HTMLElement[]}
 */
export function charts(points, step) {
  if (!points.some((point) => point.requests > 0)) return [el("p", { class: "quiet" }, strings.series.none)];
  const list = [rateChart(points, step)];
  if (points.some((point) => point.failed > 0)) list.push(errorChart(points, step));
  if (points.some((point) => point.p50 !== undefined)) list.push(timeChart(points, step));
  return list;
}
