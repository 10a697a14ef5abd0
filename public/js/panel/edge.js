// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { histogram, shares } from "./chart.js";
import { isOpaque, latency, outcomes, pairId, severity } from "../model.js";
import { worst } from "../sums.js";
import { badge, commandLine, edgeList, facts, nodeLink, section, totals } from "./parts.js";
import { bytes, count, duration, percent, rate, spoken } from "../format.js";
import { operationTable } from "./operations.js";
import { atLeast, atLeastRate, atLeastTime, is, valued, within } from "./value.js";

/**
 * @typedef {import("../model.js").GraphEdge} GraphEdge @typedef {import("../model.js").Model} Model
 * @typedef {import("./resource.js").Resource<import("../api.js").EdgeDocument>} Details
 * @typedef {Partial<import("../model.js").Histogram>} Times
 */

/**
 * What sections need beside the edge.
 * @typedef {object} Around
 * @property {Model} model
 * @property {Details} details histograms and operations, where they are there
 * @property {() => HTMLElement} series
 * @property {() => HTMLElement} samples
 * @property {import("./operations.js").Order} order of operations
 * @property {string} command
 */

/** More neighbors of an edge are not listed. */
const maximumNeighbors = 12;

/** All that is known of an edge. @param {GraphEdge} edge @param {Around} around @returns {HTMLElement[]} */
export function edgeSections(edge, { model, details, series, samples, order, command }) {
  const parts = [heading(edge, model), ...(details.hasFailed ? [details.failure(strings.panel.edgeFailed)] : []), ...together(edge, model)];
  const isAsked = edge.requests > 0 || edge.started > 0 || edge.inFlight > 0;
  if (isAsked) parts.push(requests(edge));
  if (isAsked) parts.push(series());
  if (isAsked) parts.push(times(strings.panel.latency, strings.panel.latencyHelp, latency(edge), "latency",
    drawn(details, strings.panel.latency, latency), "edge.latency"));
  const readable = edge.protocols.filter((metrics) => !isOpaque(metrics));
  for (const metrics of readable) parts.push(...protocol(metrics, readable.length === 1, details, order));
  const opaque = edge.protocols.filter(isOpaque);
  if (opaque.length > 0) parts.push(unread(opaque));
  if (isAsked || readable.length > 0) parts.push(samples());
  parts.push(connections(edge));
  if (edge.tlsHandshakes.attempted > 0 || Object.keys(edge.tlsHandshakes.failed ?? {}).length > 0) parts.push(tls(edge, details));
  parts.push(network(edge), traffic(edge), dialled(edge, model), neighbors(edge, model), about(edge), commandLine(command));
  return parts;
}

/**
 * All edges between two ends.
 * @param {GraphEdge[]} edges @param {Model} model @param {string} command
 * @param {boolean | null} isApart whether each has its line; nothing where all edges have @returns {HTMLElement[]}
 */
export function pairSections(edges, model, command, isApart) {
  const [edge] = edges;
  const id = pairId(edge);
  const act = isApart === null || edges.length === 1 ? null
    : el("div", { class: "actions" }, el("button", { type: "button", [isApart ? "data-together" : "data-apart"]: id }, isApart ? strings.layout.together : strings.layout.apart));
  return [
    el("header", {}, ends(edge, model), el("p", { class: "sub" }, badge(worst(edges.map(({ health }) => health))))), ...(act ? [act] : []),
    section(strings.panel.parallel(edges.length), totals(edges), edgeList(edges, spoken)),
    commandLine(command),
  ];
}

/** @param {GraphEdge} edge @param {Model} model */
function ends(edge, model) {
  return el("h2", {}, nodeLink(edge.client, model), el("span", { class: "arrow", "aria-label": strings.panel.calls }, " → "), nodeLink(edge.server, model));
}

/** @param {GraphEdge} edge @param {Model} model */
function heading(edge, model) {
  return el("header", {}, ends(edge, model),
    el("p", { class: "sub" },
      ...(edge.protocol === undefined ? [valued(edge.transport, is("edge.transport", edge.transport), { className: "chip" }), " "] : []),
      ...edge.protocols.flatMap(({ protocol }) => [valued(protocol, within("edge.protocols", protocol), { className: "chip" }), " "]),
      ...(edge.port === 0 ? [] : [valued(`:${edge.port}`, `edge.port == ${edge.port}`, { className: "chip", copy: String(edge.port) }), " "]),
      valued(strings.health[/** @type {keyof strings.health} */ (edge.health)] ?? edge.health, is("edge.health", edge.health),
        { className: badge(edge.health).className })));
}

/** The edges between the same ends, where there are several. @param {GraphEdge} edge @param {Model} model */
function together(edge, model) {
  const list = model.parallels(edge);
  if (list.length === 1) return [];
  return [section(strings.panel.parallel(list.length), totals(list), edgeList(list, spoken, edge.id))];
}

