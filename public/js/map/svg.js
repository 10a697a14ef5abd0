// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Pictures from the server, taken apart before they enter the page: every string in one is hostile. */

export const namespace = "http://www.w3.org/2000/svg";

/** More elements than this are not shown. */
export const maximumElements = 100_000;

const elements = new Set([
  "svg", "g", "path", "polygon", "polyline", "rect", "circle", "ellipse", "line", "text", "tspan", "title", "desc",
  "defs", "marker", "pattern", "clipPath",
]);

const attributes = new Set([
  "xmlns", "version", "viewBox", "width", "height", "preserveAspectRatio", "role", "tabindex", "focusable", "id", "class", "d", "points",
  "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "transform", "fill", "fill-opacity",
  "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity",
  "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "textLength",
  "lengthAdjust", "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight", "markerUnits", "refX",
  "refY", "orient", "patternUnits", "patternTransform", "clip-path", "vector-effect", "paint-order", "letter-spacing",
  "pointer-events", "shape-rendering", "text-rendering", "xml:space",
]);

/** @param {string} name local name */
export function isAllowedElement(name) {
  return elements.has(name);
}

/** Numbers, words and names, of which there are many thousands: nothing in them is ever resolved. */
const plain = new Set([
  "id", "class", "d", "points", "x", "y", "width", "height", "tabindex", "role", "viewBox", "font-size", "font-weight", "text-anchor",
  "stroke-width", "stroke-linecap", "stroke-dasharray", "opacity", "pointer-events",
]);

/** What is known of names of attributes: whether their value may be anything, must be looked at, or is not allowed. @type {Map<string, "any" | "own" | "none">} */
const kinds = new Map();

/** @param {string} name qualified */
function kindOf(name) {
  let kind = kinds.get(name);
  if (kind === undefined) {
    // Names from the network are in data-* and aria-*, where nothing is ever resolved.
    kind = plain.has(name) || /^(data|aria)-[a-z-]+$/.test(name) ? "any" : attributes.has(name) ? "own" : "none";
    if (kinds.size < attributes.size * 4) kinds.set(name, kind);
  }
  return kind;
}

/** Allowed by name, and leads nowhere outside the document. @param {string} name qualified @param {string} value */
export function isAllowedAttribute(name, value) {
  const kind = kindOf(name);
  if (kind !== "own" || !value.includes("(")) return kind !== "none";
  const references = value.match(/url\s*\(/gi) ?? [];
  const own = value.match(/url\(#[A-Za-z0-9_-]+\)/g) ?? [];
  return references.length === own.length;
}

/** What is wrong with a tree; `null` if nothing. @param {Element} root @returns {string | null} */
export function fault(root) {
  const all = [root, ...root.querySelectorAll("*")];
  if (all.length > maximumElements) return "too many elements";
  for (const element of all) {
    if (element.namespaceURI !== namespace || !isAllowedElement(element.localName)) {
      return `element ${element.nodeName}`;
    }
    for (const name of element.getAttributeNames()) {
      // A value is copied when it is looked at.
      const isFine = kindOf(name) === "any" || isAllowedAttribute(name, element.getAttribute(name) ?? "");
      if (!isFine) return `attribute ${name}`;
    }
  }
  return null;
}

/** Titles, and what catches the pointer around lines: a third of all elements, which other programs need. */
const unused = /<title>[^<]*<\/title>|<path class="edge-hit"[^>]*"stroke"\/>/g;

/**
 * The picture as an element of this page; throws where it is none or holds more than shapes and text. Read as HTML, which takes half
 * as long as XML; what is not as it was written then stands beside the picture, or is of another kind.
 * @param {string} text
 */
export function parsePicture(text) {
  const { head, body } = new DOMParser().parseFromString(text.replace(unused, ""), "text/html");
  const root = body.firstElementChild;
  const isOne = root?.localName === "svg" && body.childElementCount === 1 && head.childElementCount === 0 && text.slice(-16).trimEnd().endsWith("</svg>");
  const reason = isOne ? fault(root) : "no svg element";
  if (root === null || reason !== null) throw new PictureError(reason ?? "nothing");
  return /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.adoptNode(root)));
}

/** A picture that was refused. */
export class PictureError extends Error {}
