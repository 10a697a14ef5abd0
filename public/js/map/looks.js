// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { boundsOf } from "./places.js";
import { namespace } from "./svg.js";

/**
 * How edges and nodes look by their figures, and how a picture that stands is made to look so. What the server
 * draws at first and what is restyled later must be the same: widths, patterns and signs are those of the picture.
 *
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {{health: string, width: string, isOpen: boolean}} Look
 */

const thinnest = 1.2;
const perDecade = 1.1;
const thickest = 6;
/** The finest step of a width, in pixels on the screen: less cannot be seen, and each change costs a replay time. */
const widthStep = 0.25;
/** @type {Record<string, number>} */
const extraWidths = { degraded: 0.4, failing: 1 };
const healths = ["unknown", "healthy", "degraded", "failing"];
/** Room beside the text of a label, and of a letter in it. */
const labelMargin = 14;
const letterWidth = 5.8;

/** In what steps widths are drawn where a picture has so many pixels to a unit. @param {number} scale */
export function stepAt(scale) {
  return [widthStep, 2 * widthStep].find((step) => step * scale >= widthStep) ?? 4 * widthStep;
}

/** @param {Pick<GraphEdge, "health" | "rate" | "direction">} edge @param {number} [step] of widths @returns {Look} */
export function lookOf(edge, step = widthStep) {
  const health = healths.includes(edge.health) ? edge.health : "unknown";
  const rate = edge.rate !== undefined && Number.isFinite(edge.rate) && edge.rate > 0 ? edge.rate : 0;
  const width = Math.min(thickest, thinnest + perDecade * Math.log10(1 + rate)) + (extraWidths[health] ?? 0);
  return { health, width: (Math.round(width / step) * step).toString(), isOpen: edge.direction === "inferred" };
}

/** An edge on the picture with its label, and how both were drawn last: only what differs is touched, since a replay draws many times a second. */
export class EdgeDrawing {
  /** @param {SVGGElement} group @param {SVGGElement | null} label */
  constructor(group, label) {
    this.groups = label ? [group, label] : [group];
    this.group = group;
    this.path = group.querySelector(".edge-path");
    // A stub is a tag around a name, not a line to anything.
    this.isStub = group.classList.contains("stub");
    this.figures = label?.querySelector(".edge-label-figures") ?? null;
    this.box = label?.querySelector(".edge-label-box") ?? null;
    this.label = label;
    this.titleText = label?.querySelector(".edge-label-title") ?? null;
    /** What the server wrote: the edge's protocol and port. */
    this.ownTitle = this.titleText?.textContent ?? "";
    /** What takes the edge's bundle apart, or gathers it. @type {{element: SVGGElement, act: string} | null} */
    this.sign = null;
    this.isGathered = false;
    /** How much wider the label is than the server drew it. */
    this.extra = 0;
    this.drawnBox = this.box?.getAttribute("d") ?? "";
    this.frame = boundsOf(this.drawnBox);
    /** As it is drawn; nothing where it is absent. @type {string | null} */
    this.health = null;
    /**
     * What was written last: on the path, on the label and on the groups.
     * @type {{kind?: string, width?: string, color?: string, figure?: string, title?: string, change?: string, health?: string,
     *   isPresent?: boolean, isLabelled?: boolean}}
     */
    this.last = {};
  }

  /** The wide line below the thin one. */
  halo() {
    return element("path", { class: "edge-halo", d: this.path?.getAttribute("d") ?? "" });
  }

  /** Gives one to an edge that is selected, found or comes to the keyboard. */
  makeHalo() {
    if (!this.group.querySelector(".edge-halo")) this.group.prepend(this.halo());
  }

  /** Whether another line is drawn for this one. @param {boolean} isGathered */
  gather(isGathered) {
    if (this.isGathered === isGathered) return;
    this.isGathered = isGathered;
    for (const group of this.groups) group.classList.toggle("gathered", isGathered);
  }

  /**
   * @param {Look | null} look nothing where the edge is not there @param {string | undefined} change
   * @param {string | null} figure nothing where labels are not seen @param {string} [title] of a bundle; the edge's own without
   */
  show(look, change, figure, title = this.ownTitle) {
    const { last } = this;
    if (last.change !== change) for (const group of this.groups) setChange(group, last.change, change);
    last.change = change;
    // One attribute says color, pattern and arrow: each that changes costs time.
    const kind = look === null ? "is-absent" : `is-${look.health}${look.isOpen ? " open" : ""}`;
    if (last.kind !== kind) this.path?.setAttribute("class", `edge-path ${kind}`);
    last.kind = kind;
    this.health = look?.health ?? null;
    if (look === null) return;
    if (!this.isStub && last.width !== look.width) this.path?.setAttribute("stroke-width", look.width);
    last.width = look.width;
    if (figure !== null && this.figures && last.color !== look.health) {
      this.figures.setAttribute("class", `edge-label-figures is-${look.health}`);
      last.color = look.health;
    }
    if (figure !== null && (last.figure !== figure || (last.title ?? this.ownTitle) !== title)) this.write(figure, title);
  }

