// @ts-check
/** What the pictures show: the run as it is now, or a step that the reader looks back at. Pure. */

import { INITIAL } from "./state.js";

/** @typedef {import("./state.js").State} State */

/**
 * @typedef {object} Past
 * @property {number} step the step asked for
 * @property {import("./snapshot.js").Snapshot | null} snapshot the nearest to it that has come so far
 */

/**
 * The state as the pictures of the model are to see it. Looking back, nothing in them moves and nothing in
 * them can be changed, whatever the run does meanwhile.
 *
 * @param {State} state
 * @returns {State}
 */
export function shown(state) {
  const snapshot = state.past?.snapshot;
  if (!snapshot || state.run === null) return state;
  const run = { ...state.run, step: snapshot.step, status: /** @type {const} */ ("paused"), line: null };
  return { ...state, snapshot, run, control: false, lines: INITIAL.lines };
}
