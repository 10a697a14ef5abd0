// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Elements from values. Text from the network only ever becomes text. */

/**
 * @param {string} tag
 * @param {Record<string, string | boolean | ((event: any) => void) | undefined>} [attributes] functions listen, `true` is empty, `false` is left out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The element with an id that the page itself wrote. @param {string} id @returns {any} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}

/**
 * Makes these the children, and moves none that stands where it stood among those that stay.
 * @param {HTMLElement} parent @param {Element[]} children
 */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

/**
 * Replaces those children only that would differ, so that focus, scroll and a pointer that is down survive updates.
 * @param {HTMLElement} parent @param {...Node} children
 */
export function render(parent, ...children) {
  const present = [...parent.childNodes];
  children.forEach((child, position) => {
    if (present[position] === undefined) parent.append(child);
    else if (!present[position].isEqualNode(child)) present[position].replaceWith(child);
  });
  for (const rest of present.slice(children.length)) rest.remove();
}
