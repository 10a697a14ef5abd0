// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { fields, knownValues } from "./fields.js";
import { quote } from "./clauses.js";

/**
 * What may stand where the cursor is. Pure.
 *
 * @typedef {{text: string, detail: string}} Choice
 * @typedef {{from: number, to: number, choices: Choice[]}} Completion what to replace, and by what
 * @typedef {Record<string, string[]>} Values by the last part of a field's name: name, namespace, id...
 */

const maximumChoices = 60;

/** @type {Record<string, string[]>} */
const operators = {
  string: ["==", "!=", ".contains(", ".startsWith(", ".endsWith(", ".matches(", "in ["],
  int: [">", ">=", "<", "<=", "==", "!="],
  double: [">", ">=", "<", "<="],
  duration: [">", ">=", "<", "<="],
  timestamp: [">", ">=", "<", "<="],
  bool: ["&&", "||"],
  "list(string)": [".exists(x, x == "],
  "map(string, int)": [".exists(x, x == "],
};
const functions = ["has(", "size(", "duration(", "timestamp("];

/** @param {string} text @param {number} cursor @param {Values} values seen on the map @returns {Completion | null} */
export function complete(text, cursor, values) {
  const before = text.slice(0, cursor);
  const inString = /(?:^|[^\w.`])([a-z]+(?:\.[A-Za-z0-9]+)+)\s*(?:==|!=|in\s*\[(?:[^\]"]|"[^"]*")*?)\s*"([^"\\]*)$/.exec(before)
    ?? /(?:^|[^\w.])([a-z]+\.[a-z]+)\.(?:contains|startsWith|endsWith|matches)\(\s*"([^"\\]*)$/.exec(before)
    ?? /(?:^|[^\w.])([a-z]+\.[a-z]+)\.exists\(\s*\w+,\s*\w+\s*==\s*"([^"\\]*)$/.exec(before);
  if (inString) {
    const from = cursor - inString[2].length - 1;
    const rest = /^[^"\\]*"/.exec(text.slice(cursor))?.[0].length ?? 0;
    return answer(from, cursor + rest, valuesOf(inString[1], values), inString[2]);
  }
  if (isInString(before)) return null;
  const afterOperator = /(?:^|[^\w.])([a-z]+(?:\.[A-Za-z0-9]+)+)\s*(==|!=|>=|<=|>|<|\bin\s*\[)\s*(\w*)$/.exec(before);
  if (afterOperator) return afterComparison(afterOperator[1], cursor - afterOperator[3].length, cursor, afterOperator[3], values);
  const afterField = /(?:^|[^\w.])([a-z]+(?:\.[A-Za-z0-9]+)+)\s+$/.exec(before);
  const type = afterField ? fields.get(afterField[1]) : undefined;
  if (type !== undefined) {
    const list = operators[type].filter((operator) => !operator.startsWith("."));
    return { from: cursor, to: cursor, choices: list.map((operator) => ({ text: operator, detail: "" })) };
  }
  if (/(?:["\d)\]]|\b(?:true|false))\s+$/.test(before)) {
    return { from: cursor, to: cursor, choices: ["&&", "||"].map((operator) => ({ text: operator, detail: "" })) };
  }
  const word = /[A-Za-z][\w.]*$/.exec(before)?.[0] ?? "";
  const rest = /^[\w.]*/.exec(text.slice(cursor))?.[0].length ?? 0;
  return afterWord(word, cursor - word.length, cursor + rest);
}

/** @param {string} word @param {number} from @param {number} to @returns {Completion | null} */
function afterWord(word, from, to) {
  const method = /^([a-z]+(?:\.[A-Za-z0-9]+)+)\.([A-Za-z]*)$/.exec(word);
  const type = method ? fields.get(method[1]) : undefined;
  if (method && type !== undefined) {
    const list = operators[type].filter((operator) => operator.startsWith(`.${method[2]}`));
    const start = from + method[1].length;
    return { from: start, to, choices: list.map((text) => ({ text, detail: "" })) };
  }
  const wanted = word.toLowerCase();
  /** @type {[number, Choice][]} */
  const ranked = [];
  for (const [name, detail] of [...fields, ...functions.map((one) => /** @type {const} */ ([one, ""]))]) {
    const lower = name.toLowerCase();
    const rank = lower === wanted ? -1 : lower.startsWith(wanted) ? 0 : lower.includes(`.${wanted}`) ? 1 : lower.includes(wanted) ? 2 : 3;
    if (rank >= 0 && rank < 3) ranked.push([rank, { text: name, detail }]);
  }
  ranked.sort(([left], [right]) => left - right);
  return { from, to, choices: ranked.slice(0, maximumChoices).map(([, choice]) => choice) };
}

/** @param {string} field @param {number} from @param {number} to @param {string} typed @param {Values} values */
function afterComparison(field, from, to, typed, values) {
  switch (fields.get(field)) {
    case "string": return answer(from, to, valuesOf(field, values), typed);
    case "duration": return raw(from, to, ["1ms", "10ms", "100ms", "250ms", "1s"].map((text) => `duration("${text}")`), typed);
    case "double": return raw(from, to, field.endsWith("Rate") ? ["0.01", "0.05", "0.1", "0.5"] : ["1.0", "10.0"], typed);
    case "bool": return raw(from, to, ["true", "false"], typed);
    case "timestamp": return raw(from, to, ["timestamp("], typed);
    default: return null;
  }
}

/** @param {number} from @param {number} to @param {string[]} list @param {string} typed @returns {Completion} */
function raw(from, to, list, typed) {
  return { from, to, choices: list.filter((text) => text.startsWith(typed) && text !== typed).map((text) => ({ text, detail: "" })) };
}

/** @param {number} from @param {number} to @param {string[]} list @param {string} typed @returns {Completion} */
function answer(from, to, list, typed) {
  const wanted = typed.toLowerCase();
  const starts = list.filter((value) => value.toLowerCase().startsWith(wanted));
  const holds = list.filter((value) => !starts.includes(value) && value.toLowerCase().includes(wanted));
  return { from, to, choices: [...starts, ...holds].slice(0, maximumChoices).map((value) => ({ text: quote(value), detail: "" })) };
}

/** @param {string} field @param {Values} values */
function valuesOf(field, values) {
  const last = field.split(".").pop() ?? "";
  if (field.startsWith("edge.") && last === "id") return values.edge ?? [];
  return [...new Set([...(knownValues[last] ?? []), ...(values[last === "protocols" ? "protocol" : last] ?? [])])];
}

/** @param {string} before */
function isInString(before) {
  return (before.replace(/\\./g, "").match(/"/g) ?? []).length % 2 === 1;
}
