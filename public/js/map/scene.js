// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * What the picture is laid out for: a range that contains the shown one, and grows when something comes into
 * sight that is not on the picture. Everything else is restyled where it stands. Pure.
 *
 * @typedef {import("../model.js").Graph} Graph
 * @typedef {{from: string, to: string}} Range
 * @typedef {{query: string, range: Range}} Question a query of a picture, and the range it is laid out for
 */

/** What makes other nodes of the same traffic, or puts them elsewhere: a picture of one cannot be restyled into one of another. */
const kinds = ["level", "group", "fold", "collapse", "layout", "boxes"];

export class Scene {
  constructor() {
    this.reset();
  }

  /** The next picture is laid out anew. */
  reset() {
    this.key = "";
    /** @type {Range | null} */
    this.range = null;
    /** The server's name of the picture, by which it keeps its places. */
    this.picture = "";
  }

  /** Whether the picture that stands is of the same kind of nodes. @param {string} query of a graph */
  fits(query) {
    return this.range !== null && this.key === keyOf(query);
  }

  /**
   * Pictures to ask for, the best first: of everything the scene had and has, else of what is shown.
   * @param {string} query of the graph @param {Graph} graph @param {Range | null} other a range compared with
   * @returns {Question[]}
   */
  questions(query, graph, other) {
    const shown = { from: graph.from, to: graph.to };
    const keep = this.fits(query) ? this.picture : "";
    const wide = [this.fits(query) ? this.range : null, other].reduce((sum, next) => (next ? union(sum, next) : sum), shown);
    const isWider = wide.from !== shown.from || wide.to !== shown.to;
    return [...(isWider ? [wide] : []), shown].map((range, position) => {
      const isShown = !isWider || position === 1;
      return { query: isShown ? withKeep(query, keep) : withKeep(inRange(query, range), keep), range };
    });
  }

  /** @param {string} query of the graph @param {Range} range @param {string} picture its name; empty where the server has none */
  stands(query, range, picture) {
    this.key = keyOf(query);
    this.range = range;
    this.picture = picture;
  }
}

/** @param {string} query */
function keyOf(query) {
  const parameters = read(query);
  return kinds.map((name) => parameters.get(name) ?? "").join("\n");
}

/** The same question of another range. @param {string} query @param {Range} range */
export function inRange(query, range) {
  const parameters = read(query);
  parameters.delete("window");
  parameters.set("from", range.from);
  parameters.set("to", range.to);
  return write(parameters);
}

/** @param {string} query @param {string} keep */
function withKeep(query, keep) {
  if (keep === "") return query;
  const parameters = read(query);
  parameters.set("keep", keep);
  return write(parameters);
}

/** @param {Range} one @param {Range} other @returns {Range} */
export function union(one, other) {
  return {
    from: Date.parse(other.from) < Date.parse(one.from) ? other.from : one.from,
    to: Date.parse(other.to) > Date.parse(one.to) ? other.to : one.to,
  };
}

/** @param {string} query */
function read(query) {
  return new URLSearchParams(query.replaceAll("+", "%2B"));
}

/** @param {URLSearchParams} parameters */
function write(parameters) {
  return `?${parameters.toString().replaceAll("+", "%20")}`;
}
