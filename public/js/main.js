// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { ApiError } from "./api.js";
import { Login } from "./login.js";
import { showCoverage } from "./coverage.js";
import { Crowd } from "./crowd.js";
import { byId } from "./dom.js";
import { duration, range, secondsBetween } from "./format.js";
import { Arranging } from "./map/arranging.js";
import { collapsedAs, folded } from "./map/folding.js";
import { listenToLegend, showLegend } from "./map/legend.js";
import { showExports } from "./exports.js";
import { listen } from "./help.js";
import { Loader } from "./loader.js";
import { PictureMap } from "./map/picture.js";
import { Scene } from "./map/scene.js";
import { Model } from "./model.js";
import { Narrowing } from "./narrowing.js";
import { noticeFor, showNotice } from "./notice.js";
import { Panel } from "./panel/panel.js";
import { Pickers, nextTheme } from "./pickers.js";
import { QueryBar, holds, joints, toggling } from "./query/bar.js";
import { adding, removing } from "./query/clauses.js";
import { Search } from "./map/search.js";
import { graphQuery, initial, isBox, isForeseen, maximumApart, parse, serialize, views } from "./state.js";
import { strings } from "./strings.js";
import { Tables } from "./table/table.js";
import { TransactionList } from "./transactions/list.js";
import { TimeBar, isLive } from "./time/bar.js";

/** Wires the parts: every change goes through `change`, and everything seen follows from the state. */

/** @typedef {import("./state.js").State} State @typedef {import("./state.js").Selection} Selection */

const themeKey = "svcmap.theme";
/** Browsers stop pages that change their address too often. */
const addressMilliseconds = 500;
let addressTimer = 0;

/** @type {State} */
let state = parse(location.search);
if (!location.search.includes("theme=")) state.theme = rememberedTheme() ?? state.theme;

let model = new Model({ version: 1, from: "", to: "", level: "", nodes: [], edges: [] });
/** @type {import("./api.js").Overview} */
let overview = { namespaces: [], reporters: [] };
/** What has the focus back when the panel closes. @type {HTMLElement | SVGElement | null} */
let opener = null;
/** The comparison for which the picture was asked. @type {unknown} */
let comparedWith = null;

/** What the picture that stands was laid out for. */
const scene = new Scene();
/** The question that the model answers. */
let shownQuery = "";
/** The graph for which the last picture was asked, so that none is asked twice. @type {unknown} */
let pictured = null;

