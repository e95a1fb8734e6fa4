// @ts-check
/** Sends the newest of many things, and never more often than so many times a second. */

import { CLOCK } from "../page/watchdog.js";

/** @template T */
export class PaceLimit {
  #send;
  #pause;
  #clock;
  /** @type {{ value: T } | null} */
  #waiting = null;
  #next = 0;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {(value: T) => void} send
   * @param {number} pause between two, in ms
   * @param {import("../page/watchdog.js").Clock} [clock]
   */
  constructor(send, pause, clock = CLOCK) {
    this.#send = send;
    this.#pause = pause;
    this.#clock = clock;
  }

  /** @param {T} value */
  offer(value) {
    this.#waiting = { value };
    const wait = this.#next - this.#clock.now();
    if (wait <= 0) this.#go();
    else this.#timer ??= this.#clock.set(() => this.#go(), wait);
  }

  /** Forgets what waits. */
  drop() {
    this.#waiting = null;
  }

  #go() {
    this.#clock.clear(this.#timer);
    this.#timer = null;
    if (this.#waiting === null) return;
    const { value } = this.#waiting;
    this.#waiting = null;
    this.#next = this.#clock.now() + this.#pause;
    this.#send(value);
  }
}
