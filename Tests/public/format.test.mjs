// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import * as format from "../../public/js/format.js";

/** Thin spaces are hard to see in a table of expectations. */
const plain = (text) => text.replaceAll("\u202f", " ");

test("durations keep three digits and the fitting unit", () => {
  const cases = [
    [undefined, "–"], [null, "–"], [NaN, "–"], [0, "0 s"], [0.0000004, "0.4 µs"], [0.000084, "84 µs"],
    [0.00099949, "999 µs"], [0.0009996, "1 ms"], [0.00125, "1.25 ms"], [0.0182, "18.2 ms"], [0.9996, "1 s"],
    [1.25, "1.25 s"], [59.8, "59.8 s"], [119, "119 s"], [120, "2 min"], [7200, "2 h"], [172800, "2 d"],
  ];
  for (const [value, text] of cases) assert.equal(plain(format.duration(value)), text, String(value));
});

test("a share that is not zero never reads 0 %", () => {
  const cases = [
    [undefined, "–"], [0, "0 %"], [0.000001, "<0.01 %"], [0.00125, "0.13 %"], [0.0257, "2.6 %"],
    [0.0988, "9.9 %"], [0.1, "10 %"], [0.349, "34.9 %"], [1, "100 %"],
  ];
  for (const [value, text] of cases) assert.equal(plain(format.percent(value)), text, String(value));
});

test("rates go from hours to millions", () => {
  const cases = [
    [undefined, "–"], [0, "0/s"], [6.488, "6.5/s"], [0.2, "0.2/s"], [123.4, "123/s"], [12345, "12.3 k/s"],
    [2.5e6, "2.5 M/s"], [0.05, "3/min"], [0.0005, "1.8/h"],
  ];
  for (const [value, text] of cases) assert.equal(plain(format.rate(value)), text, String(value));
});

test("counts are grouped and bytes decimal", () => {
  assert.equal(plain(format.count(0)), "0");
  assert.equal(plain(format.count(undefined)), "0");
  assert.equal(plain(format.count(1234567)), "1 234 567");
  assert.equal(plain(format.bytes(999)), "999 B");
  assert.equal(plain(format.bytes(1252155)), "1.25 MB");
  assert.equal(plain(format.bytes(999_999)), "1 MB");
});

test("a range does not repeat its date", () => {
  assert.deepEqual(format.range("2026-11-22T09:09:10Z", "2026-11-22T09:10:20Z"), ["2026-11-22 09:09:10", "09:10:20 UTC"]);
  assert.deepEqual(format.range("2026-11-22T23:59:50Z", "2026-11-23T00:00:10.5Z"),
    ["2026-11-22 23:59:50", "2026-11-23 00:00:10 UTC"]);
  assert.equal(format.secondsBetween("2026-11-22T09:09:10Z", "2026-11-22T09:10:20Z"), 70);
});

test("an edge says what is spoken, and a port where there is one", () => {
  assert.equal(format.spoken({ protocol: "http", transport: "tcp", port: 80 }), "http :80");
  assert.equal(format.spoken({ transport: "icmp", port: 0 }), "icmp");
});

test("a clock has milliseconds, whatever digits there are", () => {
  assert.equal(format.clock("2026-11-22T09:09:10Z"), "09:09:10.000");
  assert.equal(format.clock("2026-11-22T09:09:10.5Z"), "09:09:10.500");
  assert.equal(format.clock("2026-11-22T09:09:10.123456789Z"), "09:09:10.123");
  assert.equal(format.clock("soon"), "soon");
});
