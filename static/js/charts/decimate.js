// @ts-check
/** Fewer points that draw the same line. */

/**
 * The smallest and the largest value of each bucket, in order, so that no spike is lost. Bucket sizes are
 * powers of two, so while a series grows the points already drawn stay where they are.
 *
 * @param {Float32Array} values value k belongs to x = k + 1
 * @param {number} limit about how many points to keep
 * @returns {{ x: number[], y: (number | null)[] }} a bucket with nothing finite becomes one null, a gap
 */
export function decimate(values, limit = 500) {
  let size = 1;
  while (2 * Math.ceil(values.length / size) > limit && values.length > limit) size *= 2;

  /** @type {number[]} */
  const x = [];
  /** @type {(number | null)[]} */
  const y = [];
  for (let start = 0; start < values.length; start += size) {
    const [low, high] = extremes(values, start, Math.min(start + size, values.length));
    for (const index of low < high ? [low, high] : low > high ? [high, low] : [low]) {
      x.push(index + 1);
      y.push(Number.isFinite(values[index]) ? values[index] : null);
    }
  }
  return { x, y };
}

/**
 * @param {Float32Array} values
 * @param {number} start
 * @param {number} end
 * @returns {[number, number]} the indexes of the smallest and of the largest finite value; `start` twice if none
 */
function extremes(values, start, end) {
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i += 1) {
    if (!Number.isFinite(values[i])) continue;
    if (low < 0 || values[i] < values[low]) low = i;
    if (high < 0 || values[i] > values[high]) high = i;
  }
  return low < 0 ? [start, start] : [low, high];
}
