// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "../dom.js";
import { strings } from "../strings.js";
import { section } from "./parts.js";

/**
 * What a panel asks the server for beside the graph: loaded when it is looked at, and again when its graph is a newer one.
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
    this.key = "";
    /** @type {import("../model.js").Model | null} */
    this.model = null;
    /** @type {T | null} */
    this.document = null;
    this.hasFailed = false;
  }

  /**
   * A section of what is known so far; asks for what is not.
   * @param {string} id @param {import("../model.js").Model} model @param {string} query @param {string} title @param {string} failure
   * @param {(document: T) => (Node | null)[]} show
   */
  section(id, model, query, title, failure, show) {
    this.want(id, model, query);
    if (this.hasFailed) return section(title, el("p", { class: "quiet" }, failure));
    if (this.document === null) return section(title, el("p", { class: "quiet" }, strings.samples.loading));
    return section(title, ...show(this.document));
  }

  /** @param {string} id @param {import("../model.js").Model} model @param {string} query */
  want(id, model, query) {
    const key = `${query} ${id}`;
    if (key !== this.key) this.forget();
    if (model === this.model) return;
    this.key = key;
    this.model = model;
    this.load(id, query);
  }

  /** @param {string} id @param {string} query */
  async load(id, query) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const found = await this.fetch(query, id, controller.signal);
      if (controller.signal.aborted) return;
      this.document = found;
      this.hasFailed = false;
    } catch {
      // The map's own question tells what is wrong; here it is enough that there is nothing.
      if (controller.signal.aborted) return;
      this.hasFailed = this.document === null;
    }
    this.onChange();
  }
}
