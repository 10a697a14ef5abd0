// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * Fingers, mouse, wheel and keys on the map, as movements.
 *
 * @typedef {object} Moves
 * @property {(dx: number, dy: number, isGliding?: boolean) => void} pan
 * @property {(point: {x: number, y: number}, factor: number, isGliding?: boolean) => void} zoom
 * @property {() => void} fit
 * @property {(event: PointerEvent) => void} tap tells where it was pressed
 */

/** A pointer that moved less than this has not dragged but tapped. */
const tapDistance = 5;
const keyStep = 60;
const keyFactor = 1.25;

export class Gestures {
  /** @param {HTMLElement} stage @param {Moves} moves */
  constructor(stage, moves) {
    this.stage = stage;
    this.moves = moves;
    /** @type {Map<number, {x: number, y: number}>} */
    this.pointers = new Map();
    this.travelled = 0;
    /** @type {PointerEvent | null} */
    this.pressed = null;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.moved(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {{clientX: number, clientY: number}} event */
  point(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.pointers.set(event.pointerId, this.point(event));
    if (this.pointers.size > 1) return;
    this.travelled = 0;
    this.pressed = event;
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.point(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.travelled >= tapDistance && !this.stage.hasPointerCapture(event.pointerId)) {
      this.stage.setPointerCapture(event.pointerId);
      this.stage.classList.add("dragging");
    }
    if (other) {
      const [then, since] = [distance(before, other), distance(now, other)];
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      if (then > 0) this.moves.zoom(middle, since / then, true);
      this.moves.pan((now.x - before.x) / 2, (now.y - before.y) / 2, true);
    } else if (this.travelled >= tapDistance) {
      this.moves.pan(now.x - before.x, now.y - before.y, true);
    }
    this.pointers.set(event.pointerId, now);
  }

  /** @param {PointerEvent} event */
  up(event) {
    const wasDown = this.pointers.delete(event.pointerId);
    if (this.pointers.size > 0 || !wasDown) return;
    this.stage.classList.remove("dragging");
    if (this.travelled < tapDistance && this.pressed) this.moves.tap(this.pressed);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const amount = Math.max(-240, Math.min(240, event.deltaY * lines));
    // A pinch on a touch pad comes as a wheel with Ctrl, in smaller steps.
    this.moves.zoom(this.point(event), Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.002)), true);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 };
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => this.moves.pan(keyStep, 0),
      ArrowRight: () => this.moves.pan(-keyStep, 0),
      ArrowUp: () => this.moves.pan(0, keyStep),
      ArrowDown: () => this.moves.pan(0, -keyStep),
      "+": () => this.moves.zoom(middle, keyFactor),
      "=": () => this.moves.zoom(middle, keyFactor),
      "-": () => this.moves.zoom(middle, 1 / keyFactor),
      "0": () => this.moves.fit(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}

/** @param {{x: number, y: number}} a @param {{x: number, y: number}} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
