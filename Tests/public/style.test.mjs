// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

/** The colors of one theme by name. @param {string} rule what the block begins with */
function colors(rule) {
  const text = readFileSync(new URL("../../public/style.css", import.meta.url), "utf8");
  const start = text.indexOf(`${rule} {`);
  assert.ok(start >= 0, rule);
  const block = text.slice(start, text.indexOf("}", start));
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}

/** Relative luminance (WCAG 2.2). @param {string} color */
function luminance(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

test("the formula is that of WCAG", () => {
  assert.equal(contrast("#ffffff", "#000000"), 21);
  assert.ok(Math.abs(contrast("#777777", "#ffffff") - 4.48) < 0.01);
});

test("text can be read on whatever it stands on, in both themes (WCAG 1.4.3)", () => {
  const themes = [":root", ":root[data-theme=\"dark\"]", ":root:not([data-theme=\"light\"])"].map(colors);
  assert.deepEqual(themes[1], themes[2], "the dark theme of the system is not that of a person's wish");
  for (const theme of themes) {
    const pairs = [...["text", "quiet", "accent", "failing", "degraded"].flatMap((name) => ["page", "surface"].map((ground) => [name, ground])),
      ["text", "sunken"], ["quiet", "sunken"], ["accent", "accent-soft"], ["surface", "accent"],
      ...["healthy", "degraded", "failing", "unknown"].map((name) => [name, `${name}-soft`])];
    for (const [name, ground] of pairs) {
      const ratio = contrast(theme[name], theme[ground]);
      assert.ok(ratio >= 4.5, `${name} on ${ground}: ${ratio.toFixed(2)}`);
    }
  }
});

test("parts of a picture look the same where they are copied without it", () => {
  // Copies by <use> know no rule that asks for something around them, as the veil makes them of what is selected.
  const text = readFileSync(new URL("../../public/map.css", import.meta.url), "utf8");
  const wrong = text.split("\n").filter((line) => /^\.picture (:is\(\.edge|\.(node|badge|edge|arrow|stub|health)[-. ])/.test(line) && !line.includes(".absent"));
  assert.deepEqual(wrong, []);
});
