// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Numbers, times and durations for people. Pure: the same in a browser and under node. */

const thin = "\u202f";

/** @param {number} value @param {number} digits significant ones */
function significant(value, digits) {
  if (value === 0) return "0";
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(decimals, 9));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `1 234 567`. @param {number | undefined} value */
export function count(value) {
  const digits = String(Math.trunc(Number.isFinite(value) ? Number(value) : 0));
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, thin);
}

/** `1.25 ms`; a dash for what was not measured. @param {number | undefined | null} seconds */
export function duration(seconds) {
  if (seconds === undefined || seconds === null || !Number.isFinite(seconds)) return "–";
  const magnitude = Math.abs(seconds);
  if (magnitude === 0) return `0${thin}s`;
  if (magnitude < 0.0009995) return `${significant(seconds * 1e6, 3)}${thin}µs`;
  if (magnitude < 0.9995) return `${significant(seconds * 1e3, 3)}${thin}ms`;
  if (magnitude < 119.5) return `${significant(seconds, 3)}${thin}s`;
  if (magnitude < 7170) return `${significant(seconds / 60, 3)}${thin}min`;
  if (magnitude < 172800) return `${significant(seconds / 3600, 3)}${thin}h`;
  return `${significant(seconds / 86400, 3)}${thin}d`;
}

/** `2.6 %`. A share that is not zero never reads 0 %. @param {number | undefined | null} share */
export function percent(share) {
  if (share === undefined || share === null || !Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.0001) return `<0.01${thin}%`;
  return `${significant(share * 100, share < 0.1 ? 2 : 3)}${thin}%`;
}

/** `6.5/s`, `12/min`. @param {number | undefined | null} perSecond */
export function rate(perSecond) {
  if (perSecond === undefined || perSecond === null || !Number.isFinite(perSecond)) return "–";
  if (perSecond === 0) return "0/s";
  if (perSecond >= 1e6) return `${significant(perSecond / 1e6, 3)}${thin}M/s`;
  if (perSecond >= 1e4) return `${significant(perSecond / 1e3, 3)}${thin}k/s`;
  if (perSecond >= 0.1) return `${significant(perSecond, 2 + (perSecond >= 100 ? 1 : 0))}/s`;
  if (perSecond * 60 >= 0.1) return `${significant(perSecond * 60, 2)}/min`;
  return `${significant(perSecond * 3600, 2)}/h`;
}

/** `1.2 MB`, decimal units. @param {number | undefined} value */
export function bytes(value) {
  let rest = Number.isFinite(value) ? Number(value) : 0;
  for (const unit of ["B", "kB", "MB", "GB", "TB"]) {
    if (rest < 999.5 || unit === "TB") return `${significant(rest, 3)}${thin}${unit}`;
    rest /= 1000;
  }
  return "";
}

/**
 * Two instants of a range, without repeating a date they share.
 * @param {string} from @param {string} to @returns {[string, string]}
 */
export function range(from, to) {
  const left = instant(from);
  const right = instant(to);
  const isOneDay = left.slice(0, 10) === right.slice(0, 10);
  return [left, `${isOneDay ? right.slice(11) : right} UTC`];
}

/** `2026-11-22 09:09:10`. @param {string} text RFC 3339 in UTC */
export function instant(text) {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text);
  return match ? `${match[1]} ${match[2]}` : text;
}

/** `09:09:10.123`. @param {string} text RFC 3339 in UTC */
export function clock(text) {
  const match = /T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text);
  return match ? `${match[1]}.${(match[2] ?? "").slice(1, 4).padEnd(3, "0")}` : text;
}

/** Seconds between two RFC 3339 instants. @param {string} from @param {string} to */
export function secondsBetween(from, to) {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** `http :80`. @param {{protocol?: string, transport: string, port: number}} edge */
export function spoken(edge) {
  const name = edge.protocol ?? edge.transport;
  return edge.port === 0 ? name : `${name} :${edge.port}`;
}
