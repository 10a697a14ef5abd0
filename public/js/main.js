// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { exportPath } from "./api.js";
import { showCoverage } from "./coverage.js";
import { byId } from "./dom.js";
import { duration, range, secondsBetween } from "./format.js";
import { showLegend } from "./map/legend.js";
import { Loader } from "./loader.js";
import { PictureMap } from "./map/picture.js";
import { Model } from "./model.js";
import { noticeFor, showNotice } from "./notice.js";
import { Panel } from "./panel/panel.js";
import { Pickers, nextTheme } from "./pickers.js";
import { Search } from "./map/search.js";
import { graphQuery, initial, parse, serialize } from "./state.js";
import { strings } from "./strings.js";
import { EdgeTable } from "./table/table.js";

/** Wires the parts: every change goes through `change`, and everything seen follows from the state. */

/** @typedef {import("./state.js").State} State @typedef {import("./state.js").Selection} Selection */

const themeKey = "svcmap.theme";

/** @type {State} */
let state = parse(location.search);
if (!location.search.includes("theme=")) state.theme = rememberedTheme() ?? state.theme;

let model = new Model({ version: 1, from: "", to: "", level: "", nodes: [], edges: [] });
/** @type {import("./api.js").Overview} */
let overview = { namespaces: [], reporters: [] };
/** What has the focus back when the panel closes. @type {HTMLElement | SVGElement | null} */
let opener = null;

const map = new PictureMap(byId("stage"), select);
const table = new EdgeTable(byId("table"), select);
const panel = new Panel(byId("panel"), select);
const pickers = new Pickers(change);
const search = new Search(
  (ids) => map.setFound(ids),
  (id) => {
    change({ selection: { kind: "node", id } });
    map.reveal({ kind: "node", id });
  },
);
const loader = new Loader({
  status: showStatus,
  graph: (graph, seen) => {
    model = new Model(graph);
    overview = seen;
    showGraph();
  },
  picture: (text) => {
    map.show(text, model);
    map.setLabel(state.label);
    map.setSelection(state.selection);
    if (!map.isMoved) map.place();
    search.show(model);
    showNotice(byId("notice"), null);
    document.body.dataset.ready = "map";
  },
  failed: (error, hasData) => {
    const isStale = hasData && error instanceof Error && "isUnreachable" in error && Boolean(error.isUnreachable);
    byId("stale").hidden = !isStale;
    if (isStale || (hasData && state.view === "table")) return;
    map.clear();
    showNotice(byId("notice"), noticeFor(error, {
      retry: reload, table: () => change({ view: "table" }), namespaces: () => change({ level: "namespace", selection: null }),
    }));
    document.body.dataset.ready = "failed";
  },
});

/** @param {Selection | null} selection */
function select(selection) {
  if (selection !== null && document.activeElement instanceof Element && !byId("panel").contains(document.activeElement)) {
    opener = /** @type {HTMLElement | SVGElement} */ (document.activeElement);
  }
  change({ selection });
  if (selection === null) opener?.focus?.({ preventScroll: true });
}

/** @param {Partial<State>} next */
function change(next) {
  const before = state;
  state = { ...state, ...next };
  const query = serialize(state);
  // Another question is a step one can go back from; a selection or a theme is not worth one.
  const isStep = graphQuery(before) !== graphQuery(state);
  history[isStep ? "pushState" : "replaceState"](null, "", query === "" ? location.pathname : query);
  apply();
}

function apply() {
  showTheme();
  pickers.show(state, overview.namespaces);
  document.body.dataset.view = state.view;
  byId("table").hidden = state.view !== "table";
  byId("map").hidden = state.view !== "map";
  map.setLabel(state.label);
  map.setSelection(state.selection);
  panel.show(state.selection, model, graphQuery(state));
  table.show(model, state.selection);
  const query = graphQuery(state);
  for (const format of ["svg", "dot", "json"]) byId(`export-${format}`).setAttribute("href", exportPath(format, query));
  if (state.view === "table" && model.graph.nodes.length > 0) showNotice(byId("notice"), null);
  loader.ask(query, { wantsPicture: state.view === "map" });
}

function reload() {
  loader.ask(graphQuery(state), { wantsPicture: state.view === "map", isForced: true });
}

function showGraph() {
  const { graph } = model;
  const isStored = overview.from !== undefined;
  const isEmpty = graph.nodes.length === 0;
  const [from, to] = range(graph.from, graph.to);
  byId("range").textContent = isStored ? strings.range(from, to, duration(secondsBetween(graph.from, graph.to))) : "";
  byId("size").textContent = isStored ? strings.size(graph.nodes.length, graph.edges.length) : "";
  byId("range").title = graph.observedSeconds === undefined ? "" : strings.observed(duration(graph.observedSeconds));
  byId("stale").hidden = true;
  pickers.show(state, overview.namespaces);
  panel.show(state.selection, model, graphQuery(state));
  table.show(model, state.selection);
  search.show(model);
  showLegend(byId("legend-body"), graph.healthPolicy);
  showCoverage(byId("coverage"), graph.coverage, overview.reporters.map((reporter) => reporter.name));
  document.body.dataset.ready = isEmpty ? "empty" : "graph";
  if (!isEmpty && state.view === "table") showNotice(byId("notice"), null);
  if (isEmpty) {
    map.clear();
    showNotice(byId("notice"), isStored
      ? { title: strings.nothing.title, text: strings.nothing.text, actions: [{ text: strings.nothing.action, act: showEverything }] }
      : strings.empty);
  }
}

function showEverything() {
  const { level } = state;
  change({ ...initial(), level, theme: state.theme, label: state.label, view: state.view });
}

/** @param {"live" | "loading" | "stale" | "paused"} status */
function showStatus(status) {
  const element = byId("status");
  element.dataset.status = status;
  element.textContent = strings.live[status];
  element.title = strings.liveTitle[status];
  if (status === "loading" && map.svg === null && state.view === "map") showNotice(byId("notice"), { ...strings.loading, isBusy: true });
  byId("map").setAttribute("aria-busy", String(status === "loading"));
}

function showTheme() {
  if (state.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = state.theme;
  const text = strings.theme[/** @type {keyof strings.theme} */ (state.theme)];
  byId("theme").setAttribute("aria-label", text);
  byId("theme").title = text;
}

function rememberedTheme() {
  try {
    return localStorage.getItem(themeKey);
  } catch {
    // Without storage the theme lives in the address only.
    return null;
  }
}

byId("theme").addEventListener("click", () => {
  const theme = nextTheme(state.theme);
  try {
    localStorage.setItem(themeKey, theme);
  } catch {
    // See above.
  }
  change({ theme });
});
byId("options").addEventListener("click", () => {
  const isOpen = document.body.classList.toggle("choosing");
  byId("options").setAttribute("aria-expanded", String(isOpen));
});
byId("zoom-in").addEventListener("click", () => map.zoomBy(1.3));
byId("zoom-out").addEventListener("click", () => map.zoomBy(1 / 1.3));
byId("fit").addEventListener("click", () => map.fit());
addEventListener("popstate", () => {
  state = { ...parse(location.search), theme: state.theme };
  apply();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.selection !== null) select(null);
  else if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    byId("search").focus();
  }
});

showLegend(byId("legend-body"), undefined);
apply();
