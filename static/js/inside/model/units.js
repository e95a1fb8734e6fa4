// @ts-check
/** What each hidden unit gives for each x, computed here in float64 from a snapshot's parameters. */

import { ACTIVATIONS, KINKED } from "./activations.js";

/** @typedef {import("../../run/layers.js").Layer} Layer */
/** @typedef {import("./activations.js").Activation} Activation */

/**
 * A hidden layer's values: a row of `points` numbers for each unit.
 *
 * @typedef {{ before: Float64Array, after: Float64Array }} Values before and after the activation
 */

/** The hidden layers at fixed x. Its arrays are filled anew by each `compute`. */
export class Units {
  #hidden;
  #predict;
  #activation;
  #xs;
  #inputs;
  /** @type {Values[]} */
  #values;

  /**
   * @param {Layer[]} layers
   * @param {Activation} activation
   * @param {ArrayLike<number>} xs
   */
  constructor(layers, activation, xs) {
    this.#hidden = layers.slice(0, -1);
    this.#predict = /** @type {Layer} */ (layers.at(-1));
    this.#activation = activation;
    this.#xs = xs;
    this.#inputs = Float64Array.from(xs);
    this.#values = this.#hidden.map(({ outputs }) => ({
      before: new Float64Array(outputs * xs.length),
      after: new Float64Array(outputs * xs.length),
    }));
  }

  /** How many units the last hidden layer has; without one, the input counts as one. */
  get count() {
    return this.#predict.inputs;
  }

  /** @param {ArrayLike<number>} parameters as in a snapshot */
  compute(parameters) {
    const activate = ACTIVATIONS[this.#activation];
    /** @type {Float64Array} */
    let inputs = this.#inputs;
    for (const [k, layer] of this.#hidden.entries()) {
      const { before, after } = /** @type {Values} */ (this.#values[k]);
      linear(layer, parameters, inputs, before);
      for (let i = 0; i < before.length; i += 1) after[i] = activate(/** @type {number} */ (before[i]));
      inputs = after;
    }
  }

  /**
   * What a unit of the last hidden layer adds to the curve: its output times its weight in `predict`.
   *
   * @param {ArrayLike<number>} parameters
   * @param {number} unit
   * @returns {Float64Array} one number for each x
   */
  contribution(parameters, unit) {
    const weight = /** @type {number} */ (parameters[this.#predict.weight + unit]);
    return this.#row(this.#values.at(-1)?.after ?? this.#inputs, unit).map((value) => weight * value);
  }

  /**
   * Which units give 0 for every x.
   *
   * @returns {boolean[][]} for each hidden layer, for each unit
   */
  dead() {
    return this.#values.map(({ after }, k) =>
      Array.from({ length: /** @type {Layer} */ (this.#hidden[k]).outputs }, (_, unit) =>
        this.#row(after, unit).every((value) => value === 0),
      ),
    );
  }

  /**
   * Where the slope of a unit of the last hidden layer jumps. In a single layer that is at -b/w; in a deeper
   * one it is found between two neighbours of `xs`, and is as exact as they are close.
   *
   * @param {ArrayLike<number>} parameters
   * @param {number} unit
   * @returns {number[]}
   */
  kinks(parameters, unit) {
    const layer = this.#hidden.at(-1);
    if (!layer || !KINKED.has(this.#activation)) return [];
    if (this.#hidden.length > 1) {
      return crossings(this.#xs, this.#row(/** @type {Values} */ (this.#values.at(-1)).before, unit));
    }
    const kink =
      -(/** @type {number} */ (parameters[layer.bias + unit])) /
      /** @type {number} */ (parameters[layer.weight + unit]);
    return Number.isFinite(kink) ? [kink] : [];
  }

  /**
   * @param {Float64Array} values
   * @param {number} unit
   */
  #row(values, unit) {
    return values.subarray(unit * this.#xs.length, (unit + 1) * this.#xs.length);
  }
}

/**
 * `torch.nn.Linear` at many points.
 *
 * @param {Layer} layer
 * @param {ArrayLike<number>} parameters
 * @param {Float64Array} inputs a row of points for each input
 * @param {Float64Array} outputs likewise; overwritten
 */
function linear(layer, parameters, inputs, outputs) {
  const points = inputs.length / layer.inputs;
  for (let unit = 0; unit < layer.outputs; unit += 1) {
    const start = unit * points;
    outputs.fill(/** @type {number} */ (parameters[layer.bias + unit]), start, start + points);
    for (let input = 0; input < layer.inputs; input += 1) {
      const weight = /** @type {number} */ (parameters[layer.weight + unit * layer.inputs + input]);
      const from = input * points;
      for (let i = 0; i < points; i += 1) {
        outputs[start + i] += weight * /** @type {number} */ (inputs[from + i]);
      }
    }
  }
}

/**
 * Where a row of values changes its sign.
 *
 * @param {ArrayLike<number>} xs
 * @param {Float64Array} values
 */
function crossings(xs, values) {
  /** @type {number[]} */
  const found = [];
  for (let i = 1; i < values.length; i += 1) {
    const [a, b] = /** @type {[number, number]} */ ([values[i - 1], values[i]]);
    const [from, to] = /** @type {[number, number]} */ ([xs[i - 1], xs[i]]);
    if (a < 0 !== b < 0 && Number.isFinite(a - b)) found.push(from + ((to - from) * a) / (a - b));
  }
  return found;
}
