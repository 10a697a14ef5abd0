// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el, render } from "../dom.js";
import { clock, instant } from "../format.js";
import { strings } from "../strings.js";
import { Compare } from "./compare.js";
import * as ranges from "./ranges.js";
import { speeds } from "../state.js";
import { Replay, edgesOf } from "./replay.js";
import { Timeline } from "./timeline.js";

/**
 * Everything about time below the map: the timeline, steps and exact ranges, replay, the second range, live.
 *
 * @typedef {import("../state.js").State} State
 * @typedef {import("../model.js").Model} Model
 * @typedef {object} Acts
 * @property {(change: Partial<State>) => void} change
 * @property {(id: string) => void} select an edge
 * @property {(at: string) => void} seek another step of a replay
 * @property {() => void} redraw the map shows a step or a comparison, or none any more
 * @property {() => void} draw a picture is needed for what is compared
 */

/** Whether the end of the data is looked at, which moves. @param {State} state */
export function isLive(state) {
  return state.at === "" && (state.to === "" || state.to.startsWith("now"));
}

export class TimeBar {
  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    /** @type {State | null} */
    this.state = null;
    /** @type {Model | null} */
    this.model = null;
    /** @type {ranges.Span | null} */
    this.range = null;
    /** @type {ranges.Span | null} */
    this.data = null;
    this.message = "";
    this.timeline = new Timeline(byId("timeline"), {
      choose: (range) => this.choose(range),
      compare: ({ from, to }) => acts.change({ compare: `${ranges.text(from)}/${ranges.text(to)}` }),
      seek: (at) => {
        if (this.state?.at !== "") this.replay.seek(at);
      },
    });
    this.replay = new Replay({
      shown: () => {
        this.message = "";
        this.showReplay();
        acts.redraw();
      },
      failed: (error) => {
        this.message = error instanceof Error ? error.message : "";
        this.showReplay();
      },
      at: (at) => (this.state?.at === "" || at === "" ? acts.change({ at }) : acts.seek(at)),
    });
    this.compare = new Compare(byId("changes"), {
      shown: () => {
        acts.draw();
        acts.redraw();
      },
      select: acts.select, name: (id) => this.model?.name(id) ?? id, stop: () => acts.change({ compare: "" }),
    });
    byId("speed").replaceChildren(...speeds.map((speed) => el("option", { value: speed }, strings.time.speed(speed))));
    byId("speed").addEventListener("change", () => acts.change({ speed: byId("speed").value }));
    byId("compare").addEventListener("change", () => {
      if (byId("compare").value !== "exact") acts.change({ compare: byId("compare").value });
    });
    byId("exact").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.take(event.submitter?.id === "exact-compare");
    });
    for (const [id, act] of Object.entries(this.actions())) byId(id).addEventListener("click", act);
  }

  /** What the buttons do, by their ids. @returns {Record<string, () => void>} */
  actions() {
    return {
      "time-back": () => this.move(-1), "time-forward": () => this.move(1), "time-all": () => this.acts.change(everything),
      "time-out": () => {
        if (this.range && this.data) this.choose(ranges.doubled(this.range, this.data));
      },
      play: () => this.playOrPause(), "play-back": () => this.seekBy(-1), "play-forward": () => this.seekBy(1),
      "play-stop": () => this.acts.change({ at: "" }), live: () => this.followOrStay(),
    };
  }

  /** @param {State} state @param {Model} model @param {import("../api.js").Overview} overview @param {string} query of the graph */
  show(state, model, overview, query) {
    this.state = state;
    this.model = model;
    this.data = ranges.span(overview.from ?? "", overview.to ?? "");
    this.range = ranges.span(model.graph.from, model.graph.to);
    const isKnown = this.data !== null && this.range !== null;
    byId("time").hidden = !isKnown;
    if (!this.data || !this.range) return;
    const base = state.compare === "" ? null : ranges.base(state.compare, this.range);
    this.timeline.show({ range: this.range, data: this.data, base, query, isLive: isLive(state) });
    this.replay.show(state.at, state.speed, query, model);
    this.compare.show(base, query, model);
    this.showReplay();
    this.showControls(state);
  }

  /** Another step of the replay that goes on. @param {State} state */
  seeked(state) {
    this.state = state;
    this.replay.at = state.at;
    this.showReplay();
  }

  /** @param {State} state */
  showControls(state) {
    const choices = Object.entries(strings.compare.choices);
    if (!(state.compare in strings.compare.choices)) choices.push(["exact", strings.compare.exact]);
    render(byId("compare"), ...choices.map(([value, words]) => el("option", { value }, words)));
    byId("compare").value = state.compare in strings.compare.choices ? state.compare : "exact";
    const live = isLive(state);
    byId("live").setAttribute("aria-pressed", String(live));
    byId("live").title = live ? strings.time.stay : strings.time.follow;
    if (!byId("range-menu").open && this.range) {
      byId("exact-from").value = instant(ranges.text(this.range.from));
      byId("exact-to").value = instant(ranges.text(this.range.to));
    }
    byId("speed").value = state.speed;
    byId("time-back").disabled = !this.range || !this.data || this.range.from <= this.data.from;
    byId("time-forward").disabled = !this.range || !this.data || this.range.to >= this.data.to;
  }

  showReplay() {
    const isOn = this.state?.at !== "";
    const { part, isPlaying, frames } = this.replay;
    byId("replaying").hidden = !isOn;
    byId("play").setAttribute("aria-label", isPlaying ? strings.time.pause : strings.time.play);
    byId("play").dataset.playing = String(isPlaying);
    byId("replay-clock").textContent = this.message !== "" ? this.message : part === null ? strings.samples.loading
      : strings.time.step(instant(ranges.text(part.from)).slice(11), clock(ranges.text(part.to)).slice(0, 8), this.replay.position + 1, frames?.frames.length ?? 0);
    this.timeline.cursor(isOn ? part : null);
  }

  /** What the map shows instead of the whole range; nothing while it shows that. */
  get step() {
    const { frames, position } = this.replay;
    if (frames === null || position < 0 || this.model === null) return null;
    return edgesOf(frames, position, this.model.edges);
  }

  /** @param {ranges.Span} range */
  choose({ from, to }) {
    this.replay.pause();
    // The next step begins here, even if the graph is not there yet.
    this.range = { from, to };
    this.acts.change({ from: ranges.text(from), to: ranges.text(to), window: "", at: "" });
  }

  /** @param {number} count */
  move(count) {
    if (this.range && this.data) this.choose(ranges.stepped(this.range, count, this.data));
  }

  playOrPause() {
    if (this.replay.isPlaying) this.replay.pause();
    else if (this.state?.at === "") {
      this.replay.play();
      this.acts.change({ at: this.model?.graph.from ?? "" });
    } else this.replay.play();
    this.showReplay();
  }

  /** @param {number} count */
  seekBy(count) {
    this.replay.pause();
    if (this.state?.at === "") this.acts.change({ at: this.model?.graph.from ?? "" });
    else this.replay.step(count);
    this.showReplay();
  }

  /** From the past to the end of the data, or the other way round. */
  followOrStay() {
    if (this.state === null || !this.range || !this.data) return;
    if (isLive(this.state)) {
      this.choose(this.range);
      return;
    }
    const isAll = this.range.from <= this.data.from && this.range.to >= this.data.to;
    this.acts.change({ from: "", to: "", at: "", window: isAll ? "" : ranges.duration(this.range.to - this.range.from) });
  }

  /** The exact range that was typed. @param {boolean} isBase */
  take(isBase) {
    const range = ranges.typed(byId("exact-from").value, byId("exact-to").value);
    byId("exact-fault").textContent = range === null ? strings.time.fault : "";
    if (range === null) return;
    byId("range-menu").open = false;
    if (isBase) this.acts.change({ compare: `${ranges.text(range.from)}/${ranges.text(range.to)}` });
    else this.choose(range);
  }
}

const everything = { from: "", to: "", window: "", at: "" };
