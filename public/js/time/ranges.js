// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * Arithmetic of ranges of time, in milliseconds since 1970. Pure.
 *
 * @typedef {{from: number, to: number}} Span half open
 */

/** What is stored is stored in windows of this length. */
export const windowMilliseconds = 10_000;
/** A timeline shows so many times the range, where there is more. */
const context = 12;

/** @param {string} from RFC 3339 @param {string} to @returns {Span | null} */
export function span(from, to) {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return Number.isFinite(first) && Number.isFinite(last) && first < last ? { from: first, to: last } : null;
}

/** A range as people type it, in UTC: `2026-11-22 09:09`, with seconds or without. @param {string} from @param {string} to */
export function typed(from, to) {
  const [first, last] = [from, to].map((words) => {
    const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?Z?$/.exec(words.trim());
    return match ? `${match[1]}T${match[2]}${match[3] ?? ":00"}Z` : "";
  });
  return span(first, last);
}

/** `2026-11-22T09:09:10Z`. @param {number} milliseconds */
export function text(milliseconds) {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** What a timeline shows: everything, or the range with time around it. @param {Span} range @param {Span} data @returns {Span} */
export function around(range, data) {
  const length = range.to - range.from;
  if (data.to - data.from <= 2 * context * length) return data;
  const margin = (length * (context - 1)) / 2;
  return widened(within({ from: range.from - margin, to: range.to + margin }, data));
}

/** The same length, moved as little as needed into what is stored. @param {Span} range @param {Span} data @returns {Span} */
export function within(range, data) {
  const length = Math.min(range.to - range.from, data.to - data.from);
  const from = Math.min(Math.max(range.from, data.from), data.to - length);
  return { from, to: from + length };
}

/** Moved by whole lengths of it. @param {Span} range @param {number} count negative goes back @param {Span} data */
export function stepped(range, count, data) {
  const length = range.to - range.from;
  return within({ from: range.from + count * length, to: range.to + count * length }, data);
}

/** Twice as long. @param {Span} range @param {Span} data */
export function doubled(range, data) {
  const half = (range.to - range.from) / 2;
  return widened(within({ from: range.from - half, to: range.to + half }, data));
}

/** Out to whole windows. @param {Span} range @returns {Span} */
export function widened(range) {
  const from = Math.floor(range.from / windowMilliseconds) * windowMilliseconds;
  return { from, to: Math.max(Math.ceil(range.to / windowMilliseconds) * windowMilliseconds, from + windowMilliseconds) };
}

/** A length as the server reads it, in its largest unit: `15m`. @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  for (const [unit, length] of /** @type {[string, number][]} */ ([["d", 86_400], ["h", 3_600], ["m", 60]])) {
    // 24h and 60m are how the choices on the page are called.
    if (seconds % length === 0 && seconds / length > (unit === "d" ? 1 : 0)) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}

/** Milliseconds of `1h`; nothing where it is no length. @param {string} words */
export function milliseconds(words) {
  const units = /** @type {Record<string, number>} */ ({ s: 1e3, m: 6e4, h: 36e5, d: 864e5 });
  if (!/^(\d{1,12}[smhd])+$/.test(words)) return null;
  return [...words.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit], 0);
}

/**
 * The range that one is compared with: the one before, as long before as said, or an exact one (`FROM/TO`).
 * @param {string} words of the address @param {Span} range @returns {Span | null}
 */
export function base(words, range) {
  if (words === "before") return { from: range.from - (range.to - range.from), to: range.from };
  const offset = milliseconds(words);
  if (offset !== null) return { from: range.from - offset, to: range.to - offset };
  const [from, to] = words.split("/");
  return span(from ?? "", to ?? "");
}
