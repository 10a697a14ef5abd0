// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { ApiError, fetchFrames } from "../api.js";
import * as ranges from "./ranges.js";

/**
 * The range, step by step, on the map.
 *
 * @typedef {import("../model.js").GraphEdge} GraphEdge
 * @typedef {[edge: number, requests: number, failed: number, p50: number | null, p95: number | null, p99: number | null,
 *   health: string, attempted: number, failedConnects: number, sent: number, received: number, observedSeconds: number]} Cell
 * @typedef {{from: string, observedSeconds: number, cells: Cell[]}} Frame
 * @typedef {{version: number, from: string, to: string, step: number, edges: string[], frames: Frame[]}} FramesDocument
 */

/** Where motion is not wanted, no step is shorter than this. */
const calmMilliseconds = 1_000;

/** Edges of a step as the map draws them. Pure. @param {FramesDocument} frames @param {number} position @param {Map<string, GraphEdge>} known */
export function edgesOf(frames, position, known) {
  /** @type {Map<string, GraphEdge>} */
  const edges = new Map();
  for (const [index, requests, failed, p50, p95, p99, health, attempted, refused, sent, received, seconds] of frames.frames[position]?.cells ?? []) {
    const id = frames.edges[index];
    const edge = known.get(id);
    if (!edge) continue;
    edges.set(id, {
      ...edge, requests, health, inFlight: 0, observedSeconds: seconds, rate: seconds > 0 ? requests / seconds : undefined,
      errorRate: requests > 0 ? failed / requests : undefined, connections: { attempted, refused }, bytes: { sent, received },
      latency: { p50: p50 ?? undefined, p95: p95 ?? undefined, p99: p99 ?? undefined },
      serverTime: {}, rtt: {}, tlsHandshakes: { attempted: 0, completed: 0, failed: {} }, protocols: [],
    });
  }
  return edges;
}

/** The step that holds an instant, or the nearest. Pure. @param {FramesDocument} frames @param {number} instant */
export function positionAt(frames, instant) {
  const first = Date.parse(frames.frames[0]?.from ?? "");
  const position = Math.floor((instant - first) / (frames.step * 1000));
  return Math.min(Math.max(Number.isFinite(position) ? position : 0, 0), Math.max(frames.frames.length - 1, 0));
}

export class Replay {
  /** @param {{shown: () => void, failed: (error: unknown) => void, at: (at: string) => void}} acts `shown` draws the step */
  constructor(acts) {
    this.acts = acts;
    /** @type {FramesDocument | null} */
    this.frames = null;
    this.key = "";
    this.at = "";
    this.speed = 2;
    this.isPlaying = false;
    this.timer = 0;
  }

  /** @param {string} at start of a step; empty ends the replay @param {string} speed @param {string} query of the graph @param {unknown} model that the answer belongs to */
  show(at, speed, query, model) {
    this.at = at;
    this.speed = Number(speed) || 1;
    if (at === "") {
      this.pause();
      this.controller?.abort();
      this.frames = null;
      this.key = "";
      return;
    }
    if (query !== this.key || model !== this.model) this.load(query, model);
  }

  /** @param {string} query @param {unknown} model */
  async load(query, model) {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    this.key = query;
    this.model = model;
    try {
      const frames = await fetchFrames(query, 0, controller.signal).catch((error) => {
        if (error instanceof ApiError && error.step > 0) return fetchFrames(query, error.step, controller.signal);
        throw error;
      });
      if (controller.signal.aborted) return;
      this.frames = frames;
      this.acts.shown();
    } catch (error) {
      if (controller.signal.aborted) return;
      this.acts.failed(error);
    }
  }

  /** The step that is shown; -1 without one. */
  get position() {
    if (this.frames === null || this.frames.frames.length === 0 || this.at === "") return -1;
    return positionAt(this.frames, Date.parse(this.at));
  }

  /** @returns {ranges.Span | null} */
  get part() {
    const frame = this.frames?.frames[this.position];
    if (!frame || !this.frames) return null;
    const from = Date.parse(frame.from);
    return { from, to: from + this.frames.step * 1000 };
  }

  play() {
    this.isPlaying = true;
    // At the end it begins again.
    if (this.frames && this.position === this.frames.frames.length - 1) this.acts.at(this.frames.frames[0].from);
    this.wait();
  }

  pause() {
    this.isPlaying = false;
    clearTimeout(this.timer);
  }

  wait() {
    clearTimeout(this.timer);
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.timer = setTimeout(() => this.tick(), Math.max(1000 / this.speed, isCalm ? calmMilliseconds : 0));
  }

  tick() {
    if (!this.isPlaying) return;
    if (this.frames && this.position >= this.frames.frames.length - 1) {
      this.pause();
      this.acts.shown();
      return;
    }
    this.step(1);
    this.wait();
  }

  /** @param {number} count */
  step(count) {
    if (this.frames === null || this.position < 0) return;
    const next = Math.min(Math.max(this.position + count, 0), this.frames.frames.length - 1);
    this.acts.at(this.frames.frames[next].from);
  }

  /** @param {number} instant */
  seek(instant) {
    if (this.frames && this.frames.frames.length > 0) this.acts.at(this.frames.frames[positionAt(this.frames, instant)].from);
    else this.acts.at(ranges.text(instant));
  }
}
