// @ts-check
/** What is drawn inside and around a unit: its activation as a small curve, its bias as an arc. */

import { extent, scale } from "../../charts/ranges.js";
import { ACTIVATIONS } from "../model/activations.js";

/** @typedef {import("../model/activations.js").Activation} Activation */

/** The activation is drawn from minus to plus this. */
const REACH = 3;
const POINTS = 24;
/** The longest arc, as a share of the circle: a gap is left, so that it is not taken for a border. */
const LONGEST = 0.94;

/**
 * The activation's curve in a square around the origin.
 *
 * @param {Activation} activation
 * @param {number} half half the side of the square
 */
export function activationPath(activation, half) {
  const activate = ACTIVATIONS[activation];
  const xs = Array.from({ length: POINTS + 1 }, (_, i) => REACH * ((2 * i) / POINTS - 1));
  const ys = xs.map(activate);
  const across = scale([-REACH, REACH], -half, half);
  const down = scale(extent(ys) ?? [0, 1], half, -half);
  const points = xs.map((x, i) => `${across(x).toFixed(1)} ${down(ys[i] ?? 0).toFixed(1)}`);
  return `M${points.join("L")}`;
}

/**
 * An arc from the top of a circle around the origin: clockwise for plus, the other way round for minus.
 *
 * @param {number} share of the circle, from -1 to 1
 * @param {number} radius
 */
export function ringPath(share, radius) {
  if (!(Math.abs(share) > 0)) return "";
  const angle = 2 * Math.PI * LONGEST * share;
  const [x, y] = [radius * Math.sin(angle), -radius * Math.cos(angle)];
  const large = Math.abs(angle) > Math.PI ? 1 : 0;
  return `M0 ${(-radius).toFixed(1)}A${radius.toFixed(1)} ${radius.toFixed(1)} 0 ${large} ${share > 0 ? 1 : 0} ${x.toFixed(1)} ${y.toFixed(1)}`;
}
