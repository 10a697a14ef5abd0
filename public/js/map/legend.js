// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el, render } from "../dom.js";
import { strings } from "../strings.js";
import { percent } from "../format.js";
import { within } from "../panel/value.js";
import { namespace } from "./svg.js";

/**
 * What signs mean; each line isolates or hides what it is about.
 *
 * @typedef {object} Meaning what is pressed
 * @property {(box: "filter" | "hide", clause: string) => boolean} holds
 * @property {(box: "filter" | "hide", clause: string, others: string[]) => void} toggle `others` are let go
 */

const known = {
  only: 'client.identifiedBy == "inventory" && server.identifiedBy == "inventory"',
  hide: 'client.identifiedBy == "inventory" || server.identifiedBy == "inventory"',
};
const unknown = 'client.identifiedBy != "inventory" || server.identifiedBy != "inventory"';
/** More protocols are not listed. */
const maximumProtocols = 12;

/**
 * @param {HTMLElement} element @param {{degradedRate: number, failingRate: number, minimumFailures: number} | undefined} policy
 * @param {string[]} protocols seen @param {Meaning} meaning
 */
export function showLegend(element, policy, protocols, meaning) {
  const text = strings.legend;
  const least = policy?.minimumFailures ?? 0;
  const because = (/** @type {number | undefined} */ rate) => (policy ? text.from(percent(rate), least) : "");
  const clauses = [...["healthy", "degraded", "failing", "unknown"].map((health) => `edge.health == "${health}"`), 'edge.direction == "inferred"'];
  const drawings = ["healthy", "degraded", "failing", "unknown", "healthy inferred"].map(line);
  const words = [text.healthy, text.degraded, text.failing, text.none, text.inferred];
  const details = ["", because(policy?.degradedRate), because(policy?.failingRate), "", ""];
  const edges = clauses.map((clause, position) =>
    entry(drawings[position], words[position], details[position], { only: clause, hide: clause }, clauses, meaning));
  const nodes = [entry(box(""), text.known, "", known, [unknown], meaning), entry(box("unidentified"), text.unknown, "", { only: unknown, hide: unknown }, [known.only], meaning)];
  const spoken = protocols.slice(0, maximumProtocols).map((protocol) => within("edge.protocols", protocol));
  const list = spoken.map((clause, position) => entry(null, protocols[position], "", { only: clause, hide: clause }, spoken, meaning));
  render(element, el("p", { class: "quiet" }, text.only), el("h2", {}, text.health), el("ul", {}, ...edges), el("p", { class: "quiet" }, text.thickness),
    el("h2", {}, text.nodes), el("ul", {}, ...nodes),
    ...(list.length > 0 ? [el("h2", {}, text.protocols), el("ul", { class: "protocols" }, ...list)] : []));
}

/** Listens for what `showLegend` shows. @param {HTMLElement} element @param {Meaning} meaning */
export function listenToLegend(element, meaning) {
  element.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const { box: name, clause = "", others = "[]" } = button.dataset;
    meaning.toggle(name === "hide" ? "hide" : "filter", clause, JSON.parse(others));
    // The line was made anew.
    const again = [...element.querySelectorAll("button")].find((one) => one.dataset.clause === clause && one.dataset.box === name);
    again?.focus();
  });
}

/**
 * @param {SVGElement | null} drawing @param {string} text @param {string} detail @param {{only: string, hide: string}} clauses
 * @param {string[]} group only one of which is isolated at a time @param {Meaning} meaning
 */
function entry(drawing, text, detail, clauses, group, meaning) {
  const isOnly = meaning.holds("filter", clauses.only);
  const isHidden = meaning.holds("hide", clauses.hide);
  const main = el("button", {
    type: "button", class: "sign", "data-box": "filter", "data-clause": clauses.only, "aria-pressed": String(isOnly),
    "data-others": JSON.stringify(group.filter((clause) => clause !== clauses.only)),
  });
  if (drawing) main.append(drawing);
  main.append(el("span", {}, text), ...(detail ? [el("span", { class: "quiet" }, detail)] : []));
  return el("li", { class: isHidden ? "hidden" : "" }, main, el("button", {
    type: "button", class: "hide", "data-box": "hide", "data-clause": clauses.hide, "aria-pressed": String(isHidden),
    "aria-label": `${strings.legend.hide}: ${text}`, title: strings.legend.hide,
  }, "⊘"));
}

/** @param {string} kind */
function line(kind) {
  const health = `is-${kind.split(" ")[0]}`;
  const drawing = picture();
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", "M2 8H34");
  path.setAttribute("class", `edge-path ${health}`);
  path.setAttribute("stroke-width", health === "is-failing" ? "2.6" : "1.7");
  const group = document.createElementNS(namespace, "g");
  group.setAttribute("class", "edge");
  const head = document.createElementNS(namespace, "polygon");
  head.setAttribute("points", "34,3.5 43,8 34,12.5");
  head.setAttribute("class", `arrow ${health}${kind.includes("inferred") ? " arrow-open" : ""}`);
  group.append(path, head);
  drawing.append(group);
  return drawing;
}

/** @param {string} className */
function box(className) {
  const drawing = picture();
  const group = document.createElementNS(namespace, "g");
  group.setAttribute("class", `node ${className}`);
  const rect = document.createElementNS(namespace, "rect");
  rect.setAttribute("class", "node-shape");
  for (const [name, value] of Object.entries({ x: "8", y: "2", width: "28", height: "12", rx: "3" })) rect.setAttribute(name, value);
  group.append(rect);
  drawing.append(group);
  return drawing;
}

function picture() {
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 44 16");
  svg.setAttribute("class", "picture sample");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
