// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { pairId, severity, Model } from "../model.js";
import { spoken } from "../format.js";
import { strings } from "../strings.js";
import { spokenBy, sumOf } from "../sums.js";
import { Bundles } from "./bundles.js";
import { figureOf } from "./figures.js";
import { EdgeDrawing, drawNode, lookOf, setChange, setPresent, stepAt } from "./looks.js";
import { Lines } from "./lines.js";
import { boundsOf, shiftOf } from "./places.js";
import { bundleSign } from "./signs.js";
import { Turns } from "./turns.js";

/** What only keyboards, readers and scripts look for waits until no step followed for so long. */
const settleMilliseconds = 250;
/** The health of a group or an arrow of the server's. */
const ofHealth = / health-(unknown|healthy|degraded|failing)(?= |$)/;

/**
 * The nodes, edges and boxes on a picture, and how they are drawn: `picture.js` shows the whole.
 *
 * @typedef {import("../state.js").Selection} Selection
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 */
export class Parts {
  constructor() {
    this.model = new Model({ version: 1, from: "", to: "", level: "", nodes: [], edges: [] });
    /** @type {Map<string, SVGGElement>} */
    this.nodes = new Map();
    /** @type {Map<string, SVGGElement>} */
    this.edges = new Map();
    /** @type {Map<string, SVGGElement>} */
    this.labels = new Map();
    /** Boxes around nodes. @type {Map<string, SVGGElement>} */
    this.boxes = new Map();
    this.bundles = new Bundles();
    this.shift = { x: 0, y: 0 };
    /** Shapes of nodes, in their own coordinates. @type {Map<string, import("./viewport.js").Box>} */
    this.frames = new Map();
    /** @type {Map<string, EdgeDrawing>} */
    this.drawings = new Map();
    this.lines = new Lines();
    /** How each node was drawn last. @type {Map<string, {isPresent: boolean, health: string, change: string | undefined}>} */
    this.drawn = new Map();
    /** What was drawn last. @type {{edges: Map<string, GraphEdge>, isThere: (id: string) => boolean} | null} */
    this.last = null;
    /** What is written on edges. */
    this.label = "summary";
    /** Whether the picture is too small for labels to be seen. */
    this.isTiny = false;
    /** In what steps widths are drawn. */
    this.widthStep = stepAt(1);
    this.settling = 0;
    /** What is drawn together, by sheets of the picture; nothing until it is known. @type {{lines: [string, EdgeDrawing][][], nodes: [string, SVGGElement][][]} | null} */
    this.sheets = null;
    this.turns = new Turns();
    /** What changed, while that is shown. @type {import("../time/compare.js").Marks | null} */
    this.marks = null;
  }

