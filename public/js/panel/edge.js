// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { histogram, shares } from "./chart.js";
import { isOpaque, latency, outcomes } from "../model.js";
import { badge, facts, nodeLink, section } from "./parts.js";
import { bytes, count, duration, percent, rate, spoken } from "../format.js";

/** @typedef {import("../model.js").GraphEdge} GraphEdge @typedef {import("../model.js").Model} Model */

/**
 * All that is known of an edge.
 * @param {GraphEdge} edge @param {Model} model @param {() => HTMLElement} samples its examples @returns {HTMLElement[]}
 */
export function edgeSections(edge, model, samples) {
  const parts = [heading(edge, model)];
  const isAsked = edge.requests > 0 || edge.started > 0 || edge.inFlight > 0;
  if (isAsked) parts.push(requests(edge));
  if (isAsked) parts.push(times(strings.panel.latency, strings.panel.latencyHelp, latency(edge), "latency"));
  const readable = edge.protocols.filter((metrics) => !isOpaque(metrics));
  for (const metrics of readable) parts.push(...protocol(metrics, readable.length === 1));
  const opaque = edge.protocols.filter(isOpaque);
  if (opaque.length > 0) parts.push(unread(opaque));
  if (isAsked || readable.length > 0) parts.push(samples());
  parts.push(connections(edge));
  if (edge.tlsHandshakes.attempted > 0 || Object.keys(edge.tlsHandshakes.failed ?? {}).length > 0) parts.push(tls(edge));
  parts.push(network(edge), traffic(edge), dialled(edge, model), about(edge));
  return parts;
}

/** @param {GraphEdge} edge @param {Model} model */
function heading(edge, model) {
  return el("header", {},
    el("h2", {}, nodeLink(edge.client, model), el("span", { class: "arrow", "aria-label": strings.panel.calls }, " → "),
      nodeLink(edge.server, model)),
    el("p", { class: "sub" }, el("span", { class: "chip" }, spoken(edge)), " ",
      ...edge.protocols.filter((metrics) => metrics.protocol !== edge.protocol)
        .flatMap((metrics) => [el("span", { class: "chip" }, metrics.protocol), " "]),
      badge(edge.health)));
}

/** What was recognized and could not be read. @param {import("../model.js").ProtocolMetrics[]} protocols */
function unread(protocols) {
  return section(strings.panel.opaque, el("p", { class: "quiet" }, strings.panel.opaqueHelp),
    el("ul", { class: "statuses" }, ...protocols.map((metrics) =>
      el("li", { "data-opaque": metrics.protocol }, el("b", {}, metrics.protocol), ` ${strings.panel.on(metrics.recognized ?? 0)}`))));
}

/** @param {GraphEdge} edge */
function requests(edge) {
  const sum = outcomes(edge.protocols);
  return section(strings.panel.requests,
    facts([
      ["requests", count(edge.requests)], ["started", count(edge.started)], ["inFlight", count(edge.inFlight)],
      ["rate", rate(edge.rate)], ["errorRate", percent(edge.errorRate), (edge.errorRate ?? 0) > 0],
    ]),
    shares(Object.entries(sum).map(([name, value]) =>
      ({ name, value, text: strings.outcomes[/** @type {keyof strings.outcomes} */ (name)] })), strings.panel.outcomes));
}

/** @param {string} title @param {string} help @param {Partial<import("../model.js").Histogram>} times @param {string} field */
function times(title, help, times, field) {
  if (!times.count) return section(title, el("p", { class: "quiet" }, strings.panel.notMeasured));
  const ladder = el("dl", { class: "ladder", "data-times": field });
  for (const name of /** @type {const} */ (["min", "p50", "p90", "p95", "p99", "max"])) {
    ladder.append(el("div", {}, el("dt", {}, name), el("dd", { "data-field": `${field}.${name}` }, duration(times[name]))));
  }
  return section(title, el("p", { class: "quiet" }, help, ` · ${count(times.count)} ${strings.fields.count}`), ladder,
    ...(times.buckets ? [histogram(times.buckets, title)] : []));
}

/** @param {import("../model.js").ProtocolMetrics} metrics @param {boolean} isOnly the only one that could be read */
function protocol(metrics, isOnly) {
  const parts = [];
  const title = (/** @type {string} */ text) => (isOnly ? text : `${metrics.protocol}: ${text}`);
  if (!isOnly) {
    parts.push(section(metrics.protocol, facts([
      ["requests", count(metrics.requests)], ["started", count(metrics.started)], ["inFlight", count(metrics.inFlight)],
    ])));
    parts.push(times(title(strings.panel.latency), strings.panel.latencyHelp, metrics.latency, `${metrics.protocol}.latency`));
  }
  if (metrics.requests > 0) parts.push(times(title(strings.panel.serverTime), strings.panel.serverTimeHelp, metrics.serverTime, `${metrics.protocol}.serverTime`));
  const statuses = Object.entries(metrics.statuses ?? {});
  if (statuses.length > 0) {
    parts.push(section(title(strings.panel.statuses), el("ul", { class: "statuses", "data-statuses": metrics.protocol },
      ...statuses.map(([status, value]) =>
        el("li", { "data-status": status }, el("b", {}, status), ` ${count(value)}`)))));
  }
  /** @type {[string, string][]} */
  const odd = /** @type {const} */ (["session", "incomplete", "earlyResponse", "retries", "streaming"])
    .filter((name) => (metrics[name] ?? 0) > 0).map((name) => [name, count(metrics[name])]);
  for (const way of /** @type {const} */ (["sent", "received"])) {
    const value = metrics.messages?.[way] ?? 0;
    if (value > 0) odd.push([`messages.${way}`, count(value)]);
  }
  if (odd.length > 0) parts.push(section(title(strings.panel.more), facts(odd)));
  if (metrics.streamDuration?.count) parts.push(times(title(strings.panel.streamDuration), "", metrics.streamDuration, `${metrics.protocol}.streamDuration`));
  if (metrics.operations?.length) parts.push(section(title(strings.panel.operations), operations(metrics.operations)));
  return parts;
}

