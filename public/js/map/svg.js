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

/** Allowed by name, and leads nowhere outside the document. @param {string} name qualified @param {string} value */
export function isAllowedAttribute(name, value) {
  const isKnown = attributes.has(name) || /^(data|aria)-[a-z-]+$/.test(name);
  if (!isKnown) return false;
  // Names from the network are in data-* and aria-*, where nothing is ever resolved.
  if (/^(data|aria)-/.test(name)) return true;
  // Most values of a picture are places, of which there are many thousands.
  if (!value.includes("(")) return true;
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
    for (const attribute of element.attributes) {
      if (!isAllowedAttribute(attribute.name, attribute.value)) return `attribute ${attribute.name}`;
    }
  }
  return null;
}

/** The picture as an element of this page; throws where it is none or holds more than shapes and text. @param {string} text */
export function parsePicture(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  const reason = root.localName !== "svg" ? "no svg element" : fault(root);
  if (reason !== null) throw new PictureError(reason);
  return /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.adoptNode(root)));
}

/** A picture that was refused. */
export class PictureError extends Error {}