  /** Says of the label whether the edge is there. */
  settleLabel() {
    const isPresent = this.health !== null;
    if (this.label === null || this.last.isLabelled === isPresent) return;
    this.last.isLabelled = isPresent;
    setPresent(this.label, isPresent);
  }

  /** Says of the groups what keyboards, readers and scripts look for, which can wait while steps follow each other. */
  settle() {
    this.settleLabel();
    const isPresent = this.health !== null;
    if (this.last.isPresent !== isPresent) setPresent(this.group, isPresent);
    this.last.isPresent = isPresent;
    if (this.health !== null && this.last.health !== this.health) this.last.health = this.group.dataset.health = this.health;
  }

  /** Writes both lines of the label and gives its box the room. @param {string} figure @param {string} title */
  write(figure, title) {
    const { last, frame } = this;
    if (this.titleText && (last.title ?? this.ownTitle) !== title) this.titleText.textContent = title;
    Object.assign(last, { figure, title });
    if (this.figures === null) return;
    this.figures.textContent = figure;
    if (this.box === null || frame === null) return;
    this.extra = Math.max(0, Math.max(title.length, figure.length) * letterWidth + labelMargin - frame.width);
    this.box.setAttribute("d", this.extra === 0 ? this.drawnBox : rounded({ ...frame, x: frame.x - this.extra / 2, width: frame.width + this.extra }));
    this.placeSign();
  }

  /** @param {string} act what the sign does; empty for none @param {() => SVGGElement} make */
  setSign(act, make) {
    if (act === (this.sign?.act ?? "")) return;
    this.sign?.element.remove();
    this.sign = act === "" ? null : { element: make(), act };
    if (this.sign && this.label) this.label.append(this.sign.element);
    this.placeSign();
  }

  /** At the corner of the label, as wide as that is now. */
  placeSign() {
    if (this.frame) this.sign?.element.setAttribute("transform", `translate(${this.frame.x + this.frame.width + this.extra / 2 - 9} ${this.frame.y - 8})`);
  }
}

/** The sign of a node in trouble, at its upper right corner. @param {SVGGElement} group @param {string} health @param {{x: number, y: number, width: number}} frame */
export function drawNode(group, health, frame) {
  const isTroubled = health === "degraded" || health === "failing";
  const outline = group.querySelector(".node-shape");
  for (const other of ["degraded", "failing"]) outline?.classList.toggle(`is-${other}`, other === health);
  group.dataset.health = health;
  const known = group.querySelector(".badge");
  if (!isTroubled) return known?.setAttribute("visibility", "hidden");
  const [x, y] = [frame.x + frame.width - 6, frame.y + 2];
  // What comes and goes many times a second stays in the picture.
  const badge = known ?? element("g", { class: "badge" });
  if (!known) {
    badge.append(element("path", { "stroke-width": "1.5", "stroke-linejoin": "round" }), element("path", { class: "badge-mark" }));
    group.append(badge);
  }
  const [shape, mark] = badge.children;
  shape.setAttribute("class", `badge-shape is-${health}`);
  shape.setAttribute("d", health === "failing" ? `M${x - 8} ${y}a8 8 0 1 1 16 0a8 8 0 1 1 -16 0Z` : `M${x} ${y - 9}L${x + 9} ${y + 7}H${x - 9}Z`);
  // An exclamation mark, without the time that text takes.
  mark.setAttribute("d", `M${x} ${y + (health === "failing" ? -4 : -3)}v4.4m0 3.4v.1`);
  badge.setAttribute("visibility", "visible");
}

/** How it changed since another range. @param {Element} group @param {string | undefined} before @param {string | undefined} change */
export function setChange(group, before, change) {
  group.classList.toggle("changed", change !== undefined);
  if (before !== undefined) group.classList.remove(`change-${before}`);
  if (change !== undefined) group.classList.add(`change-${change}`);
}

/** What is not in this range or view keeps its place and cannot be reached. @param {SVGGElement} group @param {boolean} isPresent */
export function setPresent(group, isPresent) {
  group.classList.toggle("absent", !isPresent);
  // No style depends on a line being absent but that of its path.
  if (!group.matches(".edge:not(.stub)")) group.classList.toggle("faded", !isPresent);
  if (!group.hasAttribute("role")) return;
  group.setAttribute("tabindex", isPresent ? "0" : "-1");
  if (isPresent) group.removeAttribute("aria-hidden");
  else group.setAttribute("aria-hidden", "true");
}

/** @param {{x: number, y: number, width: number, height: number}} box */
function rounded({ x, y, width, height }) {
  const r = Math.min(6, height / 2);
  return `M${x + r} ${y}H${x + width - r}Q${x + width} ${y} ${x + width} ${y + r}V${y + height - r}Q${x + width} ${y + height} ${x + width - r} ${y + height}`
    + `H${x + r}Q${x} ${y + height} ${x} ${y + height - r}V${y + r}Q${x} ${y} ${x + r} ${y}Z`;
}

/** @param {string} name @param {Record<string, string>} attributes */
function element(name, attributes) {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
