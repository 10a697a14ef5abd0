// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { byId, el } from "./dom.js";
import { strings } from "./strings.js";

/** Keys that work anywhere on the page, and the list of them. */

/** @param {Record<string, () => void>} actions by key */
export function listen(actions) {
  byId("keys").addEventListener("click", showHelp);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") showHelp();
    else if (event.key in actions) actions[event.key]();
    else return;
    event.preventDefault();
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
    || (target instanceof HTMLInputElement && !["checkbox", "button", "radio"].includes(target.type));
}

function showHelp() {
  const text = strings.help;
  const dialog = /** @type {HTMLDialogElement} */ (byId("help"));
  dialog.replaceChildren(el("h2", { id: "help-title" }, text.title),
    el("dl", { class: "keys" }, ...text.keys.map(([key, meaning]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, meaning)))),
    el("button", { type: "button", click: () => dialog.close() }, text.close));
  dialog.showModal();
}
