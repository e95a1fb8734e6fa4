// @ts-check
/** Sends the newest of a value that keeps changing: one message at a time, and not too often. */

/** How long an answer is waited for, in ms: a value that changes nothing is not answered. */
const PATIENCE = 2000;

/** @template T */
export class Outbox {
  #send;
  /** @type {{ value: T, pause: number } | null} */
  #next = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  #held = false;

  /** @param {(value: T) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** Whether every value that was offered is sent and answered. */
  get idle() {
    return this.#next === null && this.#patience === undefined;
  }

  /** Keeps values back while there is no connection. @param {boolean} held */
  hold(held) {
    this.#held = held;
    this.#pump();
  }

  /**
   * Sends a value as soon as it may. A value before it that was not sent yet is not sent any more.
   *
   * @param {T} value
   * @param {number} pause after it nothing is sent for so long, in ms
   */
  offer(value, pause) {
    this.#next = { value, pause };
    this.#pump();
  }

  /** The value that was sent has been answered. */
  answered() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#pump();
  }

  /** Sends the value that waits now, without its pause. */
  flush() {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (this.#next !== null) this.answered();
  }

  /** Forgets the value that waits, and the one that was not answered. */
  clear() {
    this.#next = null;
    this.answered();
  }

  #pump() {
    const busy = this.#rest !== undefined || this.#patience !== undefined;
    if (this.#next === null || this.#held || busy) return;
    const { value, pause } = this.#next;
    this.#next = null;
    this.#patience = setTimeout(() => this.answered(), PATIENCE);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#pump();
    }, pause);
    this.#send(value);
  }
}
