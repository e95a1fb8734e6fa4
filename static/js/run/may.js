// @ts-check
/** What this page may do with the run now. Pure: no DOM. */

/** @typedef {import("./state.js").State} State */

/**
 * Whether commands would reach a run that is this page's own.
 *
 * @param {State | null} state null: nothing is known yet
 */
export function mayChange(state) {
  return state !== null && state.link === "open" && state.control && state.run !== null;
}
