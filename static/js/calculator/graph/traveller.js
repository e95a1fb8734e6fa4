// @ts-check
/** A number that moves back along an edge during the playback. */

import { svg } from "../../page/svg.js";

/** Its height above the line, in the graph's units. */
const ABOVE = 16;

/**
 * @param {SVGElement | undefined} edge
 * @param {string} text
 * @param {number} duration in ms
 * @returns {SVGElement[]} what moves; it goes away at its end, and stops where it is taken out before
 */
export function travelling(edge, text, duration) {
  const path = /** @type {SVGPathElement | null | undefined} */ (edge?.querySelector(".edge-line"));
  if (!edge || !path) return [];
  edge.setAttribute("data-travelled", "");
  const label = svg("text", { class: "traveller", "text-anchor": "middle" }, text);
  const length = path.getTotalLength();
  const began = performance.now();
  const move = (/** @type {number} */ now) => {
    const done = Math.min(1, Math.max(0, now - began) / duration);
    const { x, y } = path.getPointAtLength(length * (1 - done));
    label.setAttribute("x", String(x));
    label.setAttribute("y", String(y - ABOVE));
    if (done < 1) {
      requestAnimationFrame((next) => {
        if (label.isConnected) move(next);
      });
    } else {
      label.remove();
      edge.removeAttribute("data-travelled");
    }
  };
  move(began);
  return [label];
}
