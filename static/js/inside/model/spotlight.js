// @ts-check
/** What the reader points at, in whichever picture, so that the others show it too. */

/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("../../run/layers.js").Element} Element */

export class Spotlight {
  /** Grows with every change. */
  version = 0;
  /** @type {Place | null} */
  #pointed = null;
  /** @type {Place | null} */
  #focused = null;
  /** The parameter that was pressed last: the one whose change is followed. @type {Element | null} */
  chosen = null;

  /** What is lit: under the pointer, else under the focus. */
  get place() {
    return this.#pointed ?? this.#focused;
  }

  /** @param {Place | null} place under the pointer */
  point(place) {
    this.#pointed = place;
    this.version += 1;
  }

  /** @param {Place | null} place that has the keyboard's focus */
  focus(place) {
    this.#focused = place;
    this.version += 1;
  }

  /** @param {Element | null} element */
  choose(element) {
    this.chosen = element;
    this.version += 1;
  }
}
