// @ts-check
/** The numbers of what is pointed at in the network, under the picture. */

import { t } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";
import { write } from "../../page/svg.js";
import { offsetOf, parameterName } from "../../run/layers.js";
import { elementAt } from "../../run/places.js";
import { largestOf } from "./strokes.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../../run/places.js").Place} Place */
/** @typedef {import("../../run/snapshot.js").Snapshot} Snapshot */

export class Readout {
  #readout;
  #gradients;

  /**
   * @param {HTMLElement} readout
   * @param {HTMLElement} gradients where it says how large the gradients are
   */
  constructor(readout, gradients) {
    this.#readout = readout;
    this.#gradients = gradients;
  }

  /**
   * @param {State} state
   * @param {Model} model
   * @param {Place | null} place
   * @param {boolean} withGradients whether gradients are shown
   */
  write({ snapshot, control }, model, place, withGradients) {
    if (!snapshot) return;
    write(this.#gradients, withGradients ? gradientText(snapshot.gradients) : "");
    const element = place && elementAt(place);
    const parts = element ? numbersOf(element, snapshot, model).map((number) => part("code", number)) : [];
    const dead = element?.input === null && model.dead[element.layer]?.[element.unit];
    if (dead) parts.push(part("span", t("dead: it gives 0 for every x")));
    if (parts.length === 0) parts.push(part("span", invitation(control)));
    this.#readout.replaceChildren(...parts);
  }
}

/**
 * What a parameter is now, and its gradient, as Python would write them.
 *
 * @param {import("../../run/layers.js").Element} element
 * @param {Snapshot} snapshot
 * @param {Model} model
 */
export function numbersOf(element, { parameters, gradients }, { layers }) {
  const at = offsetOf(layers, element);
  const grad = gradients === null ? "None" : figure(gradients[at] ?? Number.NaN);
  return [`${parameterName(layers, element)} = ${figure(parameters[at] ?? Number.NaN)}`, `.grad = ${grad}`];
}

/** @param {boolean} control whether the reader may change the run */
function invitation(control) {
  return control
    ? t("Point at a unit or a weight for its numbers; press it to change its value.")
    : t("Point at a unit or a weight for its numbers.");
}

/** @param {Float32Array | null} gradients */
function gradientText(gradients) {
  if (gradients === null) return t("no gradients: every .grad is None");
  return t("largest gradient: {size}", { size: figure(largestOf(gradients)) });
}

/**
 * @param {"code" | "span"} tag
 * @param {string} text
 */
function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
