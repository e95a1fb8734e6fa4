// @ts-check
/** Tells a connection that is dead from one that has nothing to say. Pure: its clock is given. */

/** How long a connection may be silent before it is asked whether it lives, in ms. */
const QUIET = 5000;
/** How long an answer may take, in ms. */
const PATIENCE = 5000;
/** The same when the page wakes: whoever opens a phone looks at it, and most connections that slept are dead. */
const WAKING = 1200;
/** A timer that is so late, in ms, tells that the page was asleep: what came meanwhile may still be waiting. */
const LATE = 1000;

/**
 * @typedef {object} Clock
 * @property {() => number} now in ms
 * @property {(action: () => void, ms: number) => unknown} set
 * @property {(timer: any) => void} clear
 */

/** The time of day: a monotonic clock may stand still while a device sleeps. @type {Clock} */
export const CLOCK = {
  now: () => Date.now(),
  set: (action, ms) => setTimeout(action, ms),
  clear: (timer) => clearTimeout(timer),
};

export class Watchdog {
  #ask;
  #dead;
  #clock;
  /** @type {unknown} */
  #timer;
  #resting = false;

  /**
   * @param {() => void} ask has the other end say something
   * @param {() => void} dead called once when it said nothing in time
   * @param {Clock} [clock]
   */
  constructor(ask, dead, clock = CLOCK) {
    this.#ask = ask;
    this.#dead = dead;
    this.#clock = clock;
  }

  /** Called for each message that comes. */
  heard() {
    this.#wait(QUIET, () => this.#probe(PATIENCE));
  }

  /** Requires a message within so many ms. @param {number} ms */
  expect(ms) {
    this.#wait(ms, this.#dead);
  }

  /** The page is seen again, or its network is back: asks at once. */
  wake() {
    this.#resting = false;
    this.#probe(WAKING);
  }

  /** Waits for nothing until the page wakes. */
  rest() {
    this.stop();
    this.#resting = true;
  }

  /** Waits for nothing until something is heard or expected. */
  stop() {
    this.#clock.clear(this.#timer);
  }

  /** @param {number} patience */
  #probe(patience) {
    this.#ask();
    this.#wait(patience, this.#dead);
  }

  /**
   * @param {number} ms
   * @param {() => void} then
   */
  #wait(ms, then) {
    this.stop();
    if (this.#resting) return;
    const due = this.#clock.now() + ms;
    this.#timer = this.#clock.set(() => {
      if (this.#clock.now() > due + LATE) this.wake();
      else then();
    }, ms);
  }
}