const map = new PictureMap(byId("stage"), byId("minimap"), select, {
  canCollapse: isBox,
  collapsedAs: (id) => collapsedAs(state, model.nodes.get(id)), fold, part,
});
const table = new Tables(byId("table"), select, change);
const transactions = new TransactionList(byId("transactions"), select, change);
const panel = new Panel(byId("panel"), {
  select, change, fold, part, add: (box, clause) => change({ [box]: adding(state[box], clause, joints[box]) }),
});
const pickers = new Pickers(change);
const queries = new QueryBar(change);
const narrowing = new Narrowing(() => state, change);
const crowd = new Crowd(byId("crowd"), !new URLSearchParams(location.search).has("level"));
const arranging = new Arranging(() => state, change);
/** @type {import("./map/legend.js").Meaning} */
const meaning = {
  holds: (box, clause) => holds(state, box, clause),
  toggle: (box, clause, others) => {
    const rest = box === "filter" ? others.reduce((text, other) => removing(text, other, "&&"), state.filter) : state[box];
    change(toggling({ ...state, [box]: rest }, box, clause));
  },
};
const search = new Search(
  (ids) => map.setFound([...ids, ...(model.graph.found?.nodes ?? [])], model.graph.found?.edges ?? []),
  (id) => {
    change({ selection: { kind: "node", id } });
    map.reveal({ kind: "node", id });
  },
);
const time = new TimeBar({
  change, seek, redraw, draw: () => loader.drawAgain(),
  select: (id) => select({ kind: "edge", id }),
});
const login = new Login(reload);
const loader = new Loader({
  status: showStatus,
  graph: (graph, seen) => {
    model = new Model(graph, state.boxes);
    overview = seen;
    shownQuery = graphQuery(state);
    queries.seen.add(graph);
    queries.clearMistakes();
    showGraph();
  },
  overview: (seen) => {
    overview = seen;
    time.show(state, model, overview, graphQuery(state));
  },
  pictures: () => {
    const query = graphQuery(state);
    const isSame = scene.fits(query) && (map.holds(model.graph) || pictured === model.graph) && holdsBase();
    return model.graph.nodes.length === 0 || isSame ? [] : scene.questions(query, model.graph, time.compare.range);
  },
  // What stands may do.
  foreseen: () => (scene.fits(graphQuery(state)) || !isForeseen(state) ? null : graphQuery(state)),
  picture: (text, { query, range: laidOut }) => {
    pictured = model.graph;
    comparedWith = time.compare.diff;
    scene.stands(query, laidOut, map.show(text, model));
    map.setSelection(state.selection);
    search.show(model);
    showExports(graphQuery(state), scene.picture);
    redraw();
  },
  ready: () => {
    crowd.begin();
    if (state.view === "map" && map.svg !== null && model.graph.nodes.length > 0) {
      showNotice(byId("notice"), null);
      document.body.dataset.ready = "map";
    }
  },
  failed: (error, hasData) => {
    if (error instanceof ApiError && error.status === 401) {
      document.body.dataset.ready = "login";
      login.ask();
      return;
    }
    const instead = crowd.instead(error, state);
    if (instead !== null) {
      change(instead);
      return;
    }
    const isStale = hasData && error instanceof Error && "isUnreachable" in error && Boolean(error.isUnreachable);
    byId("stale").hidden = !isStale;
    if (isStale || (hasData && state.view !== "map")) return;
    // A mistake in an expression is shown where it was made, and the map stays as it was before.
    const isMistake = error instanceof ApiError && queries.take(error);
    if (isMistake && model.graph.nodes.length > 0) {
      document.body.dataset.ready = "mistake";
      return;
    }
    clearMap();
    showNotice(byId("notice"), isMistake
      ? { title: strings.invalid.title, text: error.message, actions: [
        { text: strings.invalid.action, act: () => change({ [error.parameter]: "" }) }, { text: strings.invalid.all, act: showEverything }] }
      : noticeFor(error, {
        retry: reload, table: () => change({ view: "table" }), namespaces: () => change({ level: "namespace", selection: null }),
        busiest: () => change({ top: "100" }),
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

/** @param {string} name @param {boolean} isCollapsed */
function fold(name, isCollapsed) {
  change(folded(state, name, isCollapsed));
}

/** Edges between two ends, each with its line or all with one. @param {string} pair @param {boolean} isApart */
function part(pair, isApart) {
  const rest = state.apart.filter((other) => other !== pair);
  change({ apart: isApart ? [...rest, pair].sort().slice(-maximumApart) : rest });
}

/** @param {Partial<State>} next */
function change(next) {
  const before = state;
  state = { ...state, ...next };
  const query = serialize(state);
  // Another question is a step one can go back from; a selection or a theme is not worth one.
  const isStep = graphQuery(before) !== graphQuery(state) || before.view !== state.view;
  history[isStep ? "pushState" : "replaceState"](null, "", query === "" ? location.pathname : query);
  apply();
}

/** Another step of a replay: many times a second, so nothing else is looked at. @param {string} at */
function seek(at) {
  state = { ...state, at };
  time.seeked(state);
  redraw();
  addressTimer ||= setTimeout(() => {
    addressTimer = 0;
    history.replaceState(null, "", serialize(state) || location.pathname);
  }, addressMilliseconds);
}

function apply() {
  showTheme();
  pickers.show(state, overview.namespaces);
  document.body.dataset.view = state.view;
  for (const view of views) byId(view).hidden = state.view !== view;
  map.setLabel(state.label);
  map.setApart(state.gather === "no", state.apart);
  map.setSelection(state.selection);
  const query = graphQuery(state);
  queries.show(state);
  narrowing.show(state, model);
  arranging.show(state, model);
  // Figures of another question come with its graph.
  panel.show(state, model, shownQuery);
  table.show(state, model);
  transactions.show(state, model, query);
  if (query === shownQuery) time.show(state, model, overview, query);
  redraw();
  showSigns();
  showExports(query, scene.fits(query) ? scene.picture : "");
  if (state.view !== "map" && model.graph.nodes.length > 0) showNotice(byId("notice"), null);
  loader.ask(query, { wantsPicture: state.view === "map", isLive: isLive(state) });
}

function reload() {
  loader.ask(graphQuery(state), { wantsPicture: state.view === "map", isLive: isLive(state), isForced: true });
}

/** What the map shows of the graph: all of it, a step of a replay, or what changed. */
function redraw() {
  if (scene.fits(graphQuery(state))) map.showStep(time.step, state.at === "" ? time.compare.marks : null);
}

/** Lays out what is shown as if nothing had stood before. */
function rearrange() {
  scene.reset();
  map.isMoved = false;
  reload();
}

function clearMap() {
  scene.reset();
  map.clear();
}

/** Whether the picture has room for what was there in the range compared with. */
function holdsBase() {
  const { diff } = time.compare;
  return diff === null || diff === comparedWith || map.holds(diff);
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
  crowd.show(state);
  pickers.show(state, overview.namespaces);
  panel.show(state, model, graphQuery(state));
  table.show(state, model);
  transactions.show(state, model, graphQuery(state));
  narrowing.show(state, model);
  arranging.show(state, model);
  // A picture of other nodes stays as it is until there is one of these.
  if (scene.fits(graphQuery(state))) map.restyle(model);
  else if (isEmpty) clearMap();
  time.show(state, model, overview, graphQuery(state));
  redraw();
  search.show(model);
  showSigns();
  showCoverage(byId("coverage"), graph.coverage, overview.reporters.map((reporter) => reporter.name),
    graph.observedSeconds === undefined ? 0 : secondsBetween(graph.from, graph.to) - graph.observedSeconds);
  document.body.dataset.ready = isEmpty ? "empty" : "graph";
  if (!isEmpty && state.view !== "map") showNotice(byId("notice"), null);
  if (isEmpty) {
    showNotice(byId("notice"), isStored
      ? nothingLeft() : strings.empty);
  }
}

/** Why nothing is left, and what brings it back. */
function nothingLeft() {
  const everything = { text: strings.nothing.action, act: showEverything };
  if (model.graph.omitted === undefined) return { title: strings.nothing.title, text: strings.nothing.text, actions: [everything] };
  const { title, text, filter, hide } = strings.unmatched;
  return { title, text, actions: [
    ...(state.filter === "" ? [] : [{ text: filter, act: () => change({ filter: "" }) }]),
    ...(state.hide === "" ? [] : [{ text: hide, act: () => change({ hide: "" }) }]), everything] };
}

function showSigns() {
  const protocols = queries.seen.lists.protocol ?? [];
  showLegend(byId("legend-body"), model.graph.healthPolicy, protocols, meaning);
}

function showEverything() {
  const { level } = state;
  change({ ...initial(), level, theme: state.theme, label: state.label, view: state.view });
}

/** @param {import("./loader.js").Status} status */
function showStatus(status) {
  const element = byId("status");
  element.dataset.status = status;
  element.textContent = strings.live[status];
  element.title = strings.liveTitle[status];
  if (["live", "polling", "past"].includes(status)) byId("stale").hidden = true;
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
byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault();
  const shown = state.view === "map" ? byId("stage") : byId(state.view).querySelector(".scroll");
  shown.focus();
});
byId("zoom-in").addEventListener("click", () => map.zoomBy(1.3));
byId("zoom-out").addEventListener("click", () => map.zoomBy(1 / 1.3));
byId("fit").addEventListener("click", () => map.fit());
byId("rearrange").addEventListener("click", rearrange);
addEventListener("popstate", () => {
  state = { ...parse(location.search), theme: state.theme };
  apply();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || byId("help").open) return;
  if (state.selection !== null) select(null);
  else if (state.at !== "") change({ at: "" });
});
listen({
  "/": () => goTo("search"), f: () => goTo("query-filter"), h: () => goTo("query-hide"), m: () => goTo("query-find"),
  t: () => change({ view: state.view === "map" ? "table" : "map" }),
  e: () => change({ view: "transactions" }),
  l: () => (byId("legend").open = !byId("legend").open),
  c: () => arranging.turn(), r: rearrange, p: () => time.playOrPause(), ",": () => time.seekBy(-1), ".": () => time.seekBy(1),
  "[": () => time.move(-1), "]": () => time.move(1), g: () => time.followOrStay(),
});
listenToLegend(byId("legend-body"), meaning);

/** Brings a box into sight and gives it the focus. @param {string} id */
function goTo(id) {
  document.body.classList.add("choosing");
  byId("options").setAttribute("aria-expanded", "true");
  byId(id).focus();
  byId(id).select();
}

apply();