/** @param {import("../model.js").Operation[]} list */
function operations(list) {
  const head = el("tr", {}, ...[strings.panel.operations, strings.table.requests, strings.table.errorRate, "p95"]
    .map((text) => el("th", { scope: "col" }, text)));
  const body = el("tbody", {}, ...list.map((operation) => {
    const sum = outcomes([operation]);
    const failed = sum.serverError + sum.serverClosed + sum.timedOut;
    return el("tr", {}, el("td", { class: "operation" }, operation.operation), el("td", {}, count(operation.requests)),
      el("td", { class: failed > 0 ? "bad" : "" }, operation.requests > 0 ? percent(failed / operation.requests) : "–"),
      el("td", {}, duration(operation.latency?.p95)));
  }));
  return el("table", { class: "operations" }, el("thead", {}, head), body);
}

/** @param {GraphEdge} edge */
function connections(edge) {
  const counts = edge.connections;
  const always = ["attempted", "established", "refused", "unanswered", "unreachable"];
  const bad = ["refused", "unanswered", "unreachable", "icmpErrors", "reset"];
  const rest = ["answeredLate", "reset", "closed", "open", "pending", "icmpErrors"].filter((name) => counts[name] > 0);
  /** @type {[string, string, boolean?][]} */
  const rows = [...always, ...rest].map((name) => [name, count(counts[name]), bad.includes(name) && counts[name] > 0]);
  const failed = (counts.refused ?? 0) + (counts.unanswered ?? 0) + (counts.unreachable ?? 0);
  if (counts.attempted > 0) rows.push(["failedConnectRate", percent(failed / counts.attempted), failed > 0]);
  return section(strings.panel.connections, facts(rows));
}

/** @param {GraphEdge} edge */
function tls(edge) {
  const { attempted, completed, failed, resumed, handshakeTime } = edge.tlsHandshakes;
  /** @type {[string, string, boolean?][]} */
  const rows = [["attempted", count(attempted)], ["completed", count(completed)]];
  if (resumed) rows.push(["resumed", count(resumed)]);
  for (const [alert, value] of Object.entries(failed ?? {})) rows.push([`${strings.fields.failed}: ${alert}`, count(value), true]);
  if (edge.failedTLSRate !== undefined) rows.push(["failedTLSRate", percent(edge.failedTLSRate), edge.failedTLSRate > 0]);
  const list = section(strings.panel.tls, facts(rows));
  if (handshakeTime?.count) list.append(times(strings.panel.handshakeTime, strings.panel.handshakeHelp, handshakeTime, "handshakeTime"));
  return list;
}

/** @param {GraphEdge} edge */
function network(edge) {
  const names = /** @type {const} */ (["connectTime", "initialRtt", "rtt"]);
  const measured = names.filter((name) => edge[name]?.count);
  if (measured.length === 0) return section(strings.panel.times, el("p", { class: "quiet" }, strings.panel.notMeasured));
  const head = el("tr", {}, ...["", "p50", "p95", "max"].map((text) => el("th", { scope: "col" }, text)));
  return section(strings.panel.times, el("table", { class: "numbers" }, el("thead", {}, head), el("tbody", {},
    ...measured.map((name) => el("tr", {}, el("th", { scope: "row" }, strings.fields[name]),
      ...(/** @type {const} */ (["p50", "p95", "max"])).map((part) =>
        el("td", { "data-field": `${name}.${part}` }, duration(edge[name][part]))))))));
}

/** @param {GraphEdge} edge */
function traffic(edge) {
  const names = /** @type {const} */ (["bytes", "packets", "retransmitted", "outOfOrder", "zeroWindow"]);
  const head = el("tr", {}, ...["", strings.fields.sent, strings.fields.received].map((text) => el("th", { scope: "col" }, text)));
  const rows = names.filter((name) => edge[name]).map((name) => {
    const show = name === "bytes" ? bytes : count;
    return el("tr", {}, el("th", { scope: "row" }, strings.fields[name]),
      ...(/** @type {const} */ (["sent", "received"])).map((way) =>
        el("td", { "data-field": `${name}.${way}`, title: count(edge[name]?.[way]) }, show(edge[name]?.[way]))));
  });
  return section(strings.panel.traffic, el("table", { class: "numbers" }, el("thead", {}, head), el("tbody", {}, ...rows)));
}

/** @param {GraphEdge} edge @param {Model} model */
function dialled(edge, model) {
  if (edge.dialled.length === 0) return section(strings.panel.dialled, el("p", { class: "quiet" }, strings.panel.none));
  return section(strings.panel.dialled, el("ul", { class: "plain" }, ...edge.dialled.map((entry) =>
    el("li", {}, nodeLink(entry.id, model), ` :${entry.port}`, el("span", { class: "quiet" },
      ` ${count(entry.connections)} ${strings.panel.connections.toLowerCase()}`)))));
}

/** @param {GraphEdge} edge */
function about(edge) {
  return section(strings.panel.facts, facts([
    ["direction", strings.direction[/** @type {keyof strings.direction} */ (edge.direction)] ?? edge.direction],
    ["observedSeconds", duration(edge.observedSeconds)], ["id", edge.id],
  ]));
}
