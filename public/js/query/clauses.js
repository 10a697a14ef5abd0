// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Expressions put together from parts: what a click on a value adds, and takes away again. Pure. */

/** Text as a string of the language: whatever it holds, it stays one string. @param {string} text */
export function quote(text) {
  const escaped = text.replace(/[\\"]/g, "\\$&").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`);
  return `"${escaped}"`;
}

/** A number that is a double in the language. @param {number} value */
export function double(value) {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A time as the language writes it, in whole microseconds. @param {number} seconds */
export function durationOf(seconds) {
  const micro = Math.round(seconds * 1e6);
  const text = micro % 1e6 === 0 ? `${micro / 1e6}s` : micro % 1e3 === 0 ? `${micro / 1e3}ms` : `${micro}us`;
  return `duration("${text}")`;
}

/**
 * Where an operator stands outside of strings, brackets and comments.
 * @param {string} text @param {string} operator @returns {number[]}
 */
function places(text, operator) {
  const found = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === "'") {
      const isRaw = at > 0 && /[rR]/.test(text[at - 1]) && !/\w/.test(text[at - 2] ?? " ");
      const mark = text.startsWith(character.repeat(3), at) ? character.repeat(3) : character;
      at += mark.length;
      while (at < text.length && !text.startsWith(mark, at)) at += text[at] === "\\" && !isRaw ? 2 : 1;
      at += mark.length - 1;
    } else if (text.startsWith("//", at)) {
      while (at < text.length && text[at] !== "\n") at += 1;
    } else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    else if (depth === 0 && text.startsWith(operator, at)) {
      found.push(at);
      at += operator.length - 1;
    }
  }
  return found;
}

/** The parts that an operator joins, outermost. @param {string} text @param {"&&" | "||"} operator */
export function parts(text, operator) {
  if (text.trim() === "") return [];
  // What binds less tightly holds the whole together.
  const isWhole = places(text, "?").length > 0 || (operator === "&&" && places(text, "||").length > 0);
  if (isWhole) return [text.trim()];
  const result = [];
  let start = 0;
  for (const place of places(text, operator)) {
    result.push(text.slice(start, place).trim());
    start = place + operator.length;
  }
  return [...result, text.slice(start).trim()];
}

/** Whether a part is among those of an expression. @param {string} text @param {string} part @param {"&&" | "||"} operator */
export function has(text, part, operator) {
  return parts(text, operator).some((one) => isSame(one, part));
}

/** @param {string} one @param {string} part */
function isSame(one, part) {
  return one === part || one === `(${part})`;
}

/** With one part more. @param {string} text @param {string} part @param {"&&" | "||"} operator */
export function adding(text, part, operator) {
  const list = parts(text, operator);
  if (list.some((one) => isSame(one, part))) return text;
  return [...list.map((one) => bracketed(one, operator)), bracketed(part, operator)].filter((one) => one !== "").join(` ${operator} `);
}

/** Without a part. @param {string} text @param {string} part @param {"&&" | "||"} operator */
export function removing(text, part, operator) {
  return parts(text, operator).filter((one) => !isSame(one, part)).join(` ${operator} `);
}

/** @param {string} text @param {"&&" | "||"} operator */
function bracketed(text, operator) {
  const isLooser = places(text, "?").length > 0 || (operator === "&&" && places(text, "||").length > 0);
  return isLooser ? `(${text})` : text;
}
