// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { allFolded, collapsedAs, foldable, folded, noneFolded } from "../../public/js/map/folding.js";
import { command } from "../../public/js/panel/command.js";
import { initial } from "../../public/js/state.js";

const nodes = [{ id: "pod/b/x", kind: "pod", name: "x", namespace: "b" }, { id: "pod/a/y", kind: "pod", name: "y", namespace: "a" },
  { id: "pod/a/z", kind: "pod", name: "z", namespace: "a" }, { id: "internet", kind: "internet", name: "internet" }, { id: "pod/C/z", kind: "pod", name: "z", namespace: "<C>" }];

test("what can be collapsed is every namespace that has nodes or was", () => {
  assert.deepEqual(foldable({ ...initial(), collapse: ["c"] }, nodes), ["a", "b", "c"]);
});

test("collapsing keeps what is selected, as what it becomes", () => {
  const open = { ...initial(), selection: { kind: "box", id: "a" } };
  const shut = { ...open, ...folded(open, "a", true) };
  assert.deepEqual([shut.collapse, shut.selection], [["a"], { kind: "node", id: "namespace/a" }]);
  assert.deepEqual({ ...shut, ...folded(shut, "a", false) }, open);
  assert.deepEqual(folded(open, "b", true), { collapse: ["b"] });
  assert.deepEqual(folded({ ...open, collapse: ["a"] }, "a", true).collapse, ["a"]);
});

test("all are collapsed by name, and as a group where there are more than can be named", () => {
  assert.deepEqual(allFolded(initial(), ["a", "b"]).collapse, ["a", "b"]);
  assert.equal(allFolded(initial(), ["a"]).group, undefined);
  const many = Array.from({ length: 101 }, (_, index) => `n${index}`);
  assert.deepEqual([allFolded(initial(), many).collapse, allFolded(initial(), many).group], [[], "namespace"]);
  assert.deepEqual(noneFolded({ ...initial(), collapse: ["a"], selection: { kind: "node", id: "namespace/a" } }), { collapse: [], selection: null });
  assert.deepEqual(noneFolded({ ...initial(), collapse: ["a"], selection: { kind: "node", id: "pod/b/x" } }), { collapse: [] });
});

test("a node is opened where it was collapsed, not where it is a namespace by its level", () => {
  const node = { kind: "namespace", name: "a" };
  assert.equal(collapsedAs({ ...initial(), collapse: ["a"] }, node), "a");
  assert.equal(collapsedAs(initial(), node), "");
  assert.equal(collapsedAs({ ...initial(), collapse: ["a"] }, { kind: "pod", name: "a" }), "");
});

test("the command in a terminal collapses the same", () => {
  assert.equal(command({ ...initial(), collapse: ["a", "b"] }), "svcmap export --table --level workload --collapse a --collapse b");
});
