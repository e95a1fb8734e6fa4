// @ts-check
/** How often to draw: with every animation frame, less often on a slow machine or where motion disturbs. */

/** The share of the time that drawing may take. */
const SHARE = 0.75;
/** Between two drawings where the reader asked for less motion, in ms. */
const CALM = 400;

export class DrawRate {
  #calm;
  #next = 0;

  /** @param {{ matches: boolean }} calm whether the reader asked for less motion */
  constructor(calm) {
    this.#calm = calm;
  }

  /**
   * Draws for as long as the page lives.
   *
   * @param {(now: number) => boolean} draw what is new; false where nothing was
   */
  keep(draw) {
    const frame = (/** @type {number} */ now) => {
      try {
        const start = performance.now();
        if (this.due(now) && draw(now)) this.drew(start, performance.now());
      } finally {
        // Asked for after drawing, so that Plotly's own callback, which ends its drawing, comes before ours.
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  }

  /** @param {number} now in ms */
  due(now) {
    return now >= this.#next;
  }

  /**
   * @param {number} start in ms
   * @param {number} end in ms
   */
  drew(start, end) {
    this.#next = start + Math.max((end - start) / SHARE, this.#calm.matches ? CALM : 0);
  }
}
