// @ts-check
/** Sends the newest of what keeps changing: one at a time, and not too often. */

/** So long an answer is waited for, in ms: one that changes nothing is not answered. */
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

  /** @param {(value: T) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** Whether all that was offered is sent and answered. */
  get idle() {
    return this.#next === null && this.#patience === undefined;
  }

  /**
   * Takes the place of what has not been sent.
   *
   * @param {T} value
   * @param {number} pause after it nothing is sent for so long, in ms
   */
  offer(value, pause) {
    this.#next = { value, pause };
    this.#pump();
  }

  /** What was sent has been answered. */
  answered() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#pump();
  }

  /** Forgets what has not been sent, and what was not answered. */
  clear() {
    this.#next = null;
    this.answered();
  }

  #pump() {
    if (this.#next === null || this.#rest !== undefined || this.#patience !== undefined) return;
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
