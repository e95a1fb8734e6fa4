// @ts-check
/** What the loss compares in a step that is taken line by line: the prediction, and the points it is for. */

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

/**
 * @typedef {object} Residuals
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[]} prediction
 */

/**
 * @param {State} state
 * @returns {Residuals | null} null: `forward` has not run in this step, or there is no telling which points
 *   its values are for; or the model is no curve
 */
export function residualsOf({ lines, started }) {
  if (started?.area) return null;
  const forward = lines.find(({ line }) => line === "forward");
  const values = forward?.changes[0]?.after;
  if (!forward || !started || !values) return null;
  const prediction = flat(values);
  const { samples } = forward;
  if (samples === null && prediction.length !== started.x.length) return null;
  /** @param {number[]} all */
  const taken = (all) => (samples === null ? all : samples.map((i) => all[i] ?? Number.NaN));
  return { x: taken(started.x), y: taken(started.y), prediction };
}

/**
 * @param {import("../../types/protocol").Nested} nested
 * @returns {number[]} null, which stands for what is not finite, as NaN
 */
export function flat(nested) {
  if (!Array.isArray(nested)) return [nested ?? Number.NaN];
  return nested.flatMap(flat);
}

/** What the classes of `torch.nn` make of one residual; both Huber kinds with torch's default of 1. */
const ELEMENTS = /** @type {Record<RunConfig["loss"], (residual: number) => number>} */ ({
  MSELoss: (r) => r * r,
  L1Loss: Math.abs,
  SmoothL1Loss: (r) => (Math.abs(r) < 1 ? 0.5 * r * r : Math.abs(r) - 0.5),
  HuberLoss: (r) => (Math.abs(r) < 1 ? 0.5 * r * r : Math.abs(r) - 0.5),
});

/**
 * What each point adds to the loss, before the mean is taken.
 *
 * @param {Residuals} residuals
 * @param {RunConfig} config
 * @returns {number[]} where y has no second dimension, the mean over all y for each prediction
 */
export function partsOf({ y, prediction }, config) {
  const part = ELEMENTS[config.loss];
  if (config.data.unsqueeze_y === false) {
    return prediction.map((value) => y.reduce((sum, target) => sum + part(value - target), 0) / y.length);
  }
  return prediction.map((value, i) => part(value - (y[i] ?? Number.NaN)));
}
