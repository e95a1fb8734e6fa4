// @ts-check
/**
 * A picture of a `.grad` as a pot: dashed while it is None, empty at zero, with a layer for each `backward()` that
 * has added to it since it was last zero. A non-leaf's pot has no bottom, as gradients only pass through.
 */

import { svg } from "../../page/svg.js";

const [TOP, BOTTOM] = [9, 55];
const [WIDE, NARROW] = [24, 17];
const MIDDLE = 32;
const MOST_LAYERS = 5;
/** The level of one layer as a share of the height, and what each further layer adds. */
const FIRST = 0.5;
const NEXT = 0.1;

/** @typedef {"value" | "zero" | "none" | "not_retained" | "untracked"} Fill */

/**
 * @param {Fill} fill
 * @param {number} layers how many gradients were added up
 * @returns {SVGElement}
 */
export function potPicture(fill, layers) {
  const parts = fill === "value" ? layersOf(Math.min(Math.max(layers, 1), MOST_LAYERS)) : [];
  const wall =
    fill === "not_retained"
      ? `M${MIDDLE - WIDE} ${TOP}L${MIDDLE - NARROW} ${BOTTOM}M${MIDDLE + WIDE} ${TOP}L${MIDDLE + NARROW} ${BOTTOM}`
      : `M${MIDDLE - WIDE} ${TOP}L${MIDDLE - NARROW - 1} ${BOTTOM - 6}Q${MIDDLE - NARROW} ${BOTTOM} ${MIDDLE - NARROW + 7} ${BOTTOM}` +
        `H${MIDDLE + NARROW - 7}Q${MIDDLE + NARROW} ${BOTTOM} ${MIDDLE + NARROW + 1} ${BOTTOM - 6}L${MIDDLE + WIDE} ${TOP}`;
  const through =
    fill === "not_retained"
      ? [
          svg("path", {
            class: "pot-through",
            d: `M${MIDDLE} 14V58M${MIDDLE - 5} 52L${MIDDLE} 58L${MIDDLE + 5} 52`,
          }),
        ]
      : [];
  return svg(
    "svg",
    { class: "pot-picture", "data-fill": fill, viewBox: "0 0 64 62", "aria-hidden": "true" },
    ...parts,
    ...through,
    svg("path", { class: "pot-wall", d: wall }),
    svg("path", { class: "pot-rim", d: `M${MIDDLE - WIDE - 3} ${TOP}H${MIDDLE + WIDE + 3}` }),
  );
}

/** @param {number} count */
function layersOf(count) {
  const level = FIRST + NEXT * (count - 1);
  const height = ((BOTTOM - TOP) * level) / count;
  return Array.from({ length: count }, (_, k) => {
    const [lower, upper] = [BOTTOM - k * height, BOTTOM - (k + 1) * height];
    const [low, high] = [lower, upper].map(
      (y) => NARROW + ((WIDE - NARROW) * (BOTTOM - y)) / (BOTTOM - TOP) - 1.5,
    );
    const [a, b] = [low ?? 0, high ?? 0];
    const corner = k === 0 ? 5 : 0;
    const d =
      `M${MIDDLE - a + corner} ${lower}L${MIDDLE - a} ${lower - corner}L${MIDDLE - b} ${upper}` +
      `H${MIDDLE + b}L${MIDDLE + a} ${lower - corner}L${MIDDLE + a - corner} ${lower}Z`;
    return svg("path", { class: "pot-layer", "data-layer": k % 2, d });
  });
}
