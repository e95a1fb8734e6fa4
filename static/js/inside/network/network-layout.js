// @ts-check
/** Where the network's units and weights are drawn, and which of them. Pure: no DOM. */

/** @typedef {import("../../run/layers.js").Layer} Layer */

/** A layer of more units than this is folded, to the few that weigh most. */
const MOST_UNITS = 12;
const FOLDED_UNITS = 8;

/** Lengths, in units of the text's size. */
const HEADER = 3.4;
const FOOT = 0.6;
const SIDE = 3.4;
/** Where there is little room, the sides take no more than this share of it each. */
const SIDE_SHARE = 0.07;
const ROW = { most: 2.9, least: 1.9 };
const RADIUS = 0.92;
/** Of the bias's ring around a unit, and a little air. */
const RING = 0.42;

/**
 * @typedef {object} Column
 * @property {number} x
 * @property {{ unit: number, y: number }[]} units those that are shown, from the top
 * @property {{ count: number, y: number } | null} more how many are folded away
 */

/**
 * @typedef {object} Geometry
 * @property {Column[]} columns from the input to the output
 * @property {number} radius
 * @property {number} row between two units of the fullest column
 * @property {number} width
 * @property {number} height
 */

/** @typedef {{ x: number, y: number }} Point */

/**
 * The units to show in each column, in their order. Of a folded layer those whose outgoing weights are
 * largest together (the root of the sum of their squares).
 *
 * @param {Layer[]} layers
 * @param {ArrayLike<number>} parameters
 * @param {number | null} open the column that is shown in full
 * @returns {number[][]}
 */
export function shownUnits(layers, parameters, open) {
  const first = layers[0]?.inputs ?? 1;
  const sizes = [first, ...layers.map(({ outputs }) => outputs)];
  return sizes.map((size, column) => {
    const all = Array.from({ length: size }, (_, unit) => unit);
    const next = layers[column];
    if (size <= MOST_UNITS || column === open || !next) return all;
    const weight = all.map((unit) => outgoing(next, parameters, unit));
    const heaviest = all.toSorted(
      (a, b) => /** @type {number} */ (weight[b]) - /** @type {number} */ (weight[a]),
    );
    return heaviest.slice(0, FOLDED_UNITS).sort((a, b) => a - b);
  });
}

/**
 * @param {Layer} layer the one the unit feeds
 * @param {ArrayLike<number>} parameters
 * @param {number} unit
 * @returns {number} a sum of squares; a unit that is no number any more weighs most
 */
function outgoing({ weight, inputs, outputs }, parameters, unit) {
  let sum = 0;
  for (let i = 0; i < outputs; i += 1) sum += (parameters[weight + i * inputs + unit] ?? 0) ** 2;
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

/**
 * @param {number[][]} shown units of each column
 * @param {number[]} sizes how many there are
 * @param {{ width: number, height: number, em: number }} room the height is the least there is
 * @returns {Geometry}
 */
export function arrange(shown, sizes, { width, height: least, em }) {
  const rows = shown.map((units, column) => units.length + (units.length < (sizes[column] ?? 0) ? 1 : 0));
  const fullest = Math.max(...rows);
  const height = Math.max(least, (HEADER + FOOT + fullest * ROW.least) * em);
  const room = height - (HEADER + FOOT) * em;
  const row = Math.min(ROW.most * em, room / fullest);
  const side = Math.min(SIDE * em, SIDE_SHARE * width);
  const columns = shown.map((units, column) => {
    const count = (sizes[column] ?? 0) - units.length;
    const top = HEADER * em + (room - row * ((rows[column] ?? 1) - 1)) / 2;
    return {
      x: side + ((width - 2 * side) * column) / (shown.length - 1),
      units: units.map((unit, i) => ({ unit, y: top + i * row })),
      more: count > 0 ? { count, y: top + units.length * row } : null,
    };
  });
  return { columns, radius: Math.min(RADIUS * em, 0.33 * row), row, width, height };
}

/**
 * The two ends of a weight, at the rims of its units.
 *
 * @param {Geometry} geometry
 * @param {number} layer
 * @param {number} from y of its source
 * @param {number} to y of its target
 * @returns {[Point, Point]}
 */
export function ends({ columns, radius }, layer, from, to) {
  const [source, target] = /** @type {[Column, Column]} */ ([columns[layer], columns[layer + 1]]);
  const rim = radius * (1 + RING);
  return [
    { x: source.x + rim, y: from },
    { x: target.x - rim, y: to },
  ];
}

/**
 * A curve from one point to the other that leaves and arrives level, in two halves, so that an arrow fits
 * in its middle.
 *
 * @param {Point} a
 * @param {Point} b
 */
export function curve(a, b) {
  const x = (a.x + b.x) / 2;
  const y = (a.y + b.y) / 2;
  const [before, after] = [(a.x + x) / 2, (x + b.x) / 2];
  const points = [
    [before, a.y, (a.x + 3 * x) / 4, (3 * a.y + b.y) / 4, x, y],
    [(3 * x + b.x) / 4, (a.y + 3 * b.y) / 4, after, b.y, b.x, b.y],
  ];
  const halves = points.map((half) => `C${half.map((value) => value.toFixed(1)).join(" ")}`);
  return `M${a.x.toFixed(1)} ${a.y.toFixed(1)}${halves.join("")}`;
}

/**
 * How high that curve is at x.
 *
 * @param {Point} a
 * @param {Point} b
 * @param {number} x
 */
export function heightAt(a, b, x) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 16; i += 1) {
    const t = (low + high) / 2;
    if (bezier(a.x, (a.x + b.x) / 2, (a.x + b.x) / 2, b.x, t) < x) low = t;
    else high = t;
  }
  return bezier(a.y, a.y, b.y, b.y, low);
}

/** @type {(a: number, b: number, c: number, d: number, t: number) => number} */
function bezier(a, b, c, d, t) {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}
