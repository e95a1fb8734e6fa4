// @ts-check
/** When to draw: in an animation frame, asked for when something has changed, and not too often. */

/** The share of the time that drawing may take. */
const SHARE = 0.75;
/** Between two drawings where the reader asked for less motion, in ms. */
const CALM = 400;
/** A drawing that is due within this time, in ms, is waited for frame by frame; a later one with a timer. */
const SOON = 20;

export class DrawRate {
  #calm;
  #draw;
  /** No drawing before this time, in ms. */
  #next = 0;
  /** When a drawing is wanted, in ms. */
  #wanted = Number.POSITIVE_INFINITY;
  #drawing = false;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {{ matches: boolean }} calm whether the reader asked for less motion
   * @param {(now: number) => boolean} draw gets the frame's time in ms; returns whether there was anything new
   */
  constructor(calm, draw) {
    this.#calm = calm;
    this.#draw = draw;
  }

  /**
   * Asks for a drawing. However often it is asked for between two frames, there is one.
   *
   * @param {number} [at] not before this time, in ms, on the clock of `performance.now()`
   */
  ask(at = 0) {
    this.#wanted = Math.min(this.#wanted, at);
    this.#schedule();
  }

  #schedule() {
    // While drawing, the request waits: Plotly's own callback, which ends its drawing, is to come before ours.
    if (this.#drawing || this.#frame || this.#wanted === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(this.#wanted, this.#next) - performance.now();
    clearTimeout(this.#timer);
    if (wait > SOON) this.#timer = setTimeout(() => this.#schedule(), wait);
    else this.#frame = requestAnimationFrame((now) => this.#run(now));
  }

  /** @param {number} now in ms */
  #run(now) {
    this.#frame = 0;
    if (now < Math.max(this.#wanted, this.#next)) return this.#schedule();
    this.#wanted = Number.POSITIVE_INFINITY;
    this.#drawing = true;
    const start = performance.now();
    try {
      if (this.#draw(now)) {
        const end = performance.now();
        this.#next = start + Math.max((end - start) / SHARE, this.#calm.matches ? CALM : 0);
      }
    } finally {
      this.#drawing = false;
      this.#schedule();
    }
  }
}
