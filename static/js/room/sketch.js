// @ts-check
/** A curve drawn by hand: its heights at equal distances, and what a hand does to them. Pure. */

/** @typedef {(number | null)[]} Heights null: nothing is drawn there */
/** @typedef {{ x: [number, number], y: [number, number] }} Axes */
/** @typedef {{ at: number, height: number }} Spot at: the place among the heights */

/** So many heights has a sketch. */
export const PLACES = 100;
/** The picture, in units of its own. */
export const WIDTH = 1000;
export const HEIGHT = 560;
/** Room for what is drawn above and below the points, as a share of their spread. */
const MARGIN = 0.3;
const DIGITS = 5;
/** How far smoothing looks to either side. */
const REACH = 4;

/** @returns {Heights} */
export const empty = () => Array(PLACES).fill(null);

/** Whether anything is drawn. @param {Heights} heights */
export const isDrawn = (heights) => heights.some((height) => height !== null);

/**
 * The part of the plane that is drawn in: all inputs of the points, and their outputs with room around.
 *
 * @param {[number, number][]} points
 * @returns {Axes}
 */
export function axesOf(points) {
  if (points.length === 0) return { x: [-1, 1], y: [-1, 1] };
  const [xs, ys] = [0, 1].map((i) => points.map((point) => /** @type {number} */ (point[i])));
  const [left, right, low, high] = [spread(xs), spread(ys)].flat();
  const room = MARGIN * (high - low);
  return { x: [left, right], y: [low - room, high + room] };
}

/** @param {number[] | undefined} values @returns {[number, number]} never without any width */
function spread(values = []) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/**
 * A place of the picture as a spot of the sketch.
 *
 * @param {{ x: number, y: number }} place in the picture's units
 * @param {Axes} axes
 * @returns {Spot}
 */
export function spotAt({ x, y }, { y: [low, high] }) {
  const at = Math.round((Math.min(Math.max(x, 0), WIDTH) / WIDTH) * (PLACES - 1));
  const share = 1 - Math.min(Math.max(y, 0), HEIGHT) / HEIGHT;
  return { at, height: rounded(low + share * (high - low)) };
}

/** @param {number} height */
const rounded = (height) => Number(height.toPrecision(DIGITS));

/** Across the picture. @param {number} x @param {Axes} axes */
export const acrossOf = (x, { x: [left, right] }) => (WIDTH * (x - left)) / (right - left);
/** Down the picture. @param {number} y @param {Axes} axes */
export const downOf = (y, { y: [low, high] }) => HEIGHT * (1 - (y - low) / (high - low));

/**
 * Draws from one spot to the next, in a straight line.
 *
 * @param {Heights} heights
 * @param {Spot} from
 * @param {Spot} to
 * @returns {Heights}
 */
export function stroked(heights, from, to) {
  const [first, last] = from.at <= to.at ? [from, to] : [to, from];
  return heights.map((height, i) => {
    if (i < first.at || i > last.at) return height;
    if (first.at === last.at) return to.height;
    const share = (i - first.at) / (last.at - first.at);
    return rounded(first.height + share * (last.height - first.height));
  });
}

/**
 * Takes away what is drawn from one place to another.
 *
 * @param {Heights} heights
 * @param {number} from
 * @param {number} to
 * @returns {Heights}
 */
export function erased(heights, from, to) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  return heights.map((height, i) => (i < first || i > last ? height : null));
}

/**
 * Each height as the mean of those around it, as far as they are drawn without a gap.
 *
 * @param {Heights} heights
 * @returns {Heights}
 */
export function smoothed(heights) {
  return heights.map((height, i) => {
    if (height === null) return null;
    const around = [height];
    // As far to one side as to the other, so that ends stay where they are.
    for (let reach = 1; reach <= REACH; reach += 1) {
      const [before, after] = [heights[i - reach] ?? null, heights[i + reach] ?? null];
      if (before === null || after === null) break;
      around.push(before, after);
    }
    return rounded(around.reduce((sum, one) => sum + one, 0) / around.length);
  });
}

/**
 * Fills the gaps between what is drawn with straight lines; before and after it there is nothing.
 *
 * @param {Heights} heights
 * @returns {Heights}
 */
export function joined(heights) {
  const drawn = heights.flatMap((height, at) => (height === null ? [] : [{ at, height }]));
  return drawn
    .slice(1)
    .reduce((whole, spot, i) => stroked(whole, /** @type {Spot} */ (drawn[i]), spot), heights);
}

/**
 * @param {Heights} heights
 * @param {Axes} axes
 * @returns {string} as the `d` of an SVG path; a gap is not crossed, and a height alone is a dot
 */
export function pathOf(heights, axes) {
  return heights
    .flatMap((height, i) => {
      if (height === null) return [];
      const place = `${fixed((WIDTH * i) / (PLACES - 1))} ${fixed(downOf(height, axes))}`;
      if ((heights[i - 1] ?? null) !== null) return [`L${place}`];
      return [(heights[i + 1] ?? null) === null ? `M${place}h0.1` : `M${place}`];
    })
    .join("");
}

/**
 * A curve that is known at inputs of its own, such as a run's.
 *
 * @param {ArrayLike<number>} xs ascending
 * @param {ArrayLike<number>} ys not finite where it has run away
 * @param {Axes} axes
 */
export function curvePath(xs, ys, axes) {
  let path = "";
  for (let i = 0; i < xs.length; i += 1) {
    const [x, y] = [/** @type {number} */ (xs[i]), /** @type {number} */ (ys[i])];
    if (!Number.isFinite(y)) continue;
    const down = Math.min(Math.max(downOf(y, axes), -HEIGHT), 2 * HEIGHT);
    path += `${path === "" ? "M" : "L"}${fixed(acrossOf(x, axes))} ${fixed(down)}`;
  }
  return path;
}

/** @param {number} value */
const fixed = (value) => String(Number(value.toFixed(1)));
