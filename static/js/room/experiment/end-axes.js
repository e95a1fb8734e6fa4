// @ts-check
/** The two axes of a class's experiment: the values that were dealt, and the losses they came to. Pure. */

import { ticks } from "../../charts/ticks.js";
import { plain } from "../../page/numbers.js";
import { spreadOf } from "./ends.js";

/** @typedef {import("../../../types/protocol").ExperimentState} ExperimentState */
/** @typedef {import("./ends.js").End} End */
/** @typedef {{ at: number, text: string }} Tick at: its place, from 0 to 1 */
/** @typedef {{ place: (value: number) => number, ticks: Tick[] }} Axis place: from 0 to 1 */

/** Losses farther apart than this factor are drawn by their powers of ten. */
const WIDE = 20;
/** Room beside the outermost ones. */
const AIR = 0.04;

/** @param {ExperimentState} experiment @returns {Axis} */
export function valueAxis({ vary, low, high, scale, values, n_dealt }) {
  if (vary === "lr") return scale === "log" ? logAxis(low, high) : linearAxis(low, high, 6);
  const first = Math.min(...values, Number.POSITIVE_INFINITY);
  if (!Number.isFinite(first)) return linearAxis(0, 1, 1);
  const last = Math.max(...values, first + 1, first + n_dealt - 1);
  return linearAxis(first, last, Math.min(8, last - first));
}

/** @param {End[]} ends @returns {Axis} */
export function lossAxis(ends) {
  const losses = ends.flatMap(({ loss }) => (loss === null ? [] : [loss]));
  if (losses.length === 0) return linearAxis(0, 1, 4);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  if (low > 0 && high / low > WIDE) return logAxis(low, high);
  const air = (high - low || Math.abs(high) || 1) * 0.2;
  return linearAxis(Math.max(low - air, low >= 0 ? 0 : low - air), high + air, 5);
}

/** @param {number} low @param {number} high @param {number} count @returns {Axis} */
function linearAxis(low, high, count) {
  const place = placed((value) => value, low, high);
  return { place, ticks: ticks([low, high], count).map(({ at, text }) => ({ at: place(at), text })) };
}

/** @param {number} low @param {number} high @returns {Axis} */
function logAxis(low, high) {
  const place = placed(Math.log10, low, high);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const factors = last - first > 2 ? [1] : [1, 2, 5];
  /** @type {Tick[]} */
  const found = [];
  for (let power = first; power <= last; power += 1) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(1));
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
        found.push({ at: place(value), text: plain(value) });
    }
  }
  return { place, ticks: found };
}

/** @param {(value: number) => number} by @param {number} low @param {number} high */
function placed(by, low, high) {
  const [from, to] = [by(low), by(high)];
  return (/** @type {number} */ value) => AIR + ((1 - 2 * AIR) * (by(value) - from)) / (to - from || 1);
}

/**
 * Where the median of the losses lies, and between what places half of them.
 *
 * @param {End[]} ends
 * @param {Axis} axis of the losses
 */
export function spreadPlaces(ends, { place }) {
  const spread = spreadOf(ends);
  return spread && { low: place(spread.low), median: place(spread.median), high: place(spread.high) };
}
