// @ts-check
/** What a page in a lesson's frame tells the lesson around it. */

import { embedded } from "../page/embedded.js";

/**
 * runs: of a run or a comparison; ended: whether all have come to their end; points: those that a run learns from.
 * program: as it was run last.
 *
 * @typedef {{ lesson: "runs", runs: string[], ended: boolean, points: [number, number][] }
 *   | { lesson: "program", program: string }} Told
 */

/** @param {Told} told */
export function tellLesson(told) {
  if (embedded === "own") parent.postMessage(told, location.origin);
}
