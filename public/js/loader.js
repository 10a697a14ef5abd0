// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { ApiError, fetchGraph, fetchOverview, fetchPicture } from "./api.js";

/**
 * Asks for what the page shows: at once when the question changes, then every few seconds.
 *
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./api.js").Overview} Overview
 * @typedef {object} Receiver
 * @property {(status: "live" | "loading" | "stale" | "paused" | "refused") => void} status
 * @property {(graph: Graph, overview: Overview) => void} graph
 * @property {(text: string) => void} picture
 * @property {(error: unknown, hasData: boolean) => void} failed
 */

const pollMilliseconds = 5_000;

export class Loader {
  /** @param {Receiver} receiver */
  constructor(receiver) {
    this.receiver = receiver;
    this.query = "";
    this.tag = "";
    this.hasGraph = false;
    this.hasPicture = false;
    this.wantsPicture = true;
    /** @type {AbortController | null} */
    this.controller = null;
    this.timer = 0;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        clearTimeout(this.timer);
        receiver.status("paused");
      } else if (this.query !== "") {
        this.load();
      }
    });
  }

  /** Asks a question; the same one only when forced. @param {string} query @param {{wantsPicture: boolean, isForced?: boolean}} options */
  ask(query, { wantsPicture, isForced = false }) {
    const isNew = query !== this.query;
    const needsPicture = wantsPicture && !this.hasPicture;
    this.wantsPicture = wantsPicture;
    if (!isNew && !isForced && !needsPicture) return;
    if (isNew) {
      this.query = query;
      this.hasGraph = false;
    }
    this.tag = "";
    this.hasPicture = false;
    this.receiver.status("loading");
    this.load();
  }

  async load() {
    clearTimeout(this.timer);
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      await this.step(controller.signal);
      if (controller.signal.aborted) return;
      this.receiver.status(document.hidden ? "paused" : "live");
    } catch (error) {
      if (controller.signal.aborted) return;
      // A question that the server cannot read is not asked again.
      const isRefused = error instanceof ApiError && error.status === 400;
      this.receiver.status(isRefused ? "refused" : error instanceof ApiError && error.isUnreachable ? "stale" : "live");
      this.receiver.failed(error, this.hasGraph);
      if (isRefused) return;
    }
    if (!document.hidden) this.timer = setTimeout(() => this.load(), pollMilliseconds);
  }

  /** @param {AbortSignal} signal */
  async step(signal) {
    const answer = await fetchGraph(this.query, signal, this.tag);
    if (answer) {
      const overview = await fetchOverview(signal);
      if (signal.aborted) return;
      this.tag = answer.tag;
      this.hasGraph = true;
      this.hasPicture = false;
      this.receiver.graph(answer.graph, overview);
      this.isEmpty = answer.graph.nodes.length === 0;
    }
    if (this.hasPicture || !this.wantsPicture || this.isEmpty) return;
    const text = await fetchPicture(this.query, signal);
    if (signal.aborted) return;
    // A picture that is refused is not asked for again until the graph changes.
    this.hasPicture = true;
    this.receiver.picture(text);
  }
}
