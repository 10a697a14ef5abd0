// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId } from "../dom.js";
import { ExpressionBox } from "./box.js";
import { adding, has, parts, removing } from "./clauses.js";
import { SeenValues } from "./seen.js";

/**
 * The three boxes for expressions. The expressions are the truth: a legend entry or a tick is pressed where they hold its part.
 *
 * @typedef {import("./box.js").BoxName} BoxName
 * @typedef {import("../state.js").State} State
 */

/** What the ticks hide. */
export const unknownPeers = 'client.identifiedBy == "nothing" || server.identifiedBy == "nothing"';
export const internetPeers = 'client.kind == "internet" || server.kind == "internet"';

/** What joins the parts of each. @type {Record<BoxName, "&&" | "||">} */
export const joints = { filter: "&&", hide: "||", find: "||" };

export class QueryBar {
  /** @param {(change: Partial<State>) => void} onChange */
  constructor(onChange) {
    this.seen = new SeenValues();
    const names = /** @type {const} */ (["filter", "hide", "find"]);
    this.boxes = names.map((name) => {
      const place = document.createElement("div");
      place.className = "field expression";
      byId("query").append(place);
      return new ExpressionBox(place, name, (text) => onChange({ [name]: text }), () => this.seen.lists);
    });
  }

  /** @param {State} state */
  show(state) {
    for (const box of this.boxes) box.show(state[box.name]);
  }

  /** Whether a mistake belongs to one of the boxes, which then shows it. @param {import("../api.js").ApiError} error */
  take(error) {
    const box = this.boxes.find((one) => one.name === error.parameter);
    box?.setMistake({ message: error.message, suggestion: error.suggestion, offset: error.offset, length: error.length });
    return box !== undefined;
  }

  clearMistakes() {
    for (const box of this.boxes) box.setMistake(null);
  }
}

/** Whether all parts of a clause are among those of an expression. @param {State} state @param {BoxName} name @param {string} clause */
export function holds(state, name, clause) {
  return pieces(name, clause).every((part) => has(state[name], part, joints[name]));
}

/** The change that adds a clause, or takes it away. @param {State} state @param {BoxName} name @param {string} clause @returns {Partial<State>} */
export function toggling(state, name, clause) {
  const isThere = holds(state, name, clause);
  const text = pieces(name, clause).reduce(
    (before, part) => (isThere ? removing : adding)(before, part, joints[name]), state[name]);
  return { [name]: text };
}

/** @param {BoxName} name @param {string} clause */
function pieces(name, clause) {
  return parts(clause, joints[name]);
}
