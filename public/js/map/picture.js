// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { parsePicture } from "./svg.js";
import { strings } from "../strings.js";
import { nameEdge, nameNode } from "./names.js";
import { severity } from "../model.js";
import { setPresent, stepAt } from "./looks.js";
import { Gestures } from "./gestures.js";
import { Minimap } from "./minimap.js";
import { putFirst } from "./order.js";
import { boxOf, inPicture } from "./places.js";
import { addSigns, bundleAt, signAt } from "./signs.js";
import { Parts } from "./parts.js";
import { Sheets } from "./sheets.js";
import { Veil } from "./veil.js";
import { worst } from "../sums.js";
import * as viewport from "./viewport.js";

/** A movement rests when nothing moved for this long. */
const restMilliseconds = 160;
/** Pixels outside of sight that are painted too. */
const paintedBeyond = 1_000;
/** Text below this scale is not shown. */
const tinyScale = 0.35;
/** With more edges a picture as a whole is that small. */
const manyEdges = 400;
/** How far from a line it is found, on the picture, and on the screen at least. */
const lineReach = 7;
const pointerPixels = 5;
const fingerPixels = 14;

/**
 * The picture: the only file that touches the SVG. The server laid it out; here it is panned, zoomed, labelled,
 * selected and restyled.
 *
 * @typedef {import("../state.js").Selection} Selection
 * @typedef {import("../model.js").GraphEdge} GraphEdge @typedef {import("../model.js").Model} Model
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
    /** @type {Sheets | null} */
    this.sheets = null;
    this.parts = new Parts();
    /** @type {Selection | null} */
    this.selection = null;
    this.view = { x: 0, y: 0, scale: 1 };
    /** The view that was painted; what is seen until a movement rests is that, moved. */
    this.painted = this.view;
    this.restTimer = 0;
    this.restFrame = 0;
    this.box = { x: 0, y: 0, width: 1, height: 1 };
    /** Of the stage while a picture comes: to look at it then has everything laid out once more. @type {viewport.Size | null} */
    this.fixedSize = null;
    /** Whether the person has moved the picture; until then it is fitted again when anything changes. */
    this.isMoved = false;
    /** Whether the figures on the picture are those of the graph. */
    this.isWhole = true;
    this.veil = new Veil();
    this.pointedAt = "";
    this.gestures = new Gestures(stage, {
      pan: (dx, dy, isGliding) => this.move(viewport.pan(this.view, dx, dy), isGliding),
      zoom: (point, factor, isGliding) => this.move(viewport.zoom(this.view, point, factor), isGliding),
      fit: () => this.fit(),
      tap: (event) => this.press(event.target, event),
    });
    new ResizeObserver(() => (this.isMoved ? this.apply() : this.place())).observe(stage);
    stage.addEventListener("pointermove", (event) => event.buttons === 0 && this.hover(this.selectionNear(event.target, event)));
    stage.addEventListener("pointerleave", () => this.hover(null));
    stage.addEventListener("focusin", (event) => this.focused(event.target));
    stage.addEventListener("focusout", () => this.emphasize(this.selection));
    stage.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      if (this.selectionAt(event.target) === null && signAt(event.target) === null) return;
      event.preventDefault();
      this.press(event.target, null);
    });
  }

  /** @param {EventTarget | null} target @param {PointerEvent | null} place nothing for a key */
  press(target, place) {
    const [sign, bundle] = [signAt(target), bundleAt(target)];
    if (bundle) this.folding.part(bundle.id, bundle.isApart);
    else if (sign) this.folding.fold(sign.name, sign.isCollapsed);
    else this.onSelect(place ? this.selectionNear(target, place) : this.selectionAt(target));
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
    this.hover(null);
    this.svg = svg;
    const isPlaced = isFirst || (svg.dataset.kept !== "true" && !this.isMoved);
    this.fixedSize = this.size;
    svg.querySelectorAll(".badge").forEach((part) => part.remove());
    this.parts.read(svg, model);
    // Before it is on the page, where it costs least; so it must be known by now how large it will be.
    this.putFirst(svg);
    const { width, height } = svg.viewBox.baseVal;
    this.setScale(isPlaced ? viewport.fitReadably({ x: 0, y: 0, width, height }, this.size, null).scale : this.view.scale);
    this.sheets = new Sheets(svg);
    // Labels that will hardly be seen need not be laid out to know so.
    this.sheets.element.classList.toggle("tiny", this.parts.edges.size > manyEdges);
    this.draw(model);
    this.stage.replaceChildren(this.sheets.element, this.veil.element);
    this.box = boxOf(this.sheets.all);
    addSigns(this.sheets.top, this.parts.boxes, this.parts.nodes, this.folding);
    this.drawMinimap();
    if (isPlaced) this.place();
    else this.apply();
    this.fixedSize = null;
    if (focused !== "") document.getElementById(focused)?.focus({ preventScroll: true });
    (globalThis.requestIdleCallback ?? setTimeout)(() => this.parts.lines.prepare());
    return svg.dataset.picture ?? "";
  }

  /** Whether everything of a graph is on the picture. @param {import("../model.js").Graph} graph */
  holds({ nodes, edges }) {
    return this.svg !== null && nodes.every(({ id }) => this.parts.nodes.has(id)) && edges.every(({ id }) => this.parts.edges.has(id));
  }

  /** Shows other figures on the picture that stands; what they do not have fades. @param {Model} model */
  restyle(model) {
    this.parts.model = model;
    if (this.sheets === null) return;
    this.draw(model);
    if (!this.stage.contains(document.activeElement)) this.putFirst(this.sheets.element);
    this.drawMinimap();
    this.apply();
  }

  /** @param {Model} model */
  draw(model) {
    for (const [name, group] of this.parts.boxes) {
      const count = model.box(name).nodes.length;
      group.setAttribute("aria-label", strings.boxName(name, count));
      setPresent(group, count > 0);
    }
    for (const [id, group] of this.parts.nodes) nameNode(group, id, model);
    for (const [id, group] of this.parts.edges) nameEdge(group, this.parts.partsOf(id), model);
    this.parts.marks = null;
    this.isWhole = true;
    this.sheets?.element.classList.remove("comparing");
    this.parts.draw(model.edges, (id) => model.nodes.has(id));
  }

  drawMinimap() {
    const { model } = this.parts;
    this.minimap.draw(this.box, [...this.parts.nodes.keys()].filter((id) => model.nodes.has(id)).map((id) =>
      ({ box: this.parts.frames.get(id) ?? this.box, health: model.health(id) })));
  }

  /** What fails comes first. @param {Element} picture */
  putFirst(picture) {
    const { model } = this.parts;
    this.parts.sheets = null;
    putFirst(picture, "node", (id) => (model.nodes.has(id) ? severity(model.health(id)) : -1));
    putFirst(picture, "edge", (id) => severity(worst(this.parts.partsOf(id).map((part) => model.edges.get(part)?.health ?? ""))));
  }

  /**
   * Shows a step of a replay or what changed; without both, the graph.
   * @param {Map<string, GraphEdge> | null} step edges of the step @param {import("../time/compare.js").Marks | null} marks
   */
  showStep(step, marks) {
    if (this.sheets === null || (step === null && marks === null && this.isWhole)) return;
    this.isWhole = step === null && marks === null;
    this.sheets.element.classList.toggle("comparing", marks !== null);
    this.parts.marks = marks;
    if (step) {
      const active = new Set([...step.values()].flatMap(({ client, server }) => [client, server]));
      this.parts.drawStep(step, (id) => active.has(id));
    } else {
      const edges = marks ? new Map([...this.parts.model.edges, ...marks.gone]) : this.parts.model.edges;
      this.parts.draw(edges, (id) => this.parts.model.nodes.has(id) || (marks?.nodes.has(id) ?? false));
    }
  }

  clear() {
    this.svg = null;
    this.sheets = null;
    this.isMoved = false;
    this.minimap.clear();
    this.stage.replaceChildren();
  }

  /** Writes the chosen figure on every edge. @param {string} label */
  setLabel(label) {
    if (label === this.parts.label) return;
    this.parts.label = label;
    // What is shown of the graph is drawn next.
    this.isWhole = false;
  }

  /** @param {Selection | null} selection */
  setSelection(selection) {
    for (const [groups, kind] of /** @type {const} */ ([[this.parts.nodes, "node"], [this.parts.edges, "edge"], [this.parts.boxes, "box"]])) {
      for (const [id, group] of groups) {
        const isSelected = selection?.kind === kind ? this.parts.lineOf(selection) === id : selection?.kind === "pair" && kind === "edge" && this.parts.isPart(id, selection.id);
        group.classList.toggle("selected", isSelected);
        if (isSelected && kind === "edge") this.parts.drawings.get(id)?.makeHalo();
        // Many thousand; said again, styles would be looked for again.
        if ((group.getAttribute("aria-pressed") === "true") !== isSelected) group.setAttribute("aria-pressed", String(isSelected));
      }
    }
    for (const [id, group] of this.parts.labels) {
      group.classList.toggle("selected", this.parts.edges.get(id)?.classList.contains("selected") ?? false);
    }
    this.selection = selection;
    this.emphasize(selection);
  }

  /** Marks what was searched for and what an expression found. @param {Iterable<string>} nodes ids @param {Iterable<string>} edges ids */
  setFound(nodes, edges) {
    const found = { nodes: new Set(nodes), edges: new Set(edges) };
    this.sheets?.element.classList.toggle("searching", found.nodes.size > 0 || found.edges.size > 0);
    for (const [id, group] of this.parts.nodes) group.classList.toggle("found", found.nodes.has(id));
    for (const groups of [this.parts.edges, this.parts.labels]) {
      for (const [id, group] of groups) {
        const isFound = this.parts.partsOf(id).some((part) => found.edges.has(part));
        group.classList.toggle("found", isFound);
        if (isFound) this.parts.drawings.get(id)?.makeHalo();
      }
    }
  }

  /** Brings something into the middle if it is not in sight. @param {Selection} selection */
  reveal(selection) {
    const group = this.parts.groupOf(selection);
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
    const group = this.selection && this.parts.groupOf(this.selection);
    this.view = viewport.fitReadably(this.box, this.size, group ? inPicture(group) : null);
    this.apply();
  }

  // Private

  get size() {
    return this.fixedSize ?? { width: Math.max(this.stage.clientWidth, 1), height: Math.max(this.stage.clientHeight, 1) };
  }

  /** @param {viewport.View} view @param {boolean} [isGliding] whether more of the same movement is to come */
  move(view, isGliding = false) {
    this.isMoved = true;
    this.view = viewport.keepInSight(view, this.box, this.size);
    if (isGliding) this.glide();
    else this.apply();
  }

  /** Moves what is painted, and paints anew, which takes long, when a movement rests that shows what was not. */
  glide() {
    if (this.sheets === null) return;
    const { painted, view } = this;
    const scale = view.scale / painted.scale;
    // In whole pixels, so that text stays sharp.
    const [dx, dy] = [painted.x - view.x, painted.y - view.y].map((distance) => Math.round(distance * view.scale));
    const transform = `translate(${dx}px, ${dy}px) scale(${scale})`;
    for (const layer of [this.sheets.element, this.veil.svg]) layer.style.transform = transform;
    this.minimap.frameAt(view, this.size);
    this.moveOn();
    if (scale === 1 && Math.max(Math.abs(dx), Math.abs(dy)) <= paintedBeyond) return;
    // A frame that took long is no rest: what came meanwhile is heard first.
    this.restTimer = setTimeout(() => (this.restFrame = requestAnimationFrame(() => this.apply())), restMilliseconds);
  }

  /** It does not rest any more. */
  moveOn() {
    clearTimeout(this.restTimer);
    cancelAnimationFrame(this.restFrame);
  }

  apply() {
    this.moveOn();
    if (this.sheets === null) return;
    this.painted = this.view;
    for (const layer of [this.sheets.element, this.veil.svg]) layer.style.transform = "";
    const viewBox = viewport.viewBox(this.view, this.size);
    this.sheets.look(viewBox);
    this.veil.svg.setAttribute("viewBox", viewBox);
    const isOther = this.setScale(this.view.scale);
    this.sheets.element.classList.toggle("tiny", this.parts.isTiny);
    if (isOther && this.parts.last) this.parts.draw(this.parts.last.edges, this.parts.last.isThere);
    this.minimap.frameAt(this.view, this.size);
  }

  /** What can be seen at a scale; whether anything has to be drawn anew for it. @param {number} scale */
  setScale(scale) {
    const isTiny = scale < tinyScale;
    const step = stepAt(scale);
    const isOther = (this.parts.isTiny && !isTiny) || step !== this.parts.widthStep;
    Object.assign(this.parts, { isTiny, widthStep: step });
    return isOther;
  }

  /** @param {EventTarget | null} target @returns {Selection | null} */
  selectionAt(target) {
    if (!(target instanceof Element)) return null;
    const group = target.closest("g.node, g.edge, g.edge-label, g.namespace");
    if (!(group instanceof SVGElement)) return null;
    if (group.dataset.node !== undefined) return { kind: "node", id: group.dataset.node };
    if (group.dataset.namespace !== undefined && group.classList.contains("namespace")) return { kind: "box", id: this.parts.model.boxId(group.dataset.namespace) };
    return group.dataset.edge !== undefined && !group.classList.contains("absent") ? this.parts.selectionOf(group.dataset.edge) : null;
  }

  /** Which edges have lines of their own. @param {boolean} isApart all of them @param {string[]} apart pairs of ends */
  setApart(isApart, apart) {
    if (isApart === this.parts.bundles.isApart && apart.join("\n") === [...this.parts.bundles.apart].join("\n")) return;
    this.parts.bundles.isApart = isApart;
    this.parts.bundles.apart = new Set(apart);
    // What is shown of the graph is drawn next.
    this.isWhole = false;
    for (const [id, group] of this.parts.edges) nameEdge(group, this.parts.partsOf(id), this.parts.model);
  }

  /** As `selectionAt`, and a line where a box or nothing is. @param {EventTarget | null} target @param {PointerEvent} place @returns {Selection | null} */
  selectionNear(target, place) {
    const selection = this.selectionAt(target);
    if (selection !== null && selection.kind !== "box") return selection;
    const { x, y } = this.gestures.point(place);
    const { scale } = this.view;
    const reach = Math.max(lineReach, (place.pointerType === "touch" ? fingerPixels : pointerPixels) / scale);
    const line = this.parts.lineAt({ x: this.view.x + x / scale, y: this.view.y + y / scale }, reach);
    return line === null ? selection : this.parts.selectionOf(line);
  }

  /** @param {Selection | null} selection what is pointed at */
  hover(selection) {
    // A box is most of the map: pointing somewhere in it means nothing yet.
    if (selection?.kind === "box") return this.hover(null);
    const key = selection ? `${selection.kind} ${selection.id}` : "";
    if (key === this.pointedAt) return;
    this.pointedAt = key;
    this.emphasize(selection ?? this.selection, selection !== null);
  }

  /** @param {EventTarget | null} target */
  focused(target) {
    const selection = this.selectionAt(target);
    if (selection === null) return;
    if (target instanceof Element && target.matches(":focus-visible")) this.reveal(selection);
    if (selection.kind !== "node") this.parts.drawings.get(this.parts.lineOf(selection))?.makeHalo();
    this.emphasize(selection);
  }

  /** Fades everything but something and its neighbors. @param {Selection | null} selection @param {boolean} [isPointed] its line has a halo then */
  emphasize(selection, isPointed = false) {
    if (selection === null || this.svg === null || !this.parts.groupOf(selection)) return this.veil.hide();
    const line = isPointed && selection.kind !== "node" ? this.parts.drawings.get(this.parts.lineOf(selection)) : undefined;
    this.veil.show(this.parts.near(selection), this.parts.shift, this.svg, line?.halo());
  }
}
