// @ts-check
/** What a screen reader is told, at a humane rate. */

/** The least time between two passing remarks, in ms. */
const PAUSE = 5000;

export class Announcer {
  #element;
  #last = Number.NEGATIVE_INFINITY;

  /** @param {HTMLElement} element a polite live region */
  constructor(element) {
    this.#element = element;
  }

  /**
   * Something the reader must know.
   *
   * @param {string} text
   * @param {number} now in ms
   */
  tell(text, now) {
    this.#last = now;
    this.#element.textContent = text;
  }

  /**
   * Something that can be left out, as more of its kind follows.
   *
   * @param {() => string} text
   * @param {number} now in ms
   */
  mention(text, now) {
    if (now - this.#last >= PAUSE) this.tell(text(), now);
  }
}
