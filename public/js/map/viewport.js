// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * Which part of a picture is seen. Pure arithmetic: `picture.js` applies it.
 *
 * `x` and `y` are the picture's coordinates at the window's top left corner, `scale` the pixels per unit.
 * @typedef {{x: number, y: number, scale: number}} View
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{width: number, height: number}} Size
 */

export const minimumScale = 0.02;
export const maximumScale = 8;
/** Text below this scale cannot be read. */
const readableScale = 0.55;
/** Small pictures are not blown up to fill the window. */
const maximumFitScale = 1.4;

/** Windows from this width on have room for everything at once. */
const wideWindow = 600;
/** Beside the picture stand the zoom buttons, which must not cover a node. */
const buttonMargin = 64;

/** The whole picture, centered. @param {Box} box @param {Size} size @param {number} margin pixels @returns {View} */
export function fit(box, size, margin = 24) {
  const side = size.width >= wideWindow ? buttonMargin : margin;
  const scale = clampScale(Math.min(
    (size.width - 2 * side) / Math.max(box.width, 1),
    (size.height - 2 * margin) / Math.max(box.height, 1),
    maximumFitScale,
  ));
  return center({ x: 0, y: 0, scale }, box, size);
}

/**
 * As `fit`, but never too small to read: a narrow window then shows the part around a focus.
 * @param {Box} box @param {Size} size @param {Box | null} focus @returns {View}
 */
export function fitReadably(box, size, focus) {
  const whole = fit(box, size);
  if (size.width >= wideWindow || whole.scale >= readableScale) return whole;
  return keepInSight(center({ x: 0, y: 0, scale: readableScale }, focus ?? box, size), box, size);
}

/** The same scale with the middle of a box in the middle. @param {View} view @param {Box} box @param {Size} size @returns {View} */
export function center(view, box, size) {
  return {
    scale: view.scale,
    x: box.x + box.width / 2 - size.width / 2 / view.scale,
    y: box.y + box.height / 2 - size.height / 2 / view.scale,
  };
}

/** Zoomed so that the point under the pointer stays there. @param {View} view @param {{x: number, y: number}} point pixels @param {number} factor @returns {View} */
export function zoom(view, point, factor) {
  const scale = clampScale(view.scale * factor);
  return {
    scale,
    x: view.x + point.x / view.scale - point.x / scale,
    y: view.y + point.y / view.scale - point.y / scale,
  };
}

/** Moved by pixels, as a hand moves paper. @param {View} view @param {number} dx @param {number} dy @returns {View} */
export function pan(view, dx, dy) {
  return { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
}

/** Moved just so far that part of the picture stays in sight. @param {View} view @param {Box} box @param {Size} size @returns {View} */
export function keepInSight(view, box, size) {
  const width = size.width / view.scale;
  const height = size.height / view.scale;
  const clamp = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.min(Math.max(value, low), high);
  return {
    scale: view.scale,
    x: clamp(view.x, box.x - width * 0.8, box.x + box.width - width * 0.2),
    y: clamp(view.y, box.y - height * 0.8, box.y + box.height - height * 0.2),
  };
}

/** Whether a box is seen as a whole. @param {View} view @param {Box} box @param {Size} size */
export function contains(view, box, size) {
  return box.x >= view.x && box.y >= view.y
    && box.x + box.width <= view.x + size.width / view.scale
    && box.y + box.height <= view.y + size.height / view.scale;
}

/** @param {View} view @param {Size} size */
export function viewBox(view, size) {
  return [view.x, view.y, size.width / view.scale, size.height / view.scale].map((n) => n.toFixed(2)).join(" ");
}

/** @param {number} scale */
function clampScale(scale) {
  return Math.min(Math.max(scale, minimumScale), maximumScale);
}
