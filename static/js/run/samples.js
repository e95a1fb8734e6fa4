// @ts-check
/** A line through values that only some steps have. */

/** @typedef {{ x: readonly number[], y: readonly (number | null)[] }} Samples in the order of their steps */

/** How many are kept: when there are more, every second one goes. */
const LIMIT = 1000;

/**
 * @param {Samples} samples
 * @param {number} step
 * @param {number | null} value null: this step has none
 * @returns {Samples}
 */
export function sampled(samples, step, value) {
  if (value === null || step <= (samples.x.at(-1) ?? -1)) return samples;
  const x = [...samples.x, step];
  const y = [...samples.y, Number.isFinite(value) ? value : null];
  if (x.length <= LIMIT) return { x, y };
  /** @type {(_: unknown, i: number) => boolean} */
  const second = (_, i) => i % 2 === 0;
  return { x: x.filter(second), y: y.filter(second) };
}
