// @ts-check
/** What the server tells of a run's earlier steps. */

import { request, requestBytes } from "../page/http.js";
import { flat } from "../run/residuals.js";
import { pathOf } from "../run/runs.js";
import { decodeSnapshots } from "../run/snapshot.js";
import { surfaceOf } from "../run/surface.js";

/** @typedef {import("../run/snapshot.js").Snapshot} Snapshot */

/**
 * Of the steps that are kept so many, evenly spread, with both ends; fewer of a large network.
 *
 * @param {string} run
 * @param {number} from
 * @param {number} to
 * @param {number} count
 * @param {AbortSignal} [signal]
 * @returns {Promise<Snapshot[]>}
 */
export async function snapshotsBetween(run, from, to, count, signal) {
  const query = new URLSearchParams({ from: `${from}`, to: `${to}`, count: `${count}`, format: "binary" });
  return decodeSnapshots(await requestBytes(`${pathOf(run)}/snapshots?${query}`, { signal }));
}

/**
 * One step, also if it is not kept: the server then trains up to it again, which may take seconds.
 *
 * @param {string} run
 * @param {number} step
 * @param {import("../../types/protocol").ParameterInfo[]} parameters in the order in which they are laid out
 * @param {AbortSignal} [signal]
 * @returns {Promise<Snapshot>}
 */
export async function snapshotAt(run, step, parameters, signal) {
  /** @type {import("../../types/protocol").Snapshot} */
  const answer = await request(`${pathOf(run)}/snapshots/${step}`, { signal });
  /** @param {import("../../types/protocol").Snapshot["gradients"]} values */
  const laidOut = (values) => Float32Array.from(parameters.flatMap(({ name }) => flat(values[name] ?? null)));
  const hasGradients = Object.values(answer.gradients).some((values) => values !== null);
  const sizes = parameters.filter(({ name }) => name.endsWith(".bias")).map(({ shape }) => shape[0] ?? 0);
  return {
    type: "snapshot",
    step: answer.step,
    loss: answer.loss,
    testLoss: answer.test_loss,
    lr: answer.lr,
    diverged: answer.diverged,
    prediction: Float32Array.from(answer.prediction.flatMap(flat)),
    gridPrediction: Float32Array.from(answer.grid_prediction.flatMap(flat)),
    parameters: laidOut(answer.parameters),
    gradients: hasGradients ? laidOut(answer.gradients) : null,
    deadUnits: Uint32Array.from(throughAll(answer.dead_units, sizes)),
    surface: surfaceOf(answer),
    lossesFrom: answer.step + 1,
    losses: new Float32Array(),
  };
}

/**
 * Units of each layer, counted on from layer to layer.
 *
 * @param {number[][]} units
 * @param {number[]} sizes of the layers
 */
function throughAll(units, sizes) {
  let first = 0;
  return units.flatMap((ofLayer, i) => {
    const counted = ofLayer.map((unit) => first + unit);
    first += sizes[i] ?? 0;
    return counted;
  });
}

/**
 * @param {string} run
 * @param {number} from a step; they count from 1
 * @returns {Promise<import("../../types/protocol").Norms>}
 */
export function normsFrom(run, from) {
  return request(`${pathOf(run)}/norms?from=${from}`);
}
