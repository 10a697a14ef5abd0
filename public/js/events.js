// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * What the server pushes: that windows were stored, and that it told less than happened.
 *
 * @typedef {object} Listener
 * @property {() => void} changed there is something new to ask for
 * @property {() => void} connected from now on changes are told
 * @property {() => void} lost from now on they are not, until connected again
 */

/** A stream that was refused is tried again after this long. */
const retryMilliseconds = 30_000;

export class Events {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    /** @type {EventSource | null} */
    this.source = null;
    this.isConnected = false;
    this.timer = 0;
  }

  open() {
    clearTimeout(this.timer);
    if (this.source !== null || typeof EventSource === "undefined") return;
    const source = new EventSource("api/v1/events");
    this.source = source;
    source.addEventListener("open", () => {
      this.isConnected = true;
      this.listener.connected();
    });
    for (const name of ["status", "windows", "resync"]) source.addEventListener(name, () => this.listener.changed());
    source.addEventListener("error", () => {
      this.isConnected = false;
      // The browser connects again by itself unless the server refused.
      if (source.readyState === EventSource.CLOSED) {
        this.source = null;
        this.timer = setTimeout(() => this.open(), retryMilliseconds);
      }
      this.listener.lost();
    });
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.isConnected = false;
  }
}
