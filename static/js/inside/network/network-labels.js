// @ts-check
/** Weights as numbers beside their lines. */

import { signed } from "../../page/numbers.js";
import { svg, write } from "../../page/svg.js";
import { touches } from "../../run/places.js";

/** @typedef {import("./network-scene.js").Scene} Scene */
/** @typedef {import("./network-scene.js").Edge} Edge */
/** @typedef {import("./network-layout.js").Geometry} Geometry */
/** @typedef {import("../../run/places.js").Place} Place */

/** The room that numbers on every line need, in units of the text's size: between rows, and between columns. */
const ROW = 1.7;
const GAP = 9;

export class Labels {
  #scene;
  #geometry;
  /** @type {{ at: number, text: SVGElement }[]} */
  #written = [];

  /**
   * @param {Scene} scene
   * @param {Geometry} geometry
   */
  constructor(scene, geometry) {
    this.#scene = scene;
    this.#geometry = geometry;
  }

  /**
   * Makes room for numbers: on every line of a small model, else on those of what is lit.
   *
   * @param {Place | null} place what is lit
   */
  place(place) {
    const { em, edges, labels } = this.#scene;
    const [first, second, ...others] = this.#geometry.columns;
    const gap = (second?.x ?? 0) - (first?.x ?? 0);
    const all = others.length < 2 && this.#geometry.row > ROW * em && gap > GAP * em;
    // Between two columns of several units the numbers of many lines would stand in one place.
    const isAlone = (/** @type {Edge} */ { place: { layer } }) =>
      this.#isSingle(layer) || this.#isSingle(layer + 1);
    const labelled = edges.filter(
      (edge) => (all && isAlone(edge)) || (place !== null && touches(edge.place, place)),
    );
    this.#written = labelled.map((edge) => ({ at: edge.at, text: this.#labelOf(edge, place) }));
    labels.replaceChildren(...this.#written.map(({ text }) => text));
  }

  /**
   * At the end where the line is alone: away from a unit where many meet.
   *
   * @param {Edge} edge
   * @param {Place | null} lit
   */
  #labelOf({ place, a, b }, lit) {
    const { em } = this.#scene;
    const towardsLit = lit?.kind === "unit" && lit.column === place.layer + 1;
    const atTarget = this.#isSingle(place.layer) || !(this.#isSingle(place.layer + 1) || towardsLit);
    const { x, y } = atTarget ? { x: b.x - 0.3 * em, y: b.y } : { x: a.x + 0.3 * em, y: a.y };
    return svg("text", { class: atTarget ? "at-target" : "at-source", x, y: y - 0.32 * em });
  }

  /** @param {number} column */
  #isSingle(column) {
    return this.#geometry.columns[column]?.units.length === 1;
  }

  /** @param {Float32Array} parameters */
  write(parameters) {
    for (const { at, text } of this.#written) write(text, signed(/** @type {number} */ (parameters[at])));
  }
}
