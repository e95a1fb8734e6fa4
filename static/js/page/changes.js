// @ts-check
/** Drawing only what has changed. Pure. */

/**
 * @param {readonly unknown[]} before
 * @param {readonly unknown[]} now
 * @returns {boolean} whether any of them is another value or object
 */
export function changed(before, now) {
  return now.length !== before.length || now.some((value, i) => !Object.is(value, before[i]));
}

/**
 * A view of some values of the state: it is drawn when one of them has changed, and at first.
 *
 * @template S
 * @template {readonly unknown[]} P
 * @param {(state: S) => readonly [...P]} pick
 * @param {(...picked: P) => void} draw
 * @returns {(state: S) => void}
 */
export function when(pick, draw) {
  /** @type {readonly unknown[] | null} */
  let before = null;
  return (state) => {
    const picked = pick(state);
    if (before !== null && !changed(before, picked)) return;
    before = picked;
    draw(...picked);
  };
}
