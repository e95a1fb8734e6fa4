// @ts-check
/** Round numbers along an axis. */

import { fixed } from "../page/numbers.js";

/**
 * @param {readonly [number, number]} range
 * @param {number} count about how many
 * @returns {{ at: number, text: string }[]} all with as many digits as they need together
 */
export function ticks([low, high], count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1) {
    found.push({ at: i * step, text: fixed(i * step, digits) });
  }
  return found;
}
