// @ts-check
/** The points as they are edited: read from the run, changed one at a time, written as settings. Pure: no DOM. */

/** @typedef {import("../../types/protocol").Points} Points */
/** @typedef {[number, number]} Pair as in `data.points` */
/** @typedef {Readonly<{ x: number, y: number, test: boolean }>} Point test: whether it is held out */

/** As many as the server takes, and as few as leave something to learn from. */
export const MOST = 1000;
export const LEAST = 2;
/** A coordinate may be this large, of either sign. */
const FARTHEST = 1e6;

/**
 * The run's points in the order of its settings; where a formula made them, in the order of x.
 *
 * @param {Points} points
 * @param {readonly Pair[] | null} given `data.points`
 * @returns {Point[]}
 */
export function pointsOf({ x, y, test_x, test_y }, given) {
  if (given !== null) return marked(given, test_x, test_y);
  const train = x.map((value, i) => ({ x: value, y: y[i] ?? Number.NaN, test: false }));
  const test = test_x.map((value, i) => ({ x: value, y: test_y[i] ?? Number.NaN, test: true }));
  return [...train, ...test].sort((a, b) => a.x - b.x);
}

/**
 * Marks those of the given points that are held out. Of equal points it does not matter which.
 *
 * @param {readonly Pair[]} given
 * @param {number[]} testX
 * @param {number[]} testY
 * @returns {Point[]}
 */
function marked(given, testX, testY) {
  /** @type {Map<string, number>} */
  const held = new Map();
  for (const [i, x] of testX.entries()) {
    const key = keyOf(x, testY[i] ?? Number.NaN);
    held.set(key, (held.get(key) ?? 0) + 1);
  }
  return given.map(([x, y]) => {
    const key = keyOf(x, y);
    const left = held.get(key) ?? 0;
    if (left > 0) held.set(key, left - 1);
    return { x, y, test: left > 0 };
  });
}

/** Equal for what is equal as float32. @param {number} x @param {number} y */
const keyOf = (x, y) => `${Math.fround(x)} ${Math.fround(y)}`;

/**
 * As settings have them.
 *
 * @param {readonly Point[]} points
 * @returns {Pair[]}
 */
export function pairsOf(points) {
  return points.map(({ x, y }) => [shortest(x), shortest(y)]);
}

/**
 * The number with the fewest digits that is the same float32: what torch made of it stays, and it can be read.
 *
 * @param {number} value
 */
export function shortest(value) {
  const wanted = Math.fround(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(wanted.toPrecision(digits));
    if (Math.fround(short) === wanted) return short;
  }
  return Number(wanted.toPrecision(9));
}

/**
 * A coordinate as a hand can set it: to about a thousandth of what the axis shows.
 *
 * @param {number} value
 * @param {number} span of the axis
 */
export function rounded(value, span) {
  const decimals = Math.max(0, Math.min(20, 3 - Math.floor(Math.log10(span))));
  const bounded = Math.max(-FARTHEST, Math.min(FARTHEST, value));
  return Number(bounded.toFixed(decimals)) + 0; // never −0
}

/**
 * @param {readonly Point[]} points
 * @param {number} index
 * @param {{ x: number, y: number }} place
 * @returns {Point[]}
 */
export function moved(points, index, { x, y }) {
  return points.map((point, i) => (i === index ? { ...point, x, y } : point));
}

/**
 * @param {readonly Point[]} points
 * @param {{ x: number, y: number }} place
 * @returns {Point[]} the new one last
 */
export function added(points, { x, y }) {
  return [...points, { x, y, test: false }];
}

/**
 * @param {readonly Point[]} points
 * @param {number} index
 * @returns {Point[]}
 */
export function removed(points, index) {
  return points.filter((_, i) => i !== index);
}

/**
 * The point that comes next from left to right, or before.
 *
 * @param {readonly Point[]} points
 * @param {number} index
 * @param {"PageDown" | "PageUp" | "Home" | "End"} key
 * @returns {number} the same index at either end
 */
export function beside(points, index, key) {
  const order = points.map((_, i) => i).sort((a, b) => (points[a]?.x ?? 0) - (points[b]?.x ?? 0) || a - b);
  const rank = order.indexOf(index);
  const to = { PageDown: rank + 1, PageUp: rank - 1, Home: 0, End: order.length - 1 }[key];
  return order[to] ?? index;
}
