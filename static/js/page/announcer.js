// @ts-check
/** What a screen reader is told: what matters at once, the rest every few seconds. */

/** The least time between a text and one that may be left out, in ms. */
const PAUSE = 5000;

export class Announcer {
  #element;
  #last = Number.NEGATIVE_INFINITY;

  /** @param {HTMLElement} element a polite live region */
  constructor(element) {
    this.#element = element;
  }

  /**
   * Says a text that must be heard.
   *
   * @param {string} text
   * @param {number} now in ms
   */
  tell(text, now) {
    this.#last = now;
    this.#element.textContent = text;
  }

  /**
   * Says a text, unless another was said a moment ago.
   *
   * @param {() => string} text
   * @param {number} now in ms
   */
  mention(text, now) {
    if (now - this.#last >= PAUSE) this.tell(text(), now);
  }
}
