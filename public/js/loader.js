// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { ApiError, fetchGraph, fetchOverview, fetchPicture } from "./api.js";
import { Events } from "./events.js";

/**
 * Asks for what the page shows: at once when the question changes, then when the server tells of something new,
 * or every few seconds where it cannot.
 *
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./api.js").Overview} Overview
 * @typedef {"live" | "polling" | "loading" | "stale" | "paused" | "refused" | "past"} Status
 * @typedef {object} Receiver
 * @property {(status: Status) => void} status
 * @property {(graph: Graph, overview: Overview) => void} graph
 * @property {(overview: Overview) => void} overview what is stored has grown, while the page looks at the past
 * @property {() => import("./map/scene.js").Question[]} pictures to ask for, the best first; none where what stands will do
 * @property {() => string | null} foreseen the query of the picture that will be asked for, where the graph is not needed to know it
 * @property {(text: string, question: import("./map/scene.js").Question) => void} picture
 * @property {() => void} ready everything that was asked for is there
 * @property {(error: unknown, hasData: boolean) => void} failed
 */

const pollMilliseconds = 5_000;
/** What comes in close succession is one change. */
const settleMilliseconds = 300;

export class Loader {
  /** @param {Receiver} receiver */
  constructor(receiver) {
    this.receiver = receiver;
    this.query = "";
    this.tag = "";
    this.hasGraph = false;
    /** Whether the graph is asked for although the question is about the past. */
    this.isForced = false;
    this.wantsPicture = true;
    /** Whether the question is about the end of the data, which moves. */
    this.isLive = true;
    this.isLoading = false;
    /** Whether something changed while the answer to the last question was under way. */
    this.isDue = false;
    /** @type {AbortController | null} */
    this.controller = null;
    this.timer = 0;
    this.events = new Events({ changed: () => this.changed(), connected: () => this.showStatus(), lost: () => this.changed() });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        clearTimeout(this.timer);
        this.events.close();
        receiver.status("paused");
      } else if (this.query !== "") {
        this.load();
      }
    });
  }

  /** Asks a question; the same one only when forced. @param {string} query @param {{wantsPicture: boolean, isLive: boolean, isForced?: boolean}} options */
  ask(query, { wantsPicture, isLive, isForced = false }) {
    const isNew = query !== this.query;
    const wasLive = this.isLive;
    const needsPicture = wantsPicture && this.receiver.pictures().length > 0;
    this.wantsPicture = wantsPicture;
    this.isLive = isLive;
    if (!isNew && !isForced && !needsPicture) {
      if (wasLive !== isLive && !this.isLoading) this.showStatus();
      return;
    }
    if (isNew) {
      this.query = query;
      this.hasGraph = false;
    }
    this.tag = "";
    this.isForced = true;
    this.receiver.status("loading");
    this.load();
  }

  /** Something is stored that the page does not show. */
  changed() {
    if (this.query === "" || document.hidden) return;
    if (this.isLoading) {
      this.isDue = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), settleMilliseconds);
  }

  async load() {
    clearTimeout(this.timer);
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    this.isLoading = true;
    this.isDue = false;
    let isUnreachable = false;
    try {
      await this.step(controller.signal);
      if (controller.signal.aborted) return;
      this.isLoading = false;
      this.receiver.ready();
      this.showStatus();
    } catch (error) {
      if (controller.signal.aborted) return;
      this.isLoading = false;
      const status = error instanceof ApiError ? error.status : -1;
      // A question that the server cannot read is not asked again, nor is one without a right to ask.
      const isRefused = status === 400 || status === 401;
      isUnreachable = status === 0;
      if (isRefused || isUnreachable) this.receiver.status(isRefused ? "refused" : "stale");
      else this.showStatus();
      this.receiver.failed(error, this.hasGraph);
      if (isRefused) return;
    }
    if (document.hidden) return;
    this.events.open();
    const isTold = this.events.isConnected && !isUnreachable;
    if (this.isDue || !isTold) this.timer = setTimeout(() => this.load(), this.isDue ? settleMilliseconds : pollMilliseconds);
  }

  showStatus() {
    this.receiver.status(document.hidden ? "paused" : !this.isLive ? "past" : this.events.isConnected ? "live" : "polling");
  }

  /** @param {AbortSignal} signal */
  async step(signal) {
    const asksGraph = this.isLive || this.isForced;
    // A new question; one that was answered before is mostly answered as before, and nothing else is asked then.
    const isNew = this.tag === "";
    const ended = new AbortController();
    try {
      // The graph first: the server answers in turn, and this is what everything waits for.
      const graph = asksGraph ? fetchGraph(this.query, signal, this.tag) : null;
      const ahead = asksGraph && isNew ? this.drawAhead(AbortSignal.any([signal, ended.signal])) : null;
      const early = isNew || !this.isLive ? fetchOverview(signal) : null;
      // Who fails first is told by whoever waits; the others are not looked at then.
      for (const asked of [graph, early, ahead?.text]) asked?.catch(() => {});
      const answer = await graph;
      this.receive(answer, early ? await early : answer && await fetchOverview(signal), signal);
      if (!signal.aborted && this.wantsPicture) await this.draw(signal, ahead);
    } finally {
      ended.abort();
    }
  }

  /** @param {Awaited<ReturnType<typeof fetchGraph>>} answer @param {Overview | null} overview @param {AbortSignal} signal */
  receive(answer, overview, signal) {
    if (signal.aborted) return;
    if (answer && overview) {
      this.tag = answer.tag;
      this.isForced = false;
      this.hasGraph = true;
      this.receiver.graph(answer.graph, overview);
    } else if (overview) {
      this.receiver.overview(overview);
    }
  }

  /** Asks for the picture while the graph comes. @param {AbortSignal} signal */
  drawAhead(signal) {
    const query = this.receiver.foreseen();
    return query === null ? null : { query, text: fetchPicture(query, signal) };
  }

  /** Asks for a picture where what is shown came to need another one. */
  drawAgain() {
    if (this.isLoading) this.isDue = true;
    else if (this.wantsPicture && this.receiver.pictures().length > 0) this.load();
  }

  /** @param {AbortSignal} signal @param {{query: string, text: Promise<string>} | null} ahead a picture that was asked for already */
  async draw(signal, ahead) {
    const questions = this.receiver.pictures();
    for (const [position, question] of questions.entries()) {
      try {
        const text = await (ahead?.query === question.query ? ahead.text : fetchPicture(question.query, signal));
        if (!signal.aborted) this.receiver.picture(text, question);
        return;
      } catch (error) {
        // What is too large for one picture is tried without what is not shown.
        const isTooLarge = error instanceof ApiError && error.type.endsWith(":graph-too-large");
        if (!isTooLarge || position === questions.length - 1) throw error;
      }
    }
  }
}
