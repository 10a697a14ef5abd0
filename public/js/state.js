// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * The one truth of the page, and its address: the URL and the state are the same thing.
 *
 * @typedef {{kind: "node" | "edge" | "pair" | "box", id: string}} Selection a pair is all edges between two ends, a box is a namespace, or `KEY=VALUE`
 * @typedef {object} State
 * @property {string} level
 * @property {string[]} namespaces sorted; empty means all
 * @property {string} label what is written on edges
 * @property {string} view map, table or transactions
 * @property {string} theme auto, light or dark
 * @property {string} window duration before the end of the data; empty means all data
 * @property {string} from
 * @property {string} to
 * @property {string} at start of the step of a replay; empty without one
 * @property {string} speed of a replay, steps a second
 * @property {string} compare what the range is compared with: `before`, a duration before, an exact range `FROM/TO`; empty without
 * @property {string} filter expression of what is shown; empty means all
 * @property {string} hide expression of what is left out
 * @property {string} find expression of what is marked
 * @property {string} focus id of the node around which is shown; empty means everything
 * @property {string} depth steps around it; empty means one
 * @property {string} top how many edges at most; empty means all
 * @property {string} group `namespace` or `label:KEY`; empty means by level
 * @property {string} layout how the map is arranged
 * @property {string} boxes what has boxes around its nodes: `namespace`, `none`, `label:KEY`
 * @property {string[]} collapse boxes that are one node each, namespaces or labels as KEY=VALUE, sorted
 * @property {string} fold how far unknown peers are folded; empty lets the server choose
 * @property {string} tab what the table lists
 * @property {string} sort column of the table, with `-` before it for descending
 * @property {string} gather `no` where edges between the same two ends have a row and a line each
 * @property {string[]} apart pairs of ends whose edges have a line each, sorted
 * @property {string} text what rows of the table hold
 * @property {string} protocol of the transactions in the list; empty means all
 * @property {string} outcome of theirs
 * @property {string} operation of theirs
 * @property {string} transaction when the one began that the list tells more of
 * @property {Selection | null} selection
 */

export const levels = ["pod", "workload", "service", "namespace", "node"];
export const labels = ["summary", "rate", "errors", "p50", "p95", "p99", "serverTime", "rtt", "bytes", "connects"];
export const views = ["map", "table", "transactions"];
export const themes = ["auto", "light", "dark"];
export const layouts = ["layered", "radial", "compact"];
/** The server takes no more namespaces in one question. */
export const maximumCollapsed = 100;
/** More pairs than this are not taken apart one by one. */
export const maximumApart = 32;
const maximumId = 1_100;
export const folds = ["", "none", "domain", "cidr", "internet"];
export const speeds = ["0.5", "1", "2", "4", "8"];
export const tabs = ["edges", "nodes", "namespaces"];
export const maximumDepth = 16;
/** The server takes no longer ones. */
const maximumExpression = 8192;

/** Parts of the state that are words of the URL as they are. */
const words = /** @type {const} */ ([
  "level", "label", "view", "theme", "window", "from", "to", "filter", "hide", "find", "focus", "depth", "top", "group", "fold",
  "layout", "boxes", "tab", "sort", "gather", "text", "protocol", "outcome", "operation", "transaction", "at", "speed", "compare",
]);

/** @returns {State} */
export function initial() {
  return {
    level: "workload", namespaces: [], label: "summary", view: "map", theme: "auto",
    window: "", from: "", to: "", filter: "", hide: "", find: "", focus: "", depth: "", top: "", group: "", fold: "",
    layout: "layered", boxes: "namespace", collapse: [],
    tab: "edges", sort: "", gather: "", apart: [], text: "", protocol: "", outcome: "", operation: "", transaction: "",
    at: "", speed: "2", compare: "", selection: null,
  };
}

/** @param {string[]} known @param {string | null} value @param {string} fallback */
function oneOf(known, value, fallback) {
  return value !== null && known.includes(value) ? value : fallback;
}

/** A whole number within limits, as text; empty where it is none. @param {string | null} value @param {number} maximum */
function whole(value, maximum) {
  return value !== null && /^[1-9]\d{0,5}$/.test(value) && Number(value) <= maximum ? value : "";
}

/** Whether the server takes a name for that of a namespace. @param {string} name */
export function isNamespace(name) {
  return /^[a-z0-9-]{1,63}$/.test(name);
}

/** Whether a box can be one node: a namespace, or a label with its value. @param {string} id */
export function isBox(id) {
  return isNamespace(id) || /^[A-Za-z0-9._/-]{1,317}=[A-Za-z0-9._-]{1,63}$/.test(id);
}

/** Names separated by commas, sorted. @param {URLSearchParams} query @param {string} key @param {(name: string) => boolean} isName */
function names(query, key, isName) {
  return [...new Set(query.getAll(key).flatMap((value) => value.split(",")).filter(isName))].sort();
}

