// @ts-check
/** The shapes that meet in a step, and what their meeting gives. Pure: no DOM. */

import { t, tn } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/state.js").Started} Started */
/** @typedef {import("../../../types/protocol").RunConfig} RunConfig */

/**
 * Shapes as torch has them. prediction, difference: null where torch refuses `net(x)`.
 *
 * @typedef {object} Shapes
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[] | null} prediction
 * @property {number[] | null} difference what `prediction - y` spreads out to
 */

/**
 * @param {RunConfig} config
 * @param {Started} started
 * @returns {Shapes} of one step: with mini-batches, of a full one
 */
export function shapesOf({ data, batch_size }, started) {
  const n = batch_size ?? started.x.length;
  const prediction = data.unsqueeze_x ? [n, 1] : null;
  return {
    x: data.unsqueeze_x ? [n, 1] : [n],
    y: data.unsqueeze_y ? [n, 1] : [n],
    prediction,
    difference: prediction && [n, data.unsqueeze_y ? 1 : n],
  };
}

/** As torch prints it. @param {number[]} shape */
export const shapeText = (shape) => `[${shape.join(", ")}]`;

/**
 * What the shapes lead to, in words.
 *
 * @param {Shapes} shapes
 * @param {RunConfig} config
 * @param {Started} started
 * @returns {string[]} sentences
 */
export function meeting({ x, y, prediction, difference }, config, started) {
  if (prediction === null || difference === null) {
    return [
      tn(
        "The first layer takes rows of 1 feature. {x} counts as 1 row of {count} feature, and torch refuses the product.",
        "The first layer takes rows of 1 feature. {x} counts as 1 row of {count} features, and torch refuses the product.",
        x[0] ?? 0,
        { x: shapeText(x) },
      ),
    ];
  }
  const [n = 0, across = 0] = difference;
  const both = { prediction: shapeText(prediction), y: shapeText(y), n };
  if (across === 1) {
    return [
      tn(
        "{prediction} meets {y}: each prediction is compared with its own y. That is {count} difference.",
        "{prediction} meets {y}: each prediction is compared with its own y. That is {count} differences.",
        n,
        both,
      ),
    ];
  }
  const repeated = t(
    "{prediction} meets {y}: torch repeats the column {n} times across and the row {n} times down. That is {count} differences, every prediction with every y. Only the diagonal was meant.",
    { ...both, count: n * n },
  );
  if (config.loss !== "MSELoss") {
    return [repeated, t("Their mean is least where all predictions are the same number: a flat line.")];
  }
  const mean = started.y.reduce((sum, value) => sum + value, 0) / started.y.length;
  return [
    repeated,
    t(
      "The mean of their squares is least where every prediction is the mean of y, {mean}: a flat line there.",
      { mean: figure(mean) },
    ),
  ];
}
