// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { section } from "./parts.js";

/**
 * What a panel asks the server for beside the graph: loaded when it is looked at, and again when its graph is a newer one.
 * What is known of the same thing stays until there is newer, also where that is of another range.
 *
 * @template T
 */
export class Resource {
  /** @param {(query: string, id: string, signal: AbortSignal) => Promise<T>} fetch @param {() => void} onChange */
  constructor(fetch, onChange) {
    this.fetch = fetch;
    this.onChange = onChange;
    this.forget();
  }

  forget() {
    this.controller?.abort();
    this.id = "";
    this.query = "";
    /** @type {import("../model.js").Model | null} */
    this.model = null;
    /** @type {T | null} */
    this.document = null;
    /** Whether the document answers the question that stood before, of another range say. */
    this.isOld = false;
    this.hasFailed = false;
  }

  /**
   * A section of what is known so far; asks for what is not.
   * @param {string} id @param {import("../model.js").Model} model @param {string} query @param {string} title @param {string} failure
   * @param {(document: T) => (Node | null)[]} show
   */
  section(id, model, query, title, failure, show) {
    this.want(id, model, query);
    if (this.hasFailed) return section(title, this.failure(failure));
    if (this.document === null) return section(title, el("p", { class: "quiet" }, strings.samples.loading));
    const made = section(title, ...show(this.document));
    made.setAttribute("aria-busy", String(this.isOld));
    return made;
  }

  /** What says that there is nothing, and asks again. @param {string} text */
  failure(text) {
    return el("p", { class: "quiet", role: "status" }, `${text} `, el("button", { type: "button", class: "link retry", click: () => this.retry() }, strings.failed.action));
  }

  retry() {
    this.hasFailed = false;
    this.load(this.id, this.query);
    this.onChange();
  }

  /** @param {string} id @param {import("../model.js").Model} model @param {string} query */
  want(id, model, query) {
    if (id === this.id && query === this.query && model === this.model) return;
    if (id !== this.id) this.forget();
    if (query !== this.query) {
      this.isOld = this.document !== null;
      this.hasFailed = false;
    }
    this.id = id;
    this.query = query;
    this.model = model;
    this.load(id, query);
  }

  /** @param {string} id @param {string} query */
  async load(id, query) {
    // An answer to an earlier question never comes in the place of a later one.
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const found = await this.fetch(query, id, controller.signal);
      if (controller.signal.aborted) return;
      this.document = found;
      this.isOld = false;
      this.hasFailed = false;
    } catch {
      // The map's own question tells what is wrong; here it is enough that there is nothing.
      if (controller.signal.aborted) return;
      if (this.isOld) this.document = null;
      this.isOld = false;
      this.hasFailed = this.document === null;
    }
    this.onChange();
  }
}