/** Other edges of its ends. @param {GraphEdge} edge @param {Model} model */
function neighbors(edge, model) {
  const others = model.graph.edges.filter((other) => !(other.client === edge.client && other.server === edge.server)
    && [edge.client, edge.server].some((end) => other.client === end || other.server === end));
  if (others.length === 0) return section(strings.panel.neighbors, el("p", { class: "quiet" }, strings.panel.none));
  const list = others.sort((left, right) => severity(right.health) - severity(left.health)).slice(0, maximumNeighbors);
  return section(strings.panel.neighbors, edgeList(list, (other) => `${model.name(other.client)} → ${model.name(other.server)}`),
    list.length < others.length ? el("p", { class: "quiet" }, strings.panel.moreNeighbors(others.length - list.length)) : null);
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
      ["requests", count(edge.requests), false, atLeast("edge.requests", edge.requests), true],
      ["started", count(edge.started)], ["inFlight", count(edge.inFlight)],
      ["rate", rate(edge.rate), false, edge.rate === undefined ? undefined : atLeastRate("edge.rate", edge.rate), true],
      ["errorRate", percent(edge.errorRate), (edge.errorRate ?? 0) > 0,
        edge.errorRate === undefined ? undefined : atLeastRate("edge.errorRate", edge.errorRate), true],
    ]),
    shares(Object.entries(sum).map(([name, value]) =>
      ({ name, value, text: strings.outcomes[/** @type {keyof strings.outcomes} */ (name)] })), strings.panel.outcomes));
}

/**
 * The histogram of some times, or its place while it comes; nothing where there is none.
 * @param {Details} details @param {string} title @param {(edge: GraphEdge) => Times | undefined} pick @returns {HTMLElement | null}
 */
function drawn({ document, isOld, hasFailed }, title, pick) {
  if (document === null) return hasFailed ? null : el("div", { class: "coming", "aria-busy": "true" }, strings.samples.loading);
  const times = pick(document.edge);
  if (times?.buckets === undefined) return null;
  const figure = histogram(times.buckets, title, times);
  figure.setAttribute("aria-busy", String(isOld));
  return figure;
}

/** @param {string} title @param {string} help @param {Times} times @param {string} field @param {HTMLElement | null} figure @param {string} [expression] what expressions call it */
function times(title, help, times, field, figure, expression) {
  if (!times.count) return section(title, el("p", { class: "quiet" }, strings.panel.notMeasured));
  const ladder = el("dl", { class: "ladder", "data-times": field });
  for (const name of /** @type {const} */ (["min", "p50", "p90", "p95", "p99", "max"])) {
    ladder.append(el("div", {}, el("dt", {}, name), el("dd", { "data-field": `${field}.${name}` },
      expression ? valued(duration(times[name]), atLeastTime(`${expression}.${name}`, times[name] ?? 0), { least: true }) : duration(times[name]))));
  }
  return section(title, el("p", { class: "quiet" }, help, ` · ${count(times.count)} ${strings.fields.count}`), ladder, figure);
}

/**
 * @param {import("../model.js").ProtocolMetrics} metrics @param {boolean} isOnly the only one that could be read
 * @param {Details} details
 * @param {import("./operations.js").Order} order
 */
function protocol(metrics, isOnly, details, order) {
  const parts = [];
  const title = (/** @type {string} */ text) => (isOnly ? text : `${metrics.protocol}: ${text}`);
  const of = (/** @type {GraphEdge} */ edge) => edge.protocols.find((other) => other.protocol === metrics.protocol);
  const figure = (/** @type {string} */ name, /** @type {"latency" | "serverTime" | "streamDuration"} */ field) =>
    drawn(details, title(name), (edge) => of(edge)?.[field]);
  if (!isOnly) {
    parts.push(section(metrics.protocol, facts([
      ["requests", count(metrics.requests)], ["started", count(metrics.started)], ["inFlight", count(metrics.inFlight)],
    ])));
    parts.push(times(title(strings.panel.latency), strings.panel.latencyHelp, metrics.latency, `${metrics.protocol}.latency`, figure(strings.panel.latency, "latency")));
  }
  if (metrics.requests > 0) parts.push(times(title(strings.panel.serverTime), strings.panel.serverTimeHelp, metrics.serverTime, `${metrics.protocol}.serverTime`,
    figure(strings.panel.serverTime, "serverTime")));
  const statuses = Object.entries(metrics.statuses ?? {});
  if (statuses.length > 0) {
    parts.push(section(title(strings.panel.statuses), el("ul", { class: "statuses", "data-statuses": metrics.protocol },
      ...statuses.map(([status, value]) =>
        el("li", { "data-status": status }, valued(status, within("edge.statuses", status)), ` ${count(value)}`)))));
  }
  /** @type {[string, string][]} */
  const odd = /** @type {const} */ (["session", "incomplete", "earlyResponse", "retries", "streaming"])
    .filter((name) => (metrics[name] ?? 0) > 0).map((name) => [name, count(metrics[name])]);
  for (const way of /** @type {const} */ (["sent", "received"])) {
    const value = metrics.messages?.[way] ?? 0;
    if (value > 0) odd.push([`messages.${way}`, count(value)]);
  }
  if (odd.length > 0) parts.push(section(title(strings.panel.more), facts(odd)));
  if (metrics.streamDuration?.count) parts.push(times(title(strings.panel.streamDuration), "", metrics.streamDuration, `${metrics.protocol}.streamDuration`,
    figure(strings.panel.streamDuration, "streamDuration")));
  const operations = details.document && of(details.document.edge)?.operations;
  if (operations?.length) {
    const table = operationTable(operations, order);
    table.setAttribute("aria-busy", String(details.isOld));
    parts.push(section(title(strings.panel.operations), table));
  } else if (details.document === null && !details.hasFailed && metrics.requests > 0) {
    parts.push(section(title(strings.panel.operations), el("div", { class: "coming", "aria-busy": "true" }, strings.samples.loading)));
  }
  return parts;
}

