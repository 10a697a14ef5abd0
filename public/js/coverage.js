// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el, render } from "./dom.js";
import { strings } from "./strings.js";
import { count, duration, percent } from "./format.js";

/** @typedef {import("./model.js").Coverage} Coverage */

/** A range is widened to whole windows of 10 s at either end: so many seconds without a watcher say nothing. */
const widening = 20;

/**
 * What is known of what was seen and what was not, in sentences. Pure.
 * @param {Coverage | undefined} coverage @param {number} [unwatched] seconds of the range in which nobody watched
 * @returns {{summary: string, isFine: boolean, sentences: {text: string, isLoss: boolean}[]}}
 */
export function describe(coverage, unwatched = 0) {
  const text = strings.coverage;
  if (!coverage || coverage.frames === 0) return { summary: text.none, isFine: true, sentences: [] };
  const share = (/** @type {number} */ value) => percent(value / coverage.frames);
  /** @type {{text: string, isLoss: boolean}[]} */
  const sentences = [{ text: text.metered(count(coverage.metered), share(coverage.metered)), isLoss: false }];
  const add = (/** @type {string} */ sentence, isLoss = false) => sentences.push({ text: sentence, isLoss });
  if (coverage.duplicate > 0) add(text.duplicate(count(coverage.duplicate), share(coverage.duplicate)));
  if (coverage.translated > 0) add(text.translated(count(coverage.translated), share(coverage.translated)));
  if (coverage.notMetered > 0) add(text.notMetered(count(coverage.notMetered)));
  if (coverage.filtered > 0) add(text.filtered(count(coverage.filtered)));
  const undecodable = Object.entries(coverage.undecodable ?? {}).filter(([, value]) => value > 0);
  for (const [cause, value] of undecodable) add(text.undecodable(count(value), cause), true);
  if (undecodable.length === 0) add(text.allDecoded);
  const losses = Object.entries(coverage.losses ?? {}).filter(([, value]) => value > 0);
  for (const [cause, value] of losses) {
    const words = text.losses[/** @type {keyof text.losses} */ (cause)] ?? cause;
    const remedy = text.remedies[/** @type {keyof text.remedies} */ (cause)];
    add([`${count(value)} ${words}.`, ...(remedy ? [remedy] : [])].join(" "), true);
  }
  const isGap = unwatched > widening;
  if (isGap) add(text.unwatched(duration(unwatched)), true);
  if (losses.length === 0 && !isGap) add(text.noLosses);
  const kinds = undecodable.length + losses.length + Number(isGap);
  const summary = `${text.frames(count(coverage.frames))} · ${kinds === 0 ? text.shortFine : text.shortLosses(kinds)}`;
  return { summary, isFine: kinds === 0, sentences };
}

/** @param {HTMLElement} element a details element @param {Coverage | undefined} coverage @param {string[]} reporters @param {number} unwatched */
export function showCoverage(element, coverage, reporters, unwatched) {
  const told = describe(coverage, unwatched);
  const summary = el("summary", { class: told.isFine ? "fine" : "lossy" },
    el("b", {}, strings.coverage.title), el("span", {}, told.summary));
  const list = el("ul", {}, ...told.sentences.map((sentence) =>
    el("li", { class: sentence.isLoss ? "loss" : "" }, sentence.text)));
  if (reporters.length > 0) list.append(el("li", {}, strings.coverage.reporters(reporters.join(", "))));
  render(element, summary, list);
}
