// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * Work in portions, a few in each frame, so that no frame takes long. What begins anew goes on where the work before it was:
 * every portion has its turn, however fast one follows the other.
 */
export class Turns {
  /**
   * @param {number} budget milliseconds in a frame @param {(next: () => void) => number} [later] what calls in the next frame
   * @param {() => number} [now]
   */
  constructor(budget, later = (next) => requestAnimationFrame(next), now = () => performance.now()) {
    this.budget = budget;
    this.later = later;
    this.now = now;
    /** @type {(() => void)[]} */
    this.portions = [];
    this.next = 0;
    this.left = 0;
    this.isWaiting = false;
    this.done = () => {};
  }

  /** @param {(() => void)[]} portions @param {() => void} done */
  start(portions, done) {
    this.portions = portions;
    this.left = portions.length;
    this.done = done;
    if (!this.isWaiting) this.go();
  }

  stop() {
    this.left = 0;
  }

  go() {
    this.isWaiting = false;
    const began = this.now();
    while (this.left > 0) {
      this.portions[this.next % this.portions.length]();
      this.next += 1;
      this.left -= 1;
      if (this.left === 0) return this.done();
      if (this.now() - began < this.budget) continue;
      this.isWaiting = true;
      this.later(() => this.go());
      return;
    }
  }
}
