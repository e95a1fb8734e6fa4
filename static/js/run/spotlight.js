// @ts-check
/** The place in the model that the reader points at in one picture, so that the others show it too. Pure: no DOM. */

/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./layers.js").Element} Element */

/**
 * @typedef {object} Spotlight
 * @property {Place | null} pointed the place under the pointer
 * @property {Place | null} focused the place that has the keyboard's focus
 * @property {Element | null} chosen the parameter that was pressed last: its change in a step is shown
 */

/** @type {Spotlight} */
export const DARK = Object.freeze({ pointed: null, focused: null, chosen: null });

/**
 * The place that stands out in all pictures.
 *
 * @param {Spotlight} spotlight
 */
export function litPlace({ pointed, focused }) {
  return pointed ?? focused;
}