/** @param {GraphEdge} edge */
function connections(edge) {
  const counts = edge.connections;
  const always = ["attempted", "established", "refused", "unanswered", "unreachable"];
  const bad = ["refused", "unanswered", "unreachable", "icmpErrors", "reset"];
  const rest = ["answeredLate", "reset", "closed", "open", "pending", "icmpErrors"].filter((name) => counts[name] > 0);
  /** @type {[string, string, boolean?, string?, boolean?][]} */
  const rows = [...always, ...rest].map((name) => [name, count(counts[name]), bad.includes(name) && counts[name] > 0,
    counts[name] > 0 ? atLeast(`edge.connections.${name}`, counts[name]) : undefined, true]);
  const failed = (counts.refused ?? 0) + (counts.unanswered ?? 0) + (counts.unreachable ?? 0);
  if (counts.attempted > 0) rows.push(["failedConnectRate", percent(failed / counts.attempted), failed > 0,
    failed > 0 ? atLeastRate("edge.failedConnectRate", failed / counts.attempted) : undefined, true]);
  return section(strings.panel.connections, facts(rows));
}

/** @param {GraphEdge} edge @param {Details} details */
function tls(edge, details) {
  const { attempted, completed, failed, resumed, handshakeTime } = edge.tlsHandshakes;
  /** @type {[string, string, boolean?][]} */
  const rows = [["attempted", count(attempted)], ["completed", count(completed)]];
  if (resumed) rows.push(["resumed", count(resumed)]);
  for (const [alert, value] of Object.entries(failed ?? {})) rows.push([`${strings.fields.failed}: ${alert}`, count(value), true]);
  if (edge.failedTLSRate !== undefined) rows.push(["failedTLSRate", percent(edge.failedTLSRate), edge.failedTLSRate > 0]);
  const list = section(strings.panel.tls, facts(rows));
  if (handshakeTime?.count) list.append(times(strings.panel.handshakeTime, strings.panel.handshakeHelp, handshakeTime, "handshakeTime",
    drawn(details, strings.panel.handshakeTime, (found) => found.tlsHandshakes.handshakeTime)));
  return list;
}

/** @param {GraphEdge} edge */
function network(edge) {
  const names = /** @type {const} */ (["connectTime", "initialRtt", "rtt"]);
  const measured = names.filter((name) => edge[name]?.count);
  if (measured.length === 0) return section(strings.panel.times, el("p", { class: "quiet" }, strings.panel.notMeasured));
  const head = el("tr", {}, el("td"), ...["p50", "p95", "max"].map((text) => el("th", { scope: "col" }, text)));
  return section(strings.panel.times, el("table", { class: "numbers" }, el("thead", {}, head), el("tbody", {},
    ...measured.map((name) => el("tr", {}, el("th", { scope: "row" }, strings.fields[name]),
      ...(/** @type {const} */ (["p50", "p95", "max"])).map((part) =>
        el("td", { "data-field": `${name}.${part}` }, duration(edge[name][part]))))))));
}

/** @param {GraphEdge} edge */
function traffic(edge) {
  const names = /** @type {const} */ (["bytes", "packets", "retransmitted", "outOfOrder", "zeroWindow"]);
  const head = el("tr", {}, el("td"), ...[strings.fields.sent, strings.fields.received].map((text) => el("th", { scope: "col" }, text)));
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
    el("li", {}, valued(`${model.name(entry.id)} :${entry.port}`, within("edge.dialled", entry.id), { copy: entry.id }), el("span", { class: "quiet" },
      ` ${count(entry.connections)} ${strings.panel.connections.toLowerCase()}`)))));
}

/** @param {GraphEdge} edge */
function about(edge) {
  return section(strings.panel.facts, facts([
    ["direction", strings.direction[/** @type {keyof strings.direction} */ (edge.direction)] ?? edge.direction, false,
      is("edge.direction", edge.direction)],
    ["observedSeconds", duration(edge.observedSeconds)], ["id", edge.id, false, is("edge.id", edge.id)],
  ]));
}