/** What a query string says; what it gets wrong falls back. @param {string} search @returns {State} */
export function parse(search) {
  // A space is %20 here as it is for the server, so a plus is a plus.
  const query = new URLSearchParams(search.replaceAll("+", "%2B"));
  const state = initial();
  state.level = oneOf(levels, query.get("level"), state.level);
  state.label = oneOf(labels, query.get("label"), state.label);
  state.view = oneOf(views, query.get("view"), state.view);
  state.theme = oneOf(themes, query.get("theme"), state.theme);
  state.fold = oneOf(folds, query.get("fold"), state.fold);
  state.tab = oneOf(tabs, query.get("tab"), state.tab);
  state.layout = oneOf(layouts, query.get("layout"), state.layout);
  const boxes = query.get("boxes") ?? "";
  state.boxes = boxes === "none" || /^label:[A-Za-z0-9._/-]{1,317}$/.test(boxes) ? boxes : state.boxes;
  state.namespaces = names(query, "namespace", isNamespace);
  state.collapse = names(query, "collapse", isBox).slice(0, maximumCollapsed);
  const window = query.get("window") ?? "";
  state.window = /^(\d{1,12}[smhd])+$/.test(window) ? window : "";
  if (state.window === "") {
    state.from = query.get("from") ?? "";
    state.to = query.get("to") ?? "";
  }
  const at = query.get("at") ?? "";
  state.at = Number.isFinite(Date.parse(at)) ? at : "";
  state.speed = oneOf(speeds, query.get("speed"), state.speed);
  const compare = query.get("compare") ?? "";
  state.compare = /^(before|(\d{1,12}[smhd])+|[\dTZ:.-]{10,40}\/[\dTZ:.-]{10,40})$/.test(compare) ? compare : "";
  for (const key of /** @type {const} */ (["filter", "hide", "find"])) state[key] = (query.get(key) ?? "").slice(0, maximumExpression);
  state.focus = query.get("focus") ?? "";
  state.depth = state.focus === "" ? "" : whole(query.get("depth"), maximumDepth);
  state.top = whole(query.get("top"), 100_000);
  const group = query.get("group") ?? "";
  state.group = group === "namespace" || /^label:.{1,320}$/.test(group) ? group : "";
  const sort = query.get("sort") ?? "";
  state.sort = /^-?[A-Za-z0-9]{1,40}$/.test(sort) ? sort : "";
  state.gather = oneOf(["no"], query.get("gather"), "");
  state.apart = [...new Set(query.getAll("apart").filter((id) => id.length <= maximumId))].sort().slice(0, maximumApart);
  state.text = (query.get("text") ?? "").slice(0, 200);
  for (const key of /** @type {const} */ (["protocol", "outcome"])) {
    const word = query.get(key) ?? "";
    state[key] = /^[A-Za-z0-9]{1,40}$/.test(word) ? word : "";
  }
  state.operation = (query.get("operation") ?? "").slice(0, 1_024);
  const began = query.get("transaction") ?? "";
  state.transaction = /^[0-9TZ:.-]{1,40}$/.test(began) ? began : "";
  for (const kind of /** @type {const} */ (["node", "edge", "pair", "box"])) {
    const id = query.get(kind);
    if (id && state.selection === null) state.selection = { kind, id };
  }
  return state;
}

/** The query string that `parse` reads back; what is as at first is left out. @param {State} state */
export function serialize(state) {
  const first = initial();
  const query = new URLSearchParams();
  for (const key of words) {
    if (state[key] !== first[key]) query.set(key, state[key]);
  }
  if (state.namespaces.length > 0) query.set("namespace", state.namespaces.join(","));
  if (state.collapse.length > 0) query.set("collapse", state.collapse.join(","));
  for (const id of state.apart) query.append("apart", id);
  if (state.selection) query.set(state.selection.kind, state.selection.id);
  // Commas and slashes are fine in a query and easier to read.
  const text = encoded(query).replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** What of the state the server must know, as the query of a graph. @param {State} state */
export function graphQuery(state) {
  const query = new URLSearchParams();
  query.set("level", state.level);
  if (state.namespaces.length > 0) query.set("namespace", state.namespaces.join(","));
  for (const key of /** @type {const} */ (["window", "from", "to", "filter", "hide", "find", "focus", "depth", "top", "group", "fold"])) {
    if (state[key] !== "") query.set(key, state[key]);
  }
  if (state.collapse.length > 0) query.set("collapse", state.collapse.join(","));
  const first = initial();
  for (const key of /** @type {const} */ (["layout", "boxes"])) if (state[key] !== first[key]) query.set(key, state[key]);
  return `?${encoded(query)}`;
}

/** Whether the question for the picture follows from the state: what a comparison has gone is known with the graph only. @param {State} state */
export function isForeseen(state) {
  return state.view === "map" && state.compare === "";
}

/** The same question without what only the graph's JSON knows. @param {string} query */
export function pictureQuery(query) {
  return without(query, ["find"]);
}

/** The same question without what only graphs have: series, replays and the like are of the traffic alone. @param {string} query */
export function trafficQuery(query) {
  return without(query, ["find", "layout", "boxes"]);
}

/** @param {string} query @param {string[]} names */
function without(query, names) {
  const parameters = new URLSearchParams(query.replaceAll("+", "%2B"));
  for (const name of names) parameters.delete(name);
  return `?${encoded(parameters)}`;
}

/** @param {URLSearchParams} query */
function encoded(query) {
  return query.toString().replaceAll("+", "%20");
}
