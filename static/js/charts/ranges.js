// @ts-check
/** Ranges of values: their scales, and axes that stay put, growing by doubling and only when they must. */

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
 * `range` with the room beyond `core` doubled, at either end, until it holds what is needed.
 *
 * @param {Range} range
 * @param {Range} core what the axis is about: it lies inside `range`
 * @param {Range | null} needed
 * @param {number} limit the most room at an end; what lies beyond leaves the picture
 * @returns {Range} the same object where nothing changes
 */
export function grown(range, core, needed, limit = Number.POSITIVE_INFINITY) {
  if (needed === null) return range;
  const below = doubled(core[0] - range[0], core[0] - needed[0], limit);
  const above = doubled(range[1] - core[1], needed[1] - core[1], limit);
  const wider = /** @type {Range} */ ([core[0] - below, core[1] + above]);
  return wider[0] < range[0] || wider[1] > range[1] ? wider : range;
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

/**
 * A linear scale.
 *
 * @param {Range} values
 * @param {number} from what the first value becomes, such as a place in px
 * @param {number} to what the last value becomes
 * @returns {(value: number) => number}
 */
export function scale([low, high], from, to) {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

/**
 * The whole decades that hold a range of positive values, as a logarithmic axis counts them.
 *
 * @param {number} low
 * @param {number} high
 * @returns {Range} at least one decade
 */
export function decades(low, high) {
  const first = Math.floor(Math.log10(low));
  return [first, Math.max(Math.ceil(Math.log10(high)), first + 1)];
}
