// @ts-check
/** What a line did to all gradients, or to all parameters, as flat rows in the order of a snapshot. */

import { elementsOf, offsetOf, parameterName } from "../../run/layers.js";
import { flat } from "../../run/residuals.js";

/** @typedef {import("../../run/layers.js").Layer} Layer */
/** @typedef {import("../../run/state.js").LineRan} LineRan */
/** @typedef {import("../../../types/protocol").TensorChange} TensorChange */

/**
 * @typedef {object} Changes
 * @property {ArrayLike<number> | null} before null: there was none
 * @property {ArrayLike<number> | null} after
 * @property {{ at: number, name: string, value: number }} largest of the gradients after, or of the moves
 */

/**
 * @param {LineRan} ran `zero_grad`, `backward` or `step`
 * @param {Layer[]} layers
 * @param {{ before: ArrayLike<number> | null, after: ArrayLike<number> | null }} snapshots the same from the snapshots
 *   around it: values of large tensors are only there
 * @returns {Changes}
 */
export function changesOf(ran, layers, snapshots) {
  const before = joined(ran.changes, "before", snapshots.before);
  const after = joined(ran.changes, "after", snapshots.after);
  /** @param {number} at */
  const size = (at) => Math.abs((after?.[at] ?? 0) - (ran.line === "step" ? (before?.[at] ?? 0) : 0));
  let [largest, most] = [0, -1];
  for (let at = 0; at < (after?.length ?? 0); at += 1) {
    if (size(at) > most) [largest, most] = [at, size(at)];
  }
  const element = [...elementsOf(layers)].find((other) => offsetOf(layers, other) === largest);
  const moved = (after?.[largest] ?? 0) - (ran.line === "step" ? (before?.[largest] ?? 0) : 0);
  return {
    before,
    after,
    largest: { at: largest, name: element ? parameterName(layers, element) : "", value: moved },
  };
}

/**
 * @param {TensorChange[]} changes one for each parameter, in the order of a snapshot
 * @param {"before" | "after"} when
 * @param {ArrayLike<number> | null} whole
 */
function joined(changes, when, whole) {
  const small = changes.filter((change) => size(change) <= MAX_SHOWN);
  if (small.some((change) => change[when] === null)) return null;
  if (small.length < changes.length) return whole;
  return changes.flatMap((change) => flat(change[when]));
}

/** Of larger tensors the server tells no values here (app/protocol/lines.py). */
const MAX_SHOWN = 1024;

/** @param {TensorChange} change */
const size = ({ shape }) => shape.reduce((product, length) => product * length, 1);
