// @ts-check
/** Where values are on the screen, and which values a place on it has. Pure: no DOM. */

import { scale } from "./ranges.js";

/** @typedef {import("./ranges.js").Range} Range */

/**
 * What is drawn between the axes.
 *
 * @typedef {object} Frame
 * @property {Range} x
 * @property {Range} y
 * @property {number} left in px, as all that follow
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * @typedef {{ x: number, y: number }} Position
 */

/**
 * @param {Frame} frame
 * @param {Position} value
 * @returns {Position} in px
 */
export function positionOf({ x, y, left, top, width, height }, value) {
  return { x: scale(x, left, left + width)(value.x), y: scale(y, top + height, top)(value.y) };
}

/**
 * @param {Frame} frame
 * @param {Position} place in px; what lies outside counts as on the edge
 * @returns {Position}
 */
export function valueAt({ x, y, left, top, width, height }, place) {
  const across = Math.max(left, Math.min(left + width, place.x));
  const down = Math.max(top, Math.min(top + height, place.y));
  return { x: scale([left, left + width], ...x)(across), y: scale([top + height, top], ...y)(down) };
}

/**
 * @param {Frame} frame
 * @param {Position} place in px
 */
export function holds({ left, top, width, height }, { x, y }) {
  return x >= left && x <= left + width && y >= top && y <= top + height;
}

/**
 * The value nearest to a place on the screen.
 *
 * @param {Frame} frame
 * @param {readonly Position[]} values
 * @param {Position} place in px
 * @param {number} reach in px
 * @returns {number | null} its index; null if all are farther away. Of equal ones the last, which is on top.
 */
export function nearest(frame, values, place, reach) {
  let found = null;
  let least = reach;
  for (const [i, value] of values.entries()) {
    const { x, y } = positionOf(frame, value);
    const distance = Math.hypot(x - place.x, y - place.y);
    if (distance > least) continue;
    least = distance;
    found = i;
  }
  return found;
}
