// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

import { ApiError, logIn } from "./api.js";
import { byId } from "./dom.js";
import { strings } from "./strings.js";

/** Asks for the token where the server wants one, and gives the cookie back. */

/** A cookie that scripts cannot see is remembered by this. */
const key = "svcmap.loggedIn";

export class Login {
  /** @param {() => void} onDone */
  constructor(onDone) {
    this.dialog = /** @type {HTMLDialogElement} */ (byId("login"));
    this.onDone = onDone;
    byId("login-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.send();
    });
    // Without a token there is nothing to see behind it.
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    byId("logout").addEventListener("click", () => this.leave());
    byId("logout").hidden = !isRemembered();
  }

  ask() {
    remember(false);
    byId("logout").hidden = true;
    if (this.dialog.open) return;
    byId("login-fault").textContent = "";
    this.dialog.showModal();
    byId("token").focus();
  }

  async send() {
    const token = byId("token").value.trim();
    byId("login-send").disabled = true;
    try {
      await logIn(token);
      byId("token").value = "";
      this.dialog.close();
      remember(true);
      byId("logout").hidden = false;
      this.onDone();
    } catch (error) {
      byId("login-fault").textContent = error instanceof ApiError && error.status === 401 ? strings.login.wrong
        : error instanceof Error ? error.message : strings.failed.unreadable;
      byId("token").select();
    }
    byId("login-send").disabled = false;
  }

  async leave() {
    try {
      await logIn(null);
    } catch {
      // The server is gone or has no token any more: the page tells when it is loaded again.
    }
    remember(false);
    // Nothing of the map stays in the page.
    location.reload();
  }
}

function isRemembered() {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

/** @param {boolean} isIn */
function remember(isIn) {
  try {
    if (isIn) localStorage.setItem(key, "1");
    else localStorage.removeItem(key);
  } catch {
    // Without storage the button to log out is there until the page is loaded again.
  }
}
