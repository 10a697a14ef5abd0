// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** A table as a file (RFC 4180). Pure. */

/** One cell: text that a spreadsheet would take for a formula begins with `'`. @param {string | number | undefined} value */
export function cell(value) {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string[]} keys @param {Record<string, string | number | undefined>[]} rows */
export function csv(keys, rows) {
  return [keys, ...rows.map((row) => keys.map((key) => row[key]))].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** Gives a person a file. @param {string} name @param {string} text */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
