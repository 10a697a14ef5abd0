// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Half of what a screen of 60 frames a second leaves for one; after more than that the next has fewer portions. */
const goodMilliseconds = 8;
/** All is drawn within so many, a quarter of a second. */
const maximumFrames = 16;

/** Calls when this frame is painted. @param {() => void} act */
function afterPaint(act) {
  const channel = new MessageChannel();
  channel.port1.onmessage = act;
  channel.port2.postMessage(0);
}

/**
 * Work in portions, as many in a frame as the frames before had time for, style and paint included. What begins anew goes on where the
 * work before it was: every portion has its turn, however fast one follows the other.
 */
export class Turns {
  /**
   * @param {(next: () => void) => unknown} [later] what calls in the next frame
   * @param {(next: () => void) => unknown} [painted] what calls after it is painted @param {() => number} [now]
   */
  constructor(later = (next) => requestAnimationFrame(next), painted = afterPaint, now = () => performance.now()) {
    this.later = later;
    this.painted = painted;
    this.now = now;
    /** @type {(() => void)[]} */
    this.portions = [];
    this.next = 0;
    this.left = 0;
    /** Portions in a frame. */
    this.count = 1;
    this.isWaiting = false;
    this.done = () => {};
  }

  /** @param {(() => void)[]} portions @param {() => void} done */
  start(portions, done) {
    this.portions = portions;
    this.left = portions.length;
    this.done = done;
    this.wait();
  }

  stop() {
    this.left = 0;
  }

  wait() {
    if (this.isWaiting || this.left === 0) return;
    this.isWaiting = true;
    this.later(() => this.go());
  }

  go() {
    this.isWaiting = false;
    if (this.left === 0) return;
    const began = this.now();
    const count = Math.max(this.count, Math.ceil(this.portions.length / maximumFrames));
    for (let drawn = 0; drawn < count && this.left > 0; drawn += 1) {
      this.portions[this.next % this.portions.length]();
      this.next += 1;
      this.left -= 1;
    }
    this.painted(() => this.adjust(this.now() - began));
    if (this.left === 0) this.done();
    this.wait();
  }

  /** One more while there is time, half of them when there is not. @param {number} took milliseconds of a frame */
  adjust(took) {
    if (took > goodMilliseconds) this.count = Math.max(1, Math.floor(this.count / 2));
    else if (took < goodMilliseconds / 2) this.count = Math.min(this.count + 1, Math.max(1, this.portions.length));
  }
}
