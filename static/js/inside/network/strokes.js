// @ts-check
/** How wide a weight's line is, and a gradient's. */

import { set } from "../../page/svg.js";

/** @typedef {import("../../run/layers.js").Layer} Layer */
/** @typedef {import("./network-layout.js").Geometry} Geometry */

/** Widths, in units of the text's size. */
const THIN = 0.05;
const THICK = 0.42;
const THICKEST_GRAD = 0.34;
const THINNEST_GRAD = 0.04;
/** Gradients smaller than this share of the largest are lines without an arrow. */
const LEAST_ARROW = 0.12;
/** Where more lines than this lie between two columns, they are half as wide. */
const CROWD = 36;

export class Strokes {
  #layers;
  #em;
  #thick;

  /**
   * @param {Layer[]} layers
   * @param {Geometry} geometry
   * @param {number} em the text's size, in px
   */
  constructor(layers, { columns, row }, em) {
    this.#layers = layers;
    this.#em = em;
    this.#thick = Math.min(THICK * em, 0.2 * row);
    const counts = columns.map(({ units }) => units.length);
    /** Whether there are many lines between a layer's inputs and its units. */
    this.crowded = counts.slice(1).map((count, layer) => count * (counts[layer] ?? 0) > CROWD);
  }

  /**
   * How much of the greatest width a value gets, from -1 to 1. `torch.nn.Linear` begins within
   * 1/sqrt(inputs): measured by that, layers of all widths look alike, and nothing is rescaled on the way.
   *
   * @param {number} value
   * @param {number} layer
   */
  share(value, layer) {
    const { inputs } = /** @type {Layer} */ (this.#layers[layer]);
    return Math.sign(value) * Math.tanh((Math.abs(value) * Math.sqrt(inputs)) / 2);
  }

  /**
   * @param {SVGElement} path
   * @param {number} value
   * @param {number} layer
   */
  weight(path, value, layer) {
    const thick = this.crowded[layer] ? this.#thick / 2 : this.#thick;
    const width = THIN * this.#em + thick * Math.abs(this.share(value, layer));
    set(path, "stroke-width", (Number.isNaN(width) ? THIN * this.#em : width).toFixed(1));
    set(path, "data-sign", signOf(value));
  }

  /**
   * @param {SVGElement} path
   * @param {number | null} value null: there is none
   * @param {number} largest the largest gradient of all
   * @param {number} [breadth] as a share of what a weight's gradient gets
   */
  grad(path, value, largest, breadth = 1) {
    const share = value === null || largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest);
    const drawn = share > 0;
    set(path, "visibility", drawn ? "inherit" : "hidden");
    if (!drawn) return;
    const width = Math.max(THINNEST_GRAD, share * breadth * THICKEST_GRAD) * this.#em;
    set(path, "marker-mid", share < LEAST_ARROW ? "none" : "url(#grad-arrow)");
    set(path, "stroke-width", width.toFixed(1));
    set(path, "data-sign", signOf(/** @type {number} */ (value)));
  }
}

/** @param {number} value */
export function signOf(value) {
  if (Number.isNaN(value)) return "nan";
  return value < 0 ? "minus" : "plus";
}

/**
 * The largest gradient in size.
 *
 * @param {Float32Array} gradients
 */
export function largestOf(gradients) {
  let largest = 0;
  for (const value of gradients) {
    const size = Math.abs(value);
    if (size > largest && size !== Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}
