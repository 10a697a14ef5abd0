// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { el } from "./dom.js";
import { strings } from "./strings.js";
import { ApiError } from "./api.js";
import { PictureError } from "./map/svg.js";

/**
 * What stands where the map would be, and what to do about it.
 *
 * @typedef {{title: string, text: string, commands?: readonly string[], actions?: {text: string, act: () => void}[], isBusy?: boolean}} Notice
 */

/** @param {HTMLElement} element @param {Notice | null} notice */
export function showNotice(element, notice) {
  element.hidden = notice === null;
  if (notice === null) return;
  element.replaceChildren(
    ...(notice.isBusy ? [el("div", { class: "spinner", "aria-hidden": "true" })] : []),
    el("h2", {}, notice.title), el("p", {}, notice.text),
    ...(notice.commands ?? []).map((command) => el("pre", {}, el("code", {}, command))),
    el("div", { class: "actions" }, ...(notice.actions ?? []).map((action) =>
      el("button", { type: "button", click: action.act }, action.text))),
  );
}

/**
 * The notice for an error.
 * @param {unknown} error @param {{retry: () => void, namespaces: () => void, table: () => void, busiest: () => void}} ways @returns {Notice}
 */
export function noticeFor(error, ways) {
  const retry = { text: strings.failed.action, act: ways.retry };
  if (error instanceof PictureError) {
    return { title: strings.pictureFailed.title, text: `${strings.refusedPicture} (${error.message})`,
      actions: [{ text: strings.pictureFailed.table, act: ways.table }] };
  }
  if (!(error instanceof ApiError)) {
    return { title: strings.failed.title, text: strings.failed.unreadable, actions: [retry] };
  }
  const text = [error.message, error.suggestion].filter((part) => part !== "").join(" ");
  if (error.type.endsWith(":graph-too-large")) {
    return { title: strings.tooLarge.title, text, actions: [
      { text: strings.tooLarge.action, act: ways.namespaces }, { text: strings.tooLarge.busiest, act: ways.busiest },
      { text: strings.tooLarge.table, act: ways.table }] };
  }
  if (error.type.endsWith(":picture-failed")) {
    return { title: strings.pictureFailed.title, text, actions: [
      { text: strings.pictureFailed.action, act: ways.retry }, { text: strings.pictureFailed.table, act: ways.table }] };
  }
  return { title: strings.failed.title, text, actions: [retry] };
}
