// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * The one truth of the page, and its address: the URL and the state are the same thing.
 *
 * @typedef {{kind: "node" | "edge", id: string}} Selection
 * @typedef {object} State
 * @property {string} level
 * @property {string[]} namespaces sorted; empty means all
 * @property {string} label what is written on edges
 * @property {string} view map or table
 * @property {string} theme auto, light or dark
 * @property {string} window duration before the end of the data; empty means all data
 * @property {string} from
 * @property {string} to
 * @property {Selection | null} selection
 */

export const levels = ["pod", "workload", "service", "namespace", "node"];
export const labels = ["summary", "rate", "errors", "p95"];
export const views = ["map", "table"];
export const themes = ["auto", "light", "dark"];

/** @returns {State} */
export function initial() {
  return {
    level: "workload", namespaces: [], label: "summary", view: "map", theme: "auto",
    window: "", from: "", to: "", selection: null,
  };
}

/** @param {string[]} known @param {string | null} value @param {string} fallback */
function oneOf(known, value, fallback) {
  return value !== null && known.includes(value) ? value : fallback;
}

/** What a query string says; what it gets wrong falls back. @param {string} search @returns {State} */
export function parse(search) {
  const query = new URLSearchParams(search);
  const state = initial();
  state.level = oneOf(levels, query.get("level"), state.level);
  state.label = oneOf(labels, query.get("label"), state.label);
  state.view = oneOf(views, query.get("view"), state.view);
  state.theme = oneOf(themes, query.get("theme"), state.theme);
  const names = query.getAll("namespace").flatMap((value) => value.split(","));
  state.namespaces = [...new Set(names.filter((name) => /^[a-z0-9-]{1,63}$/.test(name)))].sort();
  const window = query.get("window") ?? "";
  state.window = /^(\d{1,12}[smhd])+$/.test(window) ? window : "";
  if (state.window === "") {
    state.from = query.get("from") ?? "";
    state.to = query.get("to") ?? "";
  }
  for (const kind of /** @type {const} */ (["node", "edge"])) {
    const id = query.get(kind);
    if (id && state.selection === null) state.selection = { kind, id };
  }
  return state;
}

/** The query string that `parse` reads back; what is as at first is left out. @param {State} state */
export function serialize(state) {
  const first = initial();
  const query = new URLSearchParams();
  for (const key of /** @type {const} */ (["level", "label", "view", "theme", "window", "from", "to"])) {
    if (state[key] !== first[key]) query.set(key, state[key]);
  }
  if (state.namespaces.length > 0) query.set("namespace", state.namespaces.join(","));
  if (state.selection) query.set(state.selection.kind, state.selection.id);
  // Commas and slashes are fine in a query and easier to read.
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** What of the state the server must know, as the query of a graph. @param {State} state */
export function graphQuery(state) {
  const query = new URLSearchParams();
  query.set("level", state.level);
  if (state.namespaces.length > 0) query.set("namespace", state.namespaces.join(","));
  for (const key of /** @type {const} */ (["window", "from", "to"])) {
    if (state[key] !== "") query.set(key, state[key]);
  }
  return `?${query}`;
}
