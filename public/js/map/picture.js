// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { parsePicture } from "./svg.js";
import { strings } from "../strings.js";
import { nameEdge, nameNode } from "./names.js";
import { Model, severity } from "../model.js";
import { figureOf } from "./figures.js";
import { EdgeDrawing, drawNode, lookOf, setChange, setPresent } from "./looks.js";
import { Gestures } from "./gestures.js";
import { Minimap } from "./minimap.js";
import { putFirst } from "./order.js";
import { boxOf, inPicture, shiftOf } from "./places.js";
import { addSigns, signAt } from "./signs.js";
import { Veil } from "./veil.js";
import * as viewport from "./viewport.js";

/** A movement rests when nothing moved for this long. */
const restMilliseconds = 160;
/** Text below this scale is not shown. */
const tinyScale = 0.35;
/** Pictures with more edges change without transitions. */
const manyEdges = 400;

/**
 * The picture: the only file that touches the SVG. The server laid it out; here it is panned, zoomed, labelled,
 * selected and restyled.
 *
 * @typedef {import("../state.js").Selection} Selection
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 */
export class PictureMap {
  /**
   * @param {HTMLElement} stage @param {HTMLElement} overview where the small map stands @param {(selection: Selection | null) => void} onSelect
   * @param {import("./signs.js").Folding} folding
   */
  constructor(stage, overview, onSelect, folding) {
    this.stage = stage;
    this.minimap = new Minimap(overview, (point) =>
      this.move(viewport.center(this.view, { ...point, width: 0, height: 0 }, this.size)));
    this.onSelect = onSelect;
    this.folding = folding;
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
    /** The view that was painted; what is seen until a movement rests is that, moved. */
    this.painted = this.view;
    this.restTimer = 0;
    this.box = { x: 0, y: 0, width: 1, height: 1 };
    this.shift = { x: 0, y: 0 };
    /** Whether the person has moved the picture; until then it is fitted again when anything changes. */
    this.isMoved = false;
    /** What is written on edges. */
    this.label = "summary";
    /** Shapes of nodes, in their own coordinates. @type {Map<string, viewport.Box>} */
    this.frames = new Map();
    /** @type {Map<string, EdgeDrawing>} */
    this.drawings = new Map();
    /** How each node was drawn last. @type {Map<string, {isPresent: boolean, health: string, change: string | undefined}>} */
    this.drawn = new Map();
    /** What was drawn last. @type {{edges: Map<string, GraphEdge>, isThere: (id: string) => boolean} | null} */
    this.last = null;
    /** Whether the picture is too small for labels to be seen. */
    this.isTiny = false;
    /** What changed, while that is shown. @type {import("../time/compare.js").Marks | null} */
    this.marks = null;
    /** Whether the figures on the picture are those of the graph. */
    this.isWhole = true;
    this.veil = new Veil();
    /** What is not faded while something is pointed at. @type {Set<Element>} */
    this.near = new Set();
    new Gestures(stage, {
      pan: (dx, dy, isGliding) => this.move(viewport.pan(this.view, dx, dy), isGliding),
      zoom: (point, factor, isGliding) => this.move(viewport.zoom(this.view, point, factor), isGliding),
      fit: () => this.fit(),
      tap: (target) => this.press(target),
    });
    new ResizeObserver(() => (this.isMoved ? this.apply() : this.place())).observe(stage);
    stage.addEventListener("pointerover", (event) => this.hover(event.target));
    stage.addEventListener("pointerleave", () => this.hover(null));
    stage.addEventListener("focusin", (event) => this.focused(event.target));
    stage.addEventListener("focusout", () => this.hover(null));
    stage.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      if (this.selectionAt(event.target) === null && signAt(event.target) === null) return;
      event.preventDefault();
      this.press(event.target);
    });
  }

  /** @param {EventTarget | null} target */
  press(target) {
    const sign = signAt(target);
    if (sign) this.folding.fold(sign.name, sign.isCollapsed);
    else this.onSelect(this.selectionAt(target));
  }

  /**
   * Shows a picture of a graph. Pan and zoom stay where the picture keeps the places of the one before.
   * @param {string} text @param {Model} model
   * @returns {string} the server's name of the picture; empty where it has none
   */
  show(text, model) {
    const svg = parsePicture(text);
    const focused = document.activeElement instanceof SVGElement ? document.activeElement.id : "";
    const isFirst = this.svg === null;
    for (const groups of [this.nodes, this.edges, this.labels, this.boxes, this.frames, this.drawings, this.drawn, this.near]) groups.clear();
    this.svg = svg;
    svg.setAttribute("width", "100%");
    svg.setAttribute("height", "100%");
    svg.setAttribute("role", "group");
    svg.classList.add("picture");
    svg.classList.toggle("large", svg.querySelectorAll("g.edge").length > manyEdges);
    svg.querySelectorAll("title, .badge").forEach((part) => part.remove());
    for (const [name, groups] of /** @type {const} */ ([["namespace", this.boxes], ["node", this.nodes], ["edge", this.edges]])) {
      for (const group of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll(`g.${name}`))) {
        const id = group.dataset[name] ?? "";
        groups.set(name === "namespace" ? model.boxId(id) : id, group);
        group.setAttribute("role", "button");
      }
    }
    for (const group of this.edges.values()) {
      // The wide invisible line that catches the pointer becomes the halo of the thin one, so it goes below.
      const hit = group.querySelector(".edge-hit");
      if (hit) group.prepend(hit);
    }
    for (const group of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll("g.edge-label"))) {
      this.labels.set(group.dataset.edge ?? "", group);
      const edge = this.edges.get(group.dataset.edge ?? "");
      if (edge?.id) group.id = `${edge.id}-label`;
    }
    for (const [id, group] of this.edges) this.drawings.set(id, new EdgeDrawing(group, this.labels.get(id) ?? null));
    this.last = null;
    this.stage.replaceChildren(svg, this.veil.element);
    this.box = boxOf(svg);
    for (const [id, group] of this.nodes) {
      const shape = group.querySelector(".node-shape");
      this.frames.set(id, inPicture(shape instanceof SVGGraphicsElement ? shape : group));
    }
    this.shift = shiftOf(svg);
    addSigns(svg, this.boxes, this.nodes, this.folding);
    this.restyle(model);
    if (isFirst || (svg.dataset.kept !== "true" && !this.isMoved)) this.place();
    else this.apply();
    if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
    return svg.dataset.picture ?? "";
  }

  /** Whether everything of a graph is on the picture. @param {import("../model.js").Graph} graph */
  holds({ nodes, edges }) {
    return this.svg !== null && nodes.every(({ id }) => this.nodes.has(id)) && edges.every(({ id }) => this.edges.has(id));
  }

  /** Shows other figures on the picture that stands; what they do not have fades. @param {Model} model */
  restyle(model) {
    this.model = model;
    if (this.svg === null) return;
    for (const [name, group] of this.boxes) {
      const count = model.box(name).nodes.length;
      group.setAttribute("aria-label", strings.boxName(name, count));
      setPresent(group, count > 0);
    }
    for (const [id, group] of this.nodes) nameNode(group, id, model);
    for (const [id, group] of this.edges) nameEdge(group, id, model);
    this.marks = null;
    this.isWhole = true;
    this.svg.classList.remove("comparing");
    this.draw(model.edges, (id) => model.nodes.has(id));
    if (!this.stage.contains(document.activeElement)) {
      putFirst(this.svg, "node", (id) => (model.nodes.has(id) ? severity(model.health(id)) : -1));
      putFirst(this.svg, "edge", (id) => severity(model.edges.get(id)?.health ?? ""));
    }
    this.minimap.draw(this.box, [...this.nodes.keys()].filter((id) => model.nodes.has(id)).map((id) =>
      ({ box: this.frames.get(id) ?? this.box, health: model.health(id) })));
    this.apply();
  }

  /**
   * Shows a step of a replay or what changed; without both, the graph.
   * @param {Map<string, GraphEdge> | null} step edges of the step @param {import("../time/compare.js").Marks | null} marks
   */
  showStep(step, marks) {
    if (this.svg === null || (step === null && marks === null && this.isWhole)) return;
    this.isWhole = step === null && marks === null;
    this.svg.classList.toggle("comparing", marks !== null);
    this.marks = marks;
    if (step) {
      const active = new Set([...step.values()].flatMap(({ client, server }) => [client, server]));
      this.draw(step, (id) => active.has(id));
    } else {
      const edges = marks ? new Map([...this.model.edges, ...marks.gone]) : this.model.edges;
      this.draw(edges, (id) => this.model.nodes.has(id) || (marks?.nodes.has(id) ?? false));
    }
  }

  /**
   * Draws edges by their figures, and nodes by the worst of what they serve. Touches what differs only: a replay
   * does this many times a second.
   * @param {Map<string, GraphEdge>} edges @param {(id: string) => boolean} isThere of a node
   */
  draw(edges, isThere) {
    /** @type {Map<string, string>} */
    const healths = new Map();
    this.last = { edges, isThere };
    for (const { server, health } of edges.values()) {
      if (severity(health) > severity(healths.get(server) ?? "unknown")) healths.set(server, health);
    }
    for (const [id, drawing] of this.drawings) this.drawEdge(drawing, id, edges.get(id));
    for (const id of this.nodes.keys()) this.drawNode(id, isThere(id), healths.get(id) ?? "unknown");
  }

  /** @param {EdgeDrawing} drawing @param {string} id @param {GraphEdge | undefined} edge */
  drawEdge(drawing, id, edge) {
    const mark = edge ? this.marks?.edges.get(id) : undefined;
    drawing.show(edge ? lookOf(edge) : null, mark?.change, !edge || this.isTiny ? null : mark?.text || figureOf(edge, this.label));
  }

  /** @param {string} id @param {boolean} isPresent @param {string} health */
  drawNode(id, isPresent, health) {
    const [group, frame] = [this.nodes.get(id), this.frames.get(id)];
    const [change, last] = [this.marks?.nodes.get(id), this.drawn.get(id)];
    if (!group || !frame || (last?.isPresent === isPresent && last.health === health && last.change === change)) return;
    this.drawn.set(id, { isPresent, health, change });
    if (last?.isPresent !== isPresent) setPresent(group, isPresent);
    setChange(group, last?.change, change);
    if (last?.health !== health) drawNode(group, health, { x: frame.x - this.shift.x, y: frame.y - this.shift.y, width: frame.width });
  }

  clear() {
    this.svg = null;
    this.isMoved = false;
    this.minimap.clear();
    this.stage.replaceChildren();
  }

  /** Writes the chosen figure on every edge. @param {string} label */
  setLabel(label) {
    if (label === this.label) return;
    this.label = label;
    // What is shown of the graph is drawn next.
    this.isWhole = false;
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

  /** @param {viewport.View} view @param {boolean} [isGliding] whether more of the same movement is to come */
  move(view, isGliding = false) {
    this.isMoved = true;
    this.view = viewport.keepInSight(view, this.box, this.size);
    if (isGliding) this.glide();
    else this.apply();
  }

  /** Moves what is painted, and paints anew when the movement rests: that takes long for a large map. */
  glide() {
    if (this.svg === null) return;
    const { painted, view } = this;
    const scale = view.scale / painted.scale;
    const transform = `translate(${(painted.x - view.x) * view.scale}px, ${(painted.y - view.y) * view.scale}px) scale(${scale})`;
    for (const layer of [this.svg, this.veil.svg]) layer.style.transform = transform;
    this.minimap.frameAt(view, this.size);
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => this.apply(), restMilliseconds);
  }

  apply() {
    clearTimeout(this.restTimer);
    if (this.svg === null) return;
    this.painted = this.view;
    for (const layer of [this.svg, this.veil.svg]) {
      layer.style.transform = "";
      layer.setAttribute("viewBox", viewport.viewBox(this.view, this.size));
    }
    const isTiny = this.view.scale < tinyScale;
    this.svg.classList.toggle("tiny", isTiny);
    const cameInSight = this.isTiny && !isTiny;
    this.isTiny = isTiny;
    if (cameInSight && this.last) this.draw(this.last.edges, this.last.isThere);
    this.minimap.frameAt(this.view, this.size);
  }

  /** @param {EventTarget | null} target @returns {Selection | null} */
  selectionAt(target) {
    if (!(target instanceof Element)) return null;
    const group = target.closest("g.node, g.edge, g.edge-label, g.namespace");
    if (!(group instanceof SVGElement)) return null;
    if (group.dataset.node !== undefined) return { kind: "node", id: group.dataset.node };
    if (group.dataset.namespace !== undefined && group.classList.contains("namespace")) return { kind: "box", id: this.model.boxId(group.dataset.namespace) };
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
    if (selection === null || !this.groupsOf(selection.kind).has(selection.id)) return this.veil.hide();
    const near = this.model.neighborhood(selection.kind, selection.id);
    const groups = new Set([...[...near.nodes].map((id) => this.nodes.get(id)),
      ...[...near.edges].flatMap((id) => [this.edges.get(id), this.labels.get(id)])].filter((group) => group !== undefined));
    for (const group of this.near) if (!groups.has(group)) group.classList.remove("near");
    for (const group of groups) group.classList.add("near");
    this.near = groups;
    if (this.svg) this.veil.show([...groups].filter((group) => !group.classList.contains("absent")), this.shift, this.svg);
  }
}
