// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import assert from "node:assert/strict";
import test from "node:test";
import { fault, isAllowedAttribute, isAllowedElement, maximumElements, namespace } from "../../public/js/map/svg.js";

/** As much of an element as the check looks at. */
function element(localName, attributes = {}, children = [], namespaceURI = namespace) {
  return {
    localName, nodeName: localName, namespaceURI,
    getAttributeNames: () => Object.keys(attributes), getAttribute: (name) => attributes[name] ?? null,
    querySelectorAll: () => children.flatMap((child) => [child, ...child.querySelectorAll("*")]),
  };
}

test("shapes and text are allowed, everything active is not", () => {
  for (const name of ["g", "path", "rect", "text", "title", "marker"]) assert.ok(isAllowedElement(name), name);
  for (const name of ["script", "foreignObject", "image", "use", "a", "style", "animate", "set", "iframe", "feImage",
    "handler", "SCRIPT"]) assert.ok(!isAllowedElement(name), name);
});

test("attributes draw and name, and lead nowhere", () => {
  for (const [name, value] of [["d", "M0 0"], ["fill", "url(#p-1)"], ["marker-end", "url(#arrow-healthy)"],
    ["data-node", "domain/url(http://evil.example)"], ["aria-label", "javascript:alert(1)"], ["class", "node"]]) {
    assert.ok(isAllowedAttribute(name, value), name);
  }
  for (const [name, value] of [["onload", "x()"], ["onclick", ""], ["href", "#a"], ["xlink:href", "x"], ["style", "x"],
    ["src", "x"], ["fill", "url(http://evil.example/a)"], ["fill", "URL( 'x' )"], ["fill", "url(#a) url(//b)"],
    ["data-on click", ""], ["xml:base", "//evil.example"], ["from", "x"], ["formaction", "x"]]) {
    assert.ok(!isAllowedAttribute(name, value), `${name}=${value}`);
  }
});

test("one bad thing anywhere in a tree is found", () => {
  const good = element("svg", { viewBox: "0 0 1 1" }, [element("g", { class: "node" }, [element("path", { d: "M0 0" })])]);
  assert.equal(fault(good), null);
  assert.equal(fault(element("svg", {}, [element("g", {}, [element("script")])])), "element script");
  assert.equal(fault(element("svg", {}, [element("path", { onmouseover: "x" })])), "attribute onmouseover");
  assert.equal(fault(element("svg", { onload: "x" })), "attribute onload");
  assert.equal(fault(element("svg", {}, [element("p", {}, [], "http://www.w3.org/1999/xhtml")])), "element p");
  assert.equal(fault(element("html", {}, [], "http://www.w3.org/1999/xhtml")), "element html");
});

test("a picture without end is refused", () => {
  const many = Array.from({ length: maximumElements }, () => element("g"));
  assert.equal(fault(element("svg", {}, many)), "too many elements");
});
