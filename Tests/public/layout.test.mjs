// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { allFolded, collapsedAs, foldable, folded, noneFolded } from "../../public/js/map/folding.js";
import { command } from "../../public/js/panel/command.js";
import { initial, parse } from "../../public/js/state.js";

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
  const node = { id: "namespace/a", kind: "namespace", name: "a" };
  assert.equal(collapsedAs({ ...initial(), collapse: ["a"] }, node), "a");
  assert.equal(collapsedAs(initial(), node), "");
  assert.equal(collapsedAs({ ...initial(), collapse: ["a"] }, { id: "pod/x/a", kind: "pod", name: "a" }), "");
});

test("boxes by a label collapse as the label and its value", () => {
  const state = { ...initial(), boxes: "label:app.io/tier" };
  const boxed = [{ ...nodes[0], box: "front" }, { ...nodes[1], box: "back" }, { ...nodes[2], box: "a b" }, nodes[3]];
  assert.deepEqual(foldable({ ...state, collapse: ["c"] }, boxed), ["app.io/tier=back", "app.io/tier=front", "c"]);
  const open = { ...state, selection: { kind: "box", id: "app.io/tier=front" } };
  const shut = { ...open, ...folded(open, "app.io/tier=front", true) };
  assert.deepEqual([shut.collapse, shut.selection], [["app.io/tier=front"], { kind: "node", id: "group/app.io/tier/front" }]);
  assert.deepEqual({ ...shut, ...folded(shut, "app.io/tier=front", false) }, open);
  const node = { id: "east/group/app.io/tier/front", kind: "group", name: "front" };
  assert.equal(collapsedAs(shut, node), "app.io/tier=front");
  assert.equal(collapsedAs(state, node), "");
  assert.equal(allFolded(state, Array.from({ length: 101 }, (_, index) => `app.io/tier=n${index}`)).group, "label:app.io/tier");
  assert.equal(parse(`?${new URLSearchParams({ collapse: "tier=front,a" })}`).collapse.join(), "a,tier=front");
  assert.deepEqual(parse("?collapse=tier=,=front,a=b=c,%3Cb%3E=x").collapse, []);
});

test("the command in a terminal collapses the same", () => {
  assert.equal(command({ ...initial(), collapse: ["a", "b"] }), "svcmap export --table --level workload --collapse a --collapse b");
});
