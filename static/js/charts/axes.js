// @ts-check
/** The ranges of the charts' axes for a state of the page. Pure. */

import { around, decades, doubled, extent, grown } from "./ranges.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./ranges.js").Range} Range */
/** @typedef {import("./loss-lines.js").Line} Line */

/**
 * The axes of a chart of the fitted curve.
 *
 * @typedef {object} FitAxes
 * @property {Range} x
 * @property {Range} y
 * @property {number} generation of the run they were made for
 * @property {boolean} scaled whether x is scaled
 */

/** How far a small chart reaches beyond the data, as a share of their span: a curve that swings wide leaves it. */
const SMALL_ROOM = 0.6;
/** The curve may leave the data by this many of their spans before it leaves the picture. */
const MOST_ROOM = 10;
/** Beyond the data on either side, as a share of their span. */
const BESIDE = 0.04;

/** The axis of steps begins with room for so many. */
const FIRST_STEPS = 50;
/** How far the loss axis reaches beyond the first losses, and below 0, as shares of them. */
const ABOVE = 0.2;
const BELOW = 0.04;
/** Losses that an axis need not hold make it grow by this at most, so that the others are to be seen in it. */
const MOST_GROWTH = 4;
const MOST_DECADES = 2;
/** The first steps, whose losses may swing wide: the linear axis need not hold them. */
const EARLY = 20;
/** The axes before there is a loss. */
const NO_LOSSES = /** @type {Range} */ ([0, 1]);
const NO_DECADES = /** @type {Range} */ ([-3, 0]);

/**
 * The axes for a state: kept while the run is the same and its points fit, and widened for its curve.
 *
 * @param {State} state
 * @param {FitAxes | null} before the axes of the state before; null: there are none
 * @param {boolean} [small] of several charts beside each other, whose axes stay equal for the eye to compare
 * @returns {FitAxes} the same object where nothing changes
 */
export function fitAxes({ generation, started, run, snapshot }, before, small = false) {
  if (started === null && before !== null) return before;
  if (started?.area) return planeAxes(started.area, generation, run, before);
  const { x = [], y = [], test_x = [], test_y = [] } = started ?? {};
  const [xs, ys] = [
    [...x, ...test_x],
    [...y, ...test_y],
  ];
  const scaled = run?.config.data.scale_x ?? false;
  const stay =
    before?.generation === generation &&
    before.scaled === scaled &&
    within(extent(xs), before.x) &&
    within(extent(ys), before.y);
  const axes = stay
    ? before
    : { generation, scaled, x: around(xs, BESIDE), y: around(ys, small ? SMALL_ROOM : undefined) };
  if (small) return axes;
  const core = around(ys, 0);
  const wider = grown(axes.y, core, extent(snapshot?.gridPrediction ?? []), MOST_ROOM * (core[1] - core[0]));
  return wider === axes.y ? axes : { ...axes, y: wider };
}

/**
 * The axes of a surface, which just hold it; of one input, the classes go up.
 *
 * @param {number[]} area
 * @param {number} generation
 * @param {State["run"]} run
 * @param {FitAxes | null} before
 * @returns {FitAxes}
 */
function planeAxes([left = 0, right = 1, bottom = 0, top = 1], generation, run, before) {
  const scaled = run?.config.data.scale_x ?? false;
  const classes = run?.config.data.classes ?? 1;
  const y = /** @type {Range} */ (bottom === top ? [-0.5, classes - 0.5] : [bottom, top]);
  const axes = { generation, scaled, x: /** @type {Range} */ ([left, right]), y };
  return JSON.stringify(axes) === JSON.stringify(before) && before ? before : axes;
}

/**
 * Where the axis of steps ends.
 *
 * @param {number} longest how many steps there are
 * @param {number} max_steps how many there are to be
 */
export function lastStep(longest, max_steps) {
  return doubled(FIRST_STEPS, longest, Math.max(max_steps, longest));
}

/** Where the axis of steps ends for a run and the earlier runs beside it. @param {State} state */
export function lastStepOf({ losses, earlier, run }) {
  const longest = Math.max(losses.length, ...earlier.map((before) => before.losses.length));
  return lastStep(longest, run?.config.max_steps ?? 0);
}

/**
 * The linear and the logarithmic axis of losses, the latter in decades.
 *
 * @param {Line[]} lines the first loss of those that must be held sets the scale; else the first one of any
 * @returns {{ losses: Range, decades: Range }}
 */
export function lossAxes(lines) {
  const known = lines.filter(({ y }) => extent(y) !== null);
  if (known.length === 0) return { losses: NO_LOSSES, decades: NO_DECADES };
  const whole = known.filter(({ holds }) => holds === "all");
  const first = Math.max(...(whole.length > 0 ? whole : known).map(({ y }) => firstOf(y)));
  const usual = (1 + ABOVE) * first || 1;
  const late = Math.max(0, ...known.map(lateHighest));
  const held = Math.max(0, ...whole.map(({ y }) => highestOf(y)));
  const top = doubled(doubled(usual, late, MOST_GROWTH * usual), held);
  return { losses: [-BELOW * top, top], decades: decadesOf(known, first, held) };
}

/**
 * @param {Line[]} lines
 * @param {number} first the loss that sets the scale
 * @param {number} held the highest loss that must be held
 * @returns {Range}
 */
function decadesOf(lines, first, held) {
  const positive = lines.flatMap(({ y }) => extent(y.filter((loss) => loss !== null && loss > 0)) ?? []);
  if (positive.length === 0) return NO_DECADES;
  const most = Math.max(held, 10 ** MOST_DECADES * first);
  return decades(Math.min(...positive), Math.min(Math.max(...positive), most));
}

/** @param {Line["y"]} losses with a finite one among them */
const firstOf = (losses) => losses.find((loss) => loss !== null && Number.isFinite(loss)) ?? 0;

/** @param {Line["y"]} losses with a finite one among them */
const highestOf = (losses) => extent(losses)?.[1] ?? 0;

/** @param {Line} line */
function lateHighest({ holds, x, y }) {
  return holds === "late" ? highestOf(y.filter((_, k) => (x[k] ?? 0) > EARLY)) : 0;
}

/**
 * @param {Range | null} inner
 * @param {Range} outer
 */
const within = (inner, outer) => inner !== null && inner[0] >= outer[0] && inner[1] <= outer[1];
