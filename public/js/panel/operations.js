// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { outcomes } from "../model.js";
import { count, duration, percent } from "../format.js";
import { valued, within } from "./value.js";

/**
 * What was asked over an edge, sorted by a column that a person chooses. Pure but for the elements.
 *
 * @typedef {import("../model.js").Operation} Operation
 * @typedef {{key: string, isDescending: boolean}} Order
 */

/** @type {{key: string, title: string, value: (operation: Operation) => string | number | undefined, show: (operation: Operation) => string}[]} */
const columns = [
  { key: "operation", title: strings.panel.operations, value: (one) => one.operation, show: (one) => one.operation },
  { key: "requests", title: strings.table.requests, value: (one) => one.requests, show: (one) => count(one.requests) },
  { key: "errors", title: strings.table.errorRate, value: errorRate, show: (one) => percent(errorRate(one)) },
  { key: "p50", title: "p50", value: (one) => one.latency?.p50, show: (one) => duration(one.latency?.p50) },
  { key: "p95", title: "p95", value: (one) => one.latency?.p95, show: (one) => duration(one.latency?.p95) },
];

/** @type {Order} */
export const byRequests = { key: "requests", isDescending: true };

/** @param {Operation} operation */
function errorRate(operation) {
  const sum = outcomes([operation]);
  return operation.requests > 0 ? (sum.serverError + sum.serverClosed + sum.timedOut) / operation.requests : undefined;
}

/** The order after a click on a column. @param {Order} order @param {string} key @returns {Order} */
export function turned(order, key) {
  return key === order.key ? { key, isDescending: !order.isDescending } : { key, isDescending: key !== "operation" };
}

/** What has no value comes last either way. @param {Operation[]} list @param {Order} order */
export function inOrder(list, order) {
  const column = columns.find((entry) => entry.key === order.key) ?? columns[1];
  const sign = order.isDescending ? -1 : 1;
  return [...list].sort((left, right) => {
    const [a, b] = [column.value(left), column.value(right)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return sign * (typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b));
  });
}

/** @param {Operation[]} list @param {Order} order */
export function operationTable(list, order) {
  const head = el("tr", {}, ...columns.map(({ key, title }) => el("th", {
    scope: "col", "aria-sort": key === order.key ? (order.isDescending ? "descending" : "ascending") : undefined,
  }, el("button", { type: "button", "data-operations": key }, title))));
  const body = el("tbody", {}, ...inOrder(list, order).map((one) => el("tr", {}, ...columns.map(({ key, show }) =>
    key === "operation"
      ? el("td", { class: "operation" }, valued(show(one), within("edge.operations", one.operation)))
      : el("td", { class: key === "errors" && (errorRate(one) ?? 0) > 0 ? "bad" : "" }, show(one))))));
  return el("table", { class: "operations" }, el("thead", {}, head), body);
}
