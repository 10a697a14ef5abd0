// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { bytes, duration } from "../format.js";
import { strings } from "../strings.js";

/**
 * One sampled transaction in words: what became of it, where its time went, what somebody asked to see of its header.
 *
 * @typedef {import("../api.js").Transaction} Transaction
 * @typedef {import("../api.js").HeaderField} HeaderField
 * @typedef {{name: keyof typeof strings.transactions.phases, seconds: number}} Phase
 */

/** What the API calls all outcomes that count into the error rate. */
export const failed = "failed";

/** Whether it counts into the error rate. @param {Transaction} one */
export function isFailure(one) {
  return ["serverError", "serverClosed", "timedOut"].includes(one.outcome);
}

/** `500 server error`. @param {Transaction} one */
export function outcomeText(one) {
  const word = strings.outcomes[/** @type {keyof strings.outcomes} */ (one.outcome)] ?? one.outcome;
  return one.status === undefined ? word : `${one.status} ${one.outcome === "ok" ? "" : word}`.trim();
}

/** All outcomes to choose from, the present one chosen. @param {string} chosen */
export function outcomeOptions(chosen) {
  const choices = [["", strings.samples.all], [failed, strings.samples.failures], ...Object.entries(strings.outcomes)];
  return choices.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
}

/**
 * Where the time went, in order. A response that began before the request ended leaves no wait. Pure.
 * @param {Transaction} one @returns {Phase[]}
 */
export function phases(one) {
  const { requestEnd, responseStart, responseEnd, ended } = one;
  if (responseStart === undefined) {
    return parts([["request", requestEnd], ["unanswered", ended - requestEnd]]);
  }
  return parts([["request", Math.min(requestEnd, responseStart)], ["wait", responseStart - requestEnd], ["response", (responseEnd ?? ended) - responseStart]]);
}

/** @param {[Phase["name"], number][]} list @returns {Phase[]} */
function parts(list) {
  return list.filter(([, seconds]) => seconds > 0).map(([name, seconds]) => ({ name, seconds }));
}

/** What both ends said, in bytes. @param {Transaction} one */
export function sizes(one) {
  return [
    one.requestBytes === undefined ? "" : `${bytes(one.requestBytes)} ${strings.fields.sent}`,
    one.responseBytes === undefined ? "" : `${bytes(one.responseBytes)} ${strings.fields.received}`,
  ];
}

/** What is odd about it. @param {Transaction} one */
export function oddities(one) {
  return [one.streaming ? strings.fields.streaming.toLowerCase() : "", one.incomplete ? strings.fields.incomplete.toLowerCase() : ""];
}

/** Header fields that somebody asked for: text of strangers, shown as text. @param {string} title @param {HeaderField[]} [fields] */
export function headers(title, fields) {
  if (fields === undefined || fields.length === 0) return null;
  return el("div", { class: "headers" }, el("span", { class: "quiet" }, title),
    el("dl", {}, ...fields.flatMap(({ name, value }) => [el("dt", {}, name), el("dd", {}, value)])));
}

/** Where the time went, as a bar and in words. @param {Transaction} one */
export function waterfall(one) {
  const list = phases(one);
  const bar = el("div", { class: "bar", "aria-hidden": "true" });
  const words = el("ul", { class: "shares", "aria-label": strings.transactions.times });
  for (const { name, seconds } of list) {
    const piece = el("span", { class: `phase-${name}` });
    // Parts of less than one in all would not fill the bar.
    piece.style.flexGrow = String(seconds * 1e9);
    bar.append(piece);
    words.append(el("li", { class: `phase-${name}`, "data-phase": name }, el("b", {}, duration(seconds)), ` ${strings.transactions.phases[name]}`));
  }
  return el("div", { class: "waterfall" }, ...(list.length > 0 ? [bar] : []), words);
}
