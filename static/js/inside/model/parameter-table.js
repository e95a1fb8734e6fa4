// @ts-check
/** Every weight and bias as a table, for those who read numbers or hear them. */

import { t } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";
import { table } from "../../page/table.js";
import { elementsOf, offsetOf, parameterName } from "../../run/layers.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/layers.js").Layer} Layer */

/** A longer table would be read by nobody: those of a larger model are its biases, and its largest weights. */
const MOST_ROWS = 200;

export class ParameterTable {
  #details;
  #place;
  /** @type {import("../../run/snapshot.js").Snapshot | null} */
  #shown = null;

  /** @param {HTMLDetailsElement} details */
  constructor(details) {
    this.#details = details;
    this.#place = /** @type {HTMLElement} */ (details.querySelector(".numbers-table"));
  }

  /**
   * While the run plays the table stays as it is: nobody could read it.
   *
   * @param {State} state
   * @param {Layer[]} layers
   */
  draw({ snapshot, run }, layers) {
    if (!this.#details.open || !snapshot || snapshot === this.#shown) return;
    if (this.#shown !== null && run?.status === "playing") return;
    this.#shown = snapshot;
    const { parameters, gradients } = snapshot;
    const rows = chosen(layers, parameters).map((element) => {
      const at = offsetOf(layers, element);
      const grad = gradients === null ? "None" : figure(gradients[at] ?? Number.NaN);
      return [parameterName(layers, element), figure(parameters[at] ?? Number.NaN), grad];
    });
    const content = {
      caption: t("Weights and biases"),
      headings: [t("parameter"), t("value"), ".grad"],
      row: (/** @type {number} */ i) => rows[i] ?? [],
      count: rows.length,
      named: true,
    };
    this.#place.replaceChildren(table(content, MOST_ROWS));
  }
}

/**
 * @param {Layer[]} layers
 * @param {Float32Array} parameters
 */
function chosen(layers, parameters) {
  const all = [...elementsOf(layers)];
  if (all.length <= MOST_ROWS) return all;
  /** @param {import("../../run/layers.js").Element} element */
  const size = (element) => Math.abs(parameters[offsetOf(layers, element)] ?? 0);
  return all.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_ROWS);
}
