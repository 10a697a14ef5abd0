// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { command, word } from "../../public/js/panel/command.js";
import { atLeastRate, atLeastTime } from "../../public/js/panel/value.js";
import { holds, toggling } from "../../public/js/query/bar.js";
import { adding, has, parts, quote, removing } from "../../public/js/query/clauses.js";
import { complete } from "../../public/js/query/complete.js";
import { fields } from "../../public/js/query/fields.js";
import { initial } from "../../public/js/state.js";

test("the fields are those of the documentation, with their types", () => {
  const table = readFileSync(new URL("../../docs/formats/expressions.md", import.meta.url), "utf8").split("<!-- fields -->")[1];
  const documented = [...table.matchAll(/^\| `([^`]+)` \| ([^|]+?) \|/gm)].map((match) => `${match[1]} ${match[2]}`);
  assert.ok(documented.length > 100);
  assert.deepEqual([...fields].map((entry) => entry.join(" ")).sort(), documented.sort());
});

test("completion knows what can come next", () => {
  const values = { name: ["app", "nginx"], namespace: ["demo"], protocol: ["http"], id: ["pod/a/b"], edge: [] };
  const choices = (text) => complete(text, text.length, values)?.choices.map((choice) => choice.text) ?? [];
  assert.equal(choices("edge.err")[0], "edge.errorRate");
  assert.equal(choices("errorr")[0], "edge.errorRate");
  assert.deepEqual(choices("edge.errorRate ").slice(0, 2), [">", ">="]);
  assert.deepEqual(choices("edge.errorRate > 0.1 "), ["&&", "||"]);
  assert.deepEqual(choices("server.name == "), ['"app"', '"nginx"']);
  assert.deepEqual(choices('server.name == "ng'), ['"nginx"']);
  assert.deepEqual(choices('edge.health == "fa'), ['"failing"']);
  assert.deepEqual(choices('server.name in ["app", "n'), ['"nginx"']);
  assert.deepEqual(choices("client.name.con"), [".contains("]);
  assert.deepEqual(choices('client.namespace.startsWith("d'), ['"demo"']);
  assert.ok(choices("edge.latency.p99 > ")[0].startsWith("duration("));
  assert.deepEqual(choices('"an unfinished edge.'), []);
});

test("completion replaces what the cursor stands in", () => {
  assert.deepEqual([complete("edge.err > 1", 8, {})].map(({ from, to }) => [from, to]), [[0, 8]]);
  const inside = complete('server.name == "ap" && true', 18, { name: ["app"] });
  assert.deepEqual([inside.from, inside.to], [15, 19]);
});

test("parts are cut at the outermost operators only", () => {
  assert.deepEqual(parts('a && "x && y" && (b && c)', "&&"), ["a", '"x && y"', "(b && c)"]);
  assert.deepEqual(parts("a && b || c", "||"), ["a && b", "c"]);
  assert.deepEqual(parts("a && b || c", "&&"), ["a && b || c"]);
  assert.deepEqual(parts("a || b ? c : d", "||"), ["a || b ? c : d"]);
  assert.deepEqual(parts(String.raw`r"\" || 'b\' || c'`, "||"), [String.raw`r"\"`, String.raw`'b\' || c'`]);
  assert.deepEqual(parts("  ", "&&"), []);
});

test("adding keeps the meaning, and removing takes back what was added", () => {
  assert.equal(adding("", "a", "&&"), "a");
  assert.equal(adding("a || b", "c", "&&"), "(a || b) && c");
  assert.equal(adding("c", "a || b", "&&"), "c && (a || b)");
  assert.equal(adding("c && (a || b)", "a || b", "&&"), "c && (a || b)");
  assert.ok(has("c && (a || b)", "a || b", "&&"));
  assert.equal(removing("c && (a || b)", "a || b", "&&"), "c");
  const clause = 'client.kind == "internet" || server.kind == "internet"';
  const state = { ...initial(), hide: 'edge.protocol == "dns"' };
  const hidden = { ...state, ...toggling(state, "hide", clause) };
  assert.equal(hidden.hide, `edge.protocol == "dns" || ${clause}`);
  assert.ok(holds(hidden, "hide", clause) && !holds(state, "hide", clause));
  assert.equal(toggling(hidden, "hide", clause).hide, state.hide);
});

test("any text is one string of the language", () => {
  assert.equal(quote('a"b\\c'), '"a\\"b\\\\c"');
  assert.equal(quote("a\n\u202eb\u2028"), '"a\\U0000000a\\U0000202eb\\U00002028"');
});

test("at least this is never more than what is shown", () => {
  assert.equal(atLeastRate("edge.errorRate", 0.108247), "edge.errorRate >= 0.108");
  assert.equal(atLeastRate("edge.rate", 1), "edge.rate >= 1.0");
  assert.equal(atLeastTime("edge.latency.p95", 0.0650249), 'edge.latency.p95 >= duration("65ms")');
  assert.equal(atLeastTime("edge.latency.p50", 0.0017087), 'edge.latency.p50 >= duration("1700us")');
});

test("the command is one a shell reads as it is meant", () => {
  assert.equal(word("it's"), `'it'\\''s'`);
  assert.equal(word("a/b:80"), "a/b:80");
  const state = { ...initial(), namespaces: ["demo"], window: "5m", filter: "edge.requests > 1", hide: 'edge.protocol == "dns"', top: "5" };
  assert.equal(command(state), "svcmap export --table --level workload --namespace demo --window 5m --filter 'edge.requests > 1' "
    + `--hide 'edge.protocol == "dns"' --top 5`);
  assert.equal(command({ ...state, hide: "" }, 'edge.id == "a->b:80/tcp"'),
    `svcmap export --table --level workload --namespace demo --window 5m --filter '(edge.requests > 1) && (edge.id == "a->b:80/tcp")'`);
});
