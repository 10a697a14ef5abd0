// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el, render } from "../dom.js";
import { strings } from "../strings.js";
import { percent } from "../format.js";
import { namespace } from "./svg.js";

/** @param {HTMLElement} element @param {{degradedRate: number, failingRate: number, minimumFailures: number} | undefined} policy */
export function showLegend(element, policy) {
  const text = strings.legend;
  const least = policy?.minimumFailures ?? 0;
  const because = (/** @type {number | undefined} */ rate) => (policy ? text.from(percent(rate), least) : "");
  const edges = [
    line("health-healthy", text.healthy, ""),
    line("health-degraded", text.degraded, because(policy?.degradedRate)),
    line("health-failing", text.failing, because(policy?.failingRate)),
    line("health-unknown", text.none, ""),
    line("health-healthy inferred", text.inferred, ""),
  ];
  const nodes = [box("", text.known), box("unidentified", text.unknown)];
  render(element, el("h4", {}, text.health), el("ul", {}, ...edges), el("p", { class: "quiet" }, text.thickness), el("h4", {}, text.nodes), el("ul", {}, ...nodes));
}

/** @param {string} className @param {string} text @param {string} detail */
function line(className, text, detail) {
  const drawing = picture();
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", "M2 8H34");
  path.setAttribute("class", "edge-path");
  path.setAttribute("stroke-width", className.includes("failing") ? "2.6" : "1.7");
  const group = document.createElementNS(namespace, "g");
  group.setAttribute("class", `edge ${className}`);
  const head = document.createElementNS(namespace, "polygon");
  head.setAttribute("points", "34,3.5 43,8 34,12.5");
  head.setAttribute("class", className.includes("inferred") ? "arrow arrow-open" : "arrow");
  group.append(path, head);
  drawing.append(group);
  return item(drawing, text, detail);
}

/** @param {string} className @param {string} text */
function box(className, text) {
  const drawing = picture();
  const group = document.createElementNS(namespace, "g");
  group.setAttribute("class", `node ${className}`);
  const rect = document.createElementNS(namespace, "rect");
  rect.setAttribute("class", "node-shape");
  for (const [name, value] of Object.entries({ x: "8", y: "2", width: "28", height: "12", rx: "3" })) rect.setAttribute(name, value);
  group.append(rect);
  drawing.append(group);
  return item(drawing, text, "");
}

function picture() {
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 44 16");
  svg.setAttribute("class", "picture sample");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** @param {SVGElement} drawing @param {string} text @param {string} detail */
function item(drawing, text, detail) {
  const entry = el("li", {});
  entry.append(drawing, el("span", {}, text), ...(detail ? [el("span", { class: "quiet" }, detail)] : []));
  return entry;
}
