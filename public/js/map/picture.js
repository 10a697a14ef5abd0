// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { parsePicture } from "./svg.js";
import { strings } from "../strings.js";
import { Model, severity } from "../model.js";
import { spoken } from "../format.js";
import { figureOf } from "./figures.js";
import { Gestures } from "./gestures.js";
import { Minimap } from "./minimap.js";
import * as viewport from "./viewport.js";

/**
 * The picture: the only file that touches the SVG. The server laid it out; here it is panned, zoomed, labelled,
 * selected and restyled by class.
 *
 * @typedef {import("../state.js").Selection} Selection
 */
export class PictureMap {
  /** @param {HTMLElement} stage @param {HTMLElement} overview where the small map stands @param {(selection: Selection | null) => void} onSelect */
  constructor(stage, overview, onSelect) {
    this.stage = stage;
    this.minimap = new Minimap(overview, (point) =>
      this.move(viewport.center(this.view, { ...point, width: 0, height: 0 }, this.size)));
    this.onSelect = onSelect;
    /** @type {SVGSVGElement | null} */
    this.svg = null;
    /** @type {Selection | null} */
    this.selection = null;
    this.model = new Model({ version: 1, from: "", to: "", level: "", nodes: [], edges: [] });
    /** @type {Map<string, SVGGElement>} */
    this.nodes = new Map();
    /** @type {Map<string, SVGGElement>} */
    this.edges = new Map();
    /** @type {Map<string, SVGGElement>} */
    this.labels = new Map();
    /** Boxes around the nodes of a namespace. @type {Map<string, SVGGElement>} */
    this.boxes = new Map();
    this.view = { x: 0, y: 0, scale: 1 };
    this.box = { x: 0, y: 0, width: 1, height: 1 };
    /** Whether the person has moved the picture; until then it is fitted again when anything changes. */
    this.isMoved = false;
    this.shape = "";
    new Gestures(stage, {
      pan: (dx, dy) => this.move(viewport.pan(this.view, dx, dy)),
      zoom: (point, factor) => this.move(viewport.zoom(this.view, point, factor)),
      fit: () => this.fit(),
      tap: (target) => this.onSelect(this.selectionAt(target)),
    });
    new ResizeObserver(() => (this.isMoved ? this.apply() : this.place())).observe(stage);
    stage.addEventListener("pointerover", (event) => this.hover(event.target));
    stage.addEventListener("pointerleave", () => this.hover(null));
    stage.addEventListener("focusin", (event) => this.focused(event.target));
    stage.addEventListener("focusout", () => this.hover(null));
    stage.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      const selection = this.selectionAt(event.target);
      if (selection === null) return;
      event.preventDefault();
      this.onSelect(selection);
    });
  }

  /**
   * Shows a picture of a graph. Pan and zoom stay where the picture keeps its shape.
   * @param {string} text @param {Model} model
   */
  show(text, model) {
    const svg = parsePicture(text);
    const focused = document.activeElement instanceof SVGElement ? document.activeElement.id : "";
    this.model = model;
    this.svg = svg;
    this.nodes.clear();
    this.edges.clear();
    this.labels.clear();
    this.boxes.clear();
    svg.setAttribute("width", "100%");
    svg.setAttribute("height", "100%");
    svg.setAttribute("role", "group");
    svg.classList.add("picture");
    svg.querySelectorAll("title").forEach((title) => title.remove());
    for (const group of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll("g.namespace"))) this.addBox(group);
    /** @type {SVGGElement[]} */
    const nodes = [...svg.querySelectorAll("g.node")];
    nodes.forEach((group) => this.addNode(group));
    this.putUnhealthyFirst(nodes, (group) => model.health(group.dataset.node ?? ""));
    /** @type {SVGGElement[]} */
    const edges = [...svg.querySelectorAll("g.edge")];
    edges.forEach((group) => this.addEdge(group));
    this.putUnhealthyFirst(edges, (group) => model.edges.get(group.dataset.edge ?? "")?.health ?? "unknown");
    for (const group of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll("g.edge-label"))) {
      this.labels.set(group.dataset.edge ?? "", group);
    }
    this.stage.replaceChildren(svg);
    this.box = boxOf(svg);
    this.minimap.draw(this.box, [...this.nodes].map(([id, group]) => ({ box: inPicture(group), health: model.health(id) })));
    const shape = [this.box.width, this.box.height, ...[...this.nodes.keys()].sort()].join("\n");
    if (shape !== this.shape && (this.shape === "" || !this.isMoved)) this.place();
    else this.apply();
    this.shape = shape;
    if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
  }

  clear() {
    this.svg = null;
    this.shape = "";
    this.isMoved = false;
    this.minimap.clear();
    this.stage.replaceChildren();
  }

  /** @param {SVGGElement} group */
  addNode(group) {
    const id = group.dataset.node ?? "";
    const node = this.model.nodes.get(id);
    if (!node) return;
    this.nodes.set(id, group);
    const [incoming, outgoing] = [this.model.inbound(id).length, this.model.outbound(id).length];
    const kind = node.workloadKind ?? strings.kinds[/** @type {keyof strings.kinds} */ (node.kind)] ?? node.kind;
    this.makeButton(group, strings.nodeName(kind, this.model.name(id), incoming, outgoing));
    group.classList.toggle("unidentified", node.identifiedBy !== "inventory");
  }

  /** @param {SVGGElement} group */
  addBox(group) {
    const name = group.dataset.namespace ?? "";
    this.boxes.set(name, group);
    this.makeButton(group, strings.boxName(name, this.model.box(name).nodes.length));
  }

  /** @param {SVGGElement} group */
  addEdge(group) {
    const id = group.dataset.edge ?? "";
    const edge = this.model.edges.get(id);
    if (!edge) return;
    this.edges.set(id, group);
    const health = strings.health[/** @type {keyof strings.health} */ (edge.health)] ?? edge.health;
    const [client, server] = [this.model.name(edge.client), this.model.name(edge.server)];
    this.makeButton(group, strings.edgeName(client, server, spoken(edge), health));
    group.classList.toggle("inferred", edge.direction === "inferred");
    // The wide invisible line that catches the pointer becomes the halo of the thin one, so it goes below.
    const hit = group.querySelector(".edge-hit");
    if (hit) group.prepend(hit);
  }

  /** Tab comes to what fails first. Nodes do not cover each other, and lines little, so their order is free. @param {SVGGElement[]} groups @param {(group: SVGGElement) => string} health */
  putUnhealthyFirst(groups, health) {
    const after = groups.at(-1)?.nextSibling ?? null;
    const rank = (/** @type {SVGGElement} */ group) => severity(health(group));
    for (const group of [...groups].sort((left, right) => rank(right) - rank(left))) group.parentNode?.insertBefore(group, after);
  }

  /** @param {SVGGElement} group @param {string} name */
  makeButton(group, name) {
    group.setAttribute("tabindex", "0");
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", name);
  }

  /** Writes the chosen figure on every edge. @param {string} label */
  setLabel(label) {
    for (const [id, group] of this.labels) {
      const edge = this.model.edges.get(id);
      const figures = group.querySelector(".edge-label-figures");
      if (!edge || !(figures instanceof SVGElement)) continue;
      figures.dataset.drawn ??= figures.textContent ?? "";
      figures.textContent = label === "summary" ? figures.dataset.drawn : figureOf(edge, label);
    }
  }

  /** @param {Selection | null} selection */
  setSelection(selection) {
    for (const [groups, kind] of /** @type {const} */ ([[this.nodes, "node"], [this.edges, "edge"], [this.boxes, "box"]])) {
      for (const [id, group] of groups) {
        const isSelected = selection?.kind === kind && selection.id === id;
        group.classList.toggle("selected", isSelected);
        group.setAttribute("aria-pressed", String(isSelected));
      }
    }
    for (const [id, group] of this.labels) {
      group.classList.toggle("selected", selection?.kind === "edge" && selection.id === id);
    }
    this.selection = selection;
    this.emphasize(selection);
  }

  /** Marks what was searched for and what an expression found. @param {Iterable<string>} nodes ids @param {Iterable<string>} edges ids */
  setFound(nodes, edges) {
    const found = { nodes: new Set(nodes), edges: new Set(edges) };
    this.svg?.classList.toggle("searching", found.nodes.size > 0 || found.edges.size > 0);
    for (const [id, group] of this.nodes) group.classList.toggle("found", found.nodes.has(id));
    for (const groups of [this.edges, this.labels]) {
      for (const [id, group] of groups) group.classList.toggle("found", found.edges.has(id));
    }
  }

  /** Brings something into the middle if it is not in sight. @param {Selection} selection */
  reveal(selection) {
    const group = this.groupsOf(selection.kind).get(selection.id);
    if (!group) return;
    const box = inPicture(group);
    if (viewport.contains(this.view, box, this.size)) return;
    this.move(viewport.center(this.view, box, this.size));
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.move(viewport.zoom(this.view, { x: this.size.width / 2, y: this.size.height / 2 }, factor));
  }

  /** The whole map, however small. */
  fit() {
    this.isMoved = false;
    this.view = viewport.fit(this.box, this.size);
    this.apply();
  }

  /** What is shown before the person moves anything. */
  place() {
    const group = this.selection && this.groupsOf(this.selection.kind).get(this.selection.id);
    this.view = viewport.fitReadably(this.box, this.size, group ? inPicture(group) : null);
    this.apply();
  }

  // Private

  /** @param {"node" | "edge" | "box"} kind */
  groupsOf(kind) {
    return { node: this.nodes, edge: this.edges, box: this.boxes }[kind];
  }

  get size() {
    return { width: Math.max(this.stage.clientWidth, 1), height: Math.max(this.stage.clientHeight, 1) };
  }

  /** @param {viewport.View} view */
  move(view) {
    this.isMoved = true;
    this.view = viewport.keepInSight(view, this.box, this.size);
    this.apply();
  }

  apply() {
    this.svg?.setAttribute("viewBox", viewport.viewBox(this.view, this.size));
    this.svg?.classList.toggle("tiny", this.view.scale < 0.35);
    if (this.svg) this.minimap.frameAt(this.view, this.size);
  }

  /** @param {EventTarget | null} target @returns {Selection | null} */
  selectionAt(target) {
    if (!(target instanceof Element)) return null;
    const group = target.closest("g.node, g.edge, g.edge-label, g.namespace");
    if (!(group instanceof SVGElement)) return null;
    if (group.dataset.node !== undefined) return { kind: "node", id: group.dataset.node };
    if (group.dataset.namespace !== undefined && group.classList.contains("namespace")) return { kind: "box", id: group.dataset.namespace };
    return group.dataset.edge !== undefined ? { kind: "edge", id: group.dataset.edge } : null;
  }

  /** @param {EventTarget | null} target */
  hover(target) {
    // A box is most of the map: pointing somewhere in it means nothing yet.
    const selection = this.selectionAt(target);
    this.emphasize(selection?.kind === "box" ? this.selection : selection ?? this.selection);
  }

  /** @param {EventTarget | null} target */
  focused(target) {
    const selection = this.selectionAt(target);
    if (selection === null) return;
    if (target instanceof Element && target.matches(":focus-visible")) this.reveal(selection);
    this.emphasize(selection);
  }

  /** Fades everything but something and its neighbors. @param {Selection | null} selection */
  emphasize(selection) {
    const isKnown = selection !== null
      && this.groupsOf(selection.kind).has(selection.id);
    this.svg?.classList.toggle("focusing", isKnown);
    if (!isKnown) return;
    const near = this.model.neighborhood(selection.kind, selection.id);
    for (const [id, group] of this.nodes) group.classList.toggle("near", near.nodes.has(id));
    for (const groups of [this.edges, this.labels]) {
      for (const [id, group] of groups) group.classList.toggle("near", near.edges.has(id));
    }
  }
}

/** The part of the picture that is the map: its own legend and captions are hidden here. @param {SVGSVGElement} svg */
function boxOf(svg) {
  const graph = svg.querySelector("g.graph");
  if (graph instanceof SVGGElement) return inPicture(graph);
  const { x, y, width, height } = svg.getBBox();
  return { x, y, width, height };
}

/** An element's box in the coordinates of the picture. @param {SVGGElement} group */
function inPicture(group) {
  const { x, y, width, height } = group.getBBox();
  const graph = group.closest("g.graph");
  const move = graph instanceof SVGGElement ? graph.transform.baseVal.consolidate()?.matrix : null;
  return { x: x + (move?.e ?? 0), y: y + (move?.f ?? 0), width, height };
}