  /** Takes a picture apart. @param {SVGSVGElement} svg @param {Model} model */
  read(svg, model) {
    this.model = model;
    for (const groups of [this.nodes, this.edges, this.labels, this.boxes, this.drawings, this.drawn]) groups.clear();
    for (const [name, groups] of /** @type {const} */ ([["namespace", this.boxes], ["node", this.nodes], ["edge", this.edges]])) {
      for (const group of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll(`g.${name}`))) {
        const id = group.dataset[name] ?? "";
        groups.set(name === "namespace" ? model.boxId(id) : id, group);
        group.setAttribute("role", "button");
        group.setAttribute("aria-pressed", "false");
      }
    }
    for (const part of svg.querySelectorAll(".node, .edge, .edge-label, .arrow")) {
      // The picture says it by groups, the page by the shapes in them.
      const kind = part.getAttribute("class") ?? "";
      part.setAttribute("class", kind.replace(ofHealth, kind.startsWith("arrow") ? " is-$1" : ""));
    }
    for (const group of /** @type {NodeListOf<SVGGElement>} */ (svg.querySelectorAll("g.edge-label"))) {
      this.labels.set(group.dataset.edge ?? "", group);
      const edge = this.edges.get(group.dataset.edge ?? "");
      if (edge?.id) group.id = `${edge.id}-label`;
    }
    for (const [id, group] of this.edges) this.drawings.set(id, new EdgeDrawing(group, this.labels.get(id) ?? null));
    const { drawings } = this;
    this.lines.read(function* () {
      for (const [id, { path, isStub }] of drawings) if (!isStub) yield [id, path?.getAttribute("d") ?? ""];
    });
    this.bundles.read(this.edges);
    this.last = null;
    this.sheets = null;
    this.measure(svg);
  }

  /** @param {SVGSVGElement} svg */
  measure(svg) {
    this.frames.clear();
    this.shift = shiftOf(svg);
    for (const [id, group] of this.nodes) {
      const box = boundsOf(group.querySelector(".node-shape")?.getAttribute("d") ?? "");
      if (box) this.frames.set(id, { ...box, x: box.x + this.shift.x, y: box.y + this.shift.y });
    }
  }

  /**
   * Draws edges by their figures, and nodes by the worst of what they serve. Touches what differs only.
   * @param {Map<string, GraphEdge>} edges @param {(id: string) => boolean} isThere of a node
   */
  draw(edges, isThere) {
    this.turns.stop();
    for (const portion of this.portions(edges, isThere)) portion();
    this.settle();
  }

  /**
   * The same for a step of a replay, over several frames.
   * @param {Map<string, GraphEdge>} edges @param {(id: string) => boolean} isThere of a node
   */
  drawStep(edges, isThere) {
    clearTimeout(this.settling);
    this.turns.start(this.portions(edges, isThere), () => {
      this.settling = setTimeout(() => this.settle(), settleMilliseconds);
    });
  }

  /** What draws it, by sheets of the picture. @param {Map<string, GraphEdge>} edges @param {(id: string) => boolean} isThere */
  portions(edges, isThere) {
    /** @type {Map<string, string>} */
    const healths = new Map();
    this.last = { edges, isThere };
    for (const { server, health } of edges.values()) {
      if (severity(health) > severity(healths.get(server) ?? "unknown")) healths.set(server, health);
    }
    this.sheets ??= { lines: bySheet(this.edges, this.drawings), nodes: bySheet(this.nodes, this.nodes) };
    const lines = this.sheets.lines.map((drawings) => () => {
      for (const [id, drawing] of drawings) {
        this.drawLine(drawing, id, edges);
        if (!this.isTiny) drawing.settleLabel();
      }
    });
    const nodes = this.sheets.nodes.map((groups) => () => {
      for (const [id] of groups) this.drawNode(id, isThere(id), healths.get(id) ?? "unknown");
    });
    return [...lines, ...nodes];
  }

  /** What only keyboards, readers and scripts look for. */
  settle() {
    clearTimeout(this.settling);
    for (const drawing of this.drawings.values()) drawing.settle();
  }

  /** An edge, or the bundle that its line stands for. @param {EdgeDrawing} drawing @param {string} id @param {Map<string, GraphEdge>} edges */
  drawLine(drawing, id, edges) {
    // What changed is told of each edge.
    const bundle = this.marks === null ? this.bundles.of(id) : undefined;
    drawing.gather(bundle !== undefined && bundle.front !== id);
    const act = this.marks === null ? this.bundles.sign(id) : "";
    drawing.setSign(act, () => bundleSign(this.bundles.byEdge.get(id)?.id ?? "", act === "apart"));
    const parts = bundle?.front === id ? bundle.edges.flatMap((part) => edges.get(part) ?? []) : [];
    if (parts.length < 2) return this.drawEdge(drawing, id, parts[0] ?? edges.get(id));
    const sum = sumOf(parts);
    drawing.show(lookOf(sum, this.widthStep), undefined, this.isTiny ? null : figureOf(sum, this.label), strings.bundle(parts.length, spokenBy(parts)));
  }

  /** @param {EdgeDrawing} drawing @param {string} id @param {GraphEdge | undefined} edge */
  drawEdge(drawing, id, edge) {
    const mark = edge ? this.marks?.edges.get(id) : undefined;
    drawing.show(edge ? lookOf(edge, this.widthStep) : null, mark?.change, !edge || this.isTiny ? null : mark?.text || figureOf(edge, this.label),
      edge && edge.id !== id ? spoken(edge) : undefined);
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

  /** The line nearest to a point of the picture. @param {{x: number, y: number}} point @param {number} reach how far off it may be */
  lineAt({ x, y }, reach) {
    return this.lines.near({ x: x - this.shift.x, y: y - this.shift.y }, reach, (id) => {
      const drawing = this.drawings.get(id);
      return drawing !== undefined && drawing.health !== null && !drawing.isGathered;
    });
  }

  /** The edges that the line of one stands for and that are there; itself where it is none. @param {string} edge */
  partsOf(edge) {
    const bundle = this.bundles.of(edge);
    const parts = bundle?.front === edge ? bundle.edges.filter((id) => this.model.edges.has(id)) : [];
    return parts.length > 0 ? parts : [edge];
  }

  /** What a line is: an edge, or a pair of ends where it stands for several. @param {string} edge @returns {Selection} */
  selectionOf(edge) {
    const parts = this.marks === null ? this.partsOf(edge) : [edge];
    return parts.length > 1 ? { kind: "pair", id: this.bundles.of(edge)?.id ?? "" } : { kind: "edge", id: parts[0] };
  }

  /** What is drawn of a selection. @param {Selection} selection */
  groupOf(selection) {
    return { node: this.nodes, edge: this.edges, pair: this.edges, box: this.boxes }[selection.kind].get(this.lineOf(selection));
  }

  /** The part of the picture that is drawn for a selection. @param {Selection} selection */
  lineOf({ kind, id }) {
    if (kind === "edge") return this.marks === null ? this.bundles.front(id) : id;
    return kind === "pair" ? this.model.pair(id).map((edge) => this.bundles.front(edge.id))[0] ?? "" : id;
  }

  /** Whether an edge is between the ends of a pair. @param {string} edge @param {string} pair */
  isPart(edge, pair) {
    const known = this.model.edges.get(edge);
    return known !== undefined && pairId(known) === pair;
  }

  /** What is not faded beside something: first what lies below. @param {Selection} selection */
  near({ kind, id }) {
    const near = this.model.neighborhood(kind, id);
    const lines = [...new Set([...near.edges].map((edge) => this.lineOf({ kind: "edge", id: edge })))];
    const groups = [...lines.map((line) => this.edges.get(line)), ...[...near.nodes].map((node) => this.nodes.get(node)), ...lines.map((line) => this.labels.get(line))];
    return groups.flatMap((group) => (group && !group.classList.contains("absent") ? [group] : []));
  }
}

/**
 * What is on one sheet after the other.
 * @template Part
 * @param {Map<string, SVGGElement>} groups @param {Map<string, Part>} parts by the same ids @returns {[string, Part][][]}
 */
function bySheet(groups, parts) {
  /** @type {Map<Node | null, [string, Part][]>} */
  const sheets = new Map();
  for (const [id, part] of parts) {
    const sheet = groups.get(id)?.parentNode ?? null;
    const list = sheets.get(sheet);
    if (list) list.push([id, part]);
    else sheets.set(sheet, [[id, part]]);
  }
  return [...sheets.values()];
}
