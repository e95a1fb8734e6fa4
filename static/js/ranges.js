// @ts-check
/** Axis ranges that stay put: they grow by doubling, and only when they must. */

/** @typedef {readonly [number, number]} Range */

/** How far beyond the data an axis reaches, as a share of the data's own span. */
const MARGIN = 0.3;

/**
 * The least and the greatest finite value.
 *
 * @param {ArrayLike<number | null>} values
 * @returns {Range | null} null if there is none
 */
export function extent(values) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/**
 * The values' extent with room around it.
 *
 * @param {ArrayLike<number | null>} values
 * @param {number} margin as a share of the span
 * @returns {Range}
 */
export function around(values, margin = MARGIN) {
  const [low, high] = extent(values) ?? [0, 1];
  const room = margin * (high - low || 1);
  return [low - room, high + room];
}

/**
 * `range`, each end moved outwards by whole spans, doubled each time, until it holds [low, high].
 *
 * @param {Range} range
 * @param {Range | null} needed
 * @param {number} limit the greatest span; what lies beyond leaves the picture
 * @returns {Range} the same object where nothing changes
 */
export function grown(range, needed, limit = Number.POSITIVE_INFINITY) {
  if (needed === null) return range;
  let [low, high] = range;
  for (let span = high - low; low > needed[0] && span < limit; span = high - low) low -= span;
  for (let span = high - low; high < needed[1] && span < limit; span = high - low) high += span;
  return low === range[0] && high === range[1] ? range : [low, high];
}

/**
 * `end` doubled until it reaches `value`.
 *
 * @param {number} end
 * @param {number} value
 * @param {number} limit
 */
export function doubled(end, value, limit = Number.POSITIVE_INFINITY) {
  let result = end;
  while (result < value && result < limit) result *= 2;
  return Math.min(result, limit);
}
