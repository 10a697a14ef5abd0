// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { figureOf } from "../../public/js/map/figures.js";
import { bars, placeOf } from "../../public/js/panel/chart.js";
import { linePath } from "../../public/js/panel/lines.js";
import { byRequests, inOrder, turned } from "../../public/js/panel/operations.js";
import { labels } from "../../public/js/state.js";
import { cell, csv } from "../../public/js/table/csv.js";
import { phases } from "../../public/js/transactions/transaction.js";

test("a file is safe to open in a spreadsheet and reads back", () => {
  assert.equal(cell("=1+1"), "'=1+1");
  assert.equal(cell("@x"), "'@x");
  assert.equal(cell('a,"b"\n'), '"a,""b""\n"');
  assert.equal(cell(-1.5), "-1.5");
  assert.equal(csv(["a", "b"], [{ a: "x", b: 1 }, { a: "-", b: undefined }]), "a,b\r\nx,1\r\n'-,\r\n");
});

test("a step that nobody watched breaks the line, and a lone point is a dot", () => {
  assert.equal((linePath([1, 2, null, 3, 4], 4).match(/M/g) ?? []).length, 2);
  assert.match(linePath([null, 1, null], 1), /^M[\d. ]+h0$/);
  assert.equal(linePath([null, null], 0), "");
});

test("percentiles stand where their bar is", () => {
  const list = bars([[0, 1], [320, 1]]);
  for (const bar of [0, 7, 20, 40]) assert.ok(Math.abs(placeOf(list[bar].from, list) - bar) < 1e-6, `bar ${bar}`);
  assert.equal(placeOf(1e9, list), list.length);
});

test("operations sort by a column, and those without a value come last either way", () => {
  const one = (operation, requests, serverError, p95) => ({ operation, requests, outcomes: { ok: 0, clientError: 0, serverError, unanswered: {} }, latency: { p95 } });
  const list = [one("b", 10, 1, 0.5), one("a", 20, 0, undefined), one("c", 5, 5, 0.1)];
  const names = (order) => inOrder(list, order).map(({ operation }) => operation).join("");
  assert.equal(names(byRequests), "abc");
  assert.equal(names(turned(byRequests, "operation")), "abc");
  assert.equal(names(turned(byRequests, "errors")), "cba");
  assert.equal(names({ key: "p95", isDescending: true }), "bca");
  assert.equal(names({ key: "p95", isDescending: false }), "cba");
});

test("the time of a transaction is cut into parts that sum up to it", () => {
  const of = (one) => phases(one).map(({ name, seconds }) => `${name} ${seconds}`);
  assert.deepEqual(of({ requestEnd: 1, responseStart: 3, responseEnd: 7, ended: 7 }), ["request 1", "wait 2", "response 4"]);
  assert.deepEqual(of({ requestEnd: 5, responseStart: 3, responseEnd: 7, ended: 7 }), ["request 3", "response 4"]);
  assert.deepEqual(of({ requestEnd: 1, ended: 60 }), ["request 1", "unanswered 59"]);
  assert.deepEqual(of({ requestEnd: 0, responseStart: 2, ended: 3 }), ["wait 2", "response 1"]);
});

test("every label writes something on every edge", () => {
  const quiet = { requests: 0, connections: {}, bytes: { sent: 1, received: 1 }, protocols: [], serverTime: {}, rtt: {} };
  const busy = { requests: 10, rate: 2, errorRate: 0.1, observedSeconds: 5, connections: { attempted: 4, refused: 1 }, bytes: { sent: 4000, received: 1000 },
    latency: { p50: 0.001, p95: 0.002, p99: 0.003 }, serverTime: { p95: 0.004 }, rtt: { p50: 0.0005 }, protocols: [] };
  for (const label of labels.slice(1)) {
    assert.equal(figureOf(quiet, label), "–", label);
    assert.match(figureOf(busy, label), /\d/, label);
  }
  assert.equal(figureOf(busy, "bytes"), "1\u202fkB/s");
  assert.equal(figureOf(busy, "connects"), "1 / 4");
});

test("the page is light and no script is long", () => {
  const folder = fileURLToPath(new URL("../../public", import.meta.url));
  const files = readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`).filter((path) => statSync(path).isFile())
    // It lies beside the page, which never asks for it.
    .filter((path) => !path.endsWith("/openapi.json"));
  const weight = files.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  assert.ok(weight < 150_000, `${weight} bytes, compressed file by file`);
});

test("what asks first waits for two modules only, and every module is one that the page needs", () => {
  const folder = new URL("../../public/", import.meta.url);
  /** Modules that one leads to, itself included. @param {URL} from @param {Set<string>} found */
  const reach = (from, found = new Set()) => {
    if (found.has(from.href)) return found;
    found.add(from.href);
    for (const [, path] of readFileSync(from, "utf8").matchAll(/^(?:import|export) [^;]*?from "([^"]+)";/gm)) reach(new URL(path, from), found);
    return found;
  };
  const page = readFileSync(new URL("index.html", folder), "utf8");
  const first = [...page.matchAll(/<(?:script type="module" async fetchpriority="high" src|link rel="modulepreload" fetchpriority="high" href)="([^"]+)"/g)];
  assert.deepEqual(first.map(([, path]) => new URL(path, folder).href).sort(), [...reach(new URL("js/early.js", folder))].sort());
  const stored = readdirSync(new URL("js", folder), { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => new URL(`js/${name}`, folder).href);
  assert.deepEqual(stored.sort(), [...new Set(["js/early.js", "js/main.js"].flatMap((name) => [...reach(new URL(name, folder))]))].sort());
});
