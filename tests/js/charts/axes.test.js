import assert from "node:assert/strict";
import { test } from "node:test";
import { fitAxes, lastStep, lastStepOf, lossAxes } from "../../../static/js/charts/axes.js";
import { INITIAL } from "../../../static/js/run/state.js";

/**
 * @param {number[]} y at x = 0, 1, 2 and so on
 * @param {object} [change]
 * @returns {any}
 */
const state = (y, change = {}) => ({
  ...INITIAL,
  generation: 1,
  started: { x: y.map((_, i) => i), y, test_x: [], test_y: [] },
  run: { config: { data: { scale_x: false } } },
  ...change,
});
/** @param {number[]} gridPrediction */
const drawn = (...gridPrediction) => ({ snapshot: { gridPrediction } });

test("the axes of the curve hold its points with room around them", () => {
  const { x, y } = fitAxes(state([0, 10]), null);
  assert.deepEqual(
    [x, y],
    [
      [-0.04, 1.04],
      [-3, 13],
    ],
  );
});

test("the axes of the curve stay the same object while points and curve lie between them", () => {
  const before = fitAxes(state([0, 10]), null);
  assert.equal(fitAxes(state([0, 10], drawn(-2, 12)), before), before);
  assert.equal(fitAxes(state([1, 9]), before), before);
});

test("they grow for the curve, are kept when it comes back, and are another run's from the start", () => {
  const before = fitAxes(state([0, 10]), null);
  const grown = fitAxes(state([0, 10], drawn(0, 14)), before);
  assert.deepEqual(grown.y, [-3, 16]);
  assert.equal(fitAxes(state([0, 10], drawn(0, 10)), grown), grown);
  assert.deepEqual(fitAxes(state([0, 10], { generation: 2 }), grown).y, before.y);
});

test("points that were moved out of them, or are scaled, have axes of their own", () => {
  const before = fitAxes(state([0, 10]), null);
  assert.deepEqual(fitAxes(state([0, 100]), before).y, [-30, 130]);
  const scaled = { run: { config: { data: { scale_x: true } } } };
  assert.notEqual(fitAxes(state([0, 10], scaled), before), before);
});

test("small charts beside each other keep equal axes, whatever their curves do", () => {
  const before = fitAxes(state([0, 10]), null, true);
  assert.equal(fitAxes(state([0, 10], drawn(0, 1e6)), before, true), before);
});

test("the axis of steps doubles, up to the steps there are to be", () => {
  assert.equal(lastStep(0, 1000), 50);
  assert.equal(lastStep(51, 1000), 100);
  assert.equal(lastStep(900, 1000), 1000);
  assert.equal(lastStep(0, 10), 10);
  const earlier = [{ losses: { length: 300 } }];
  assert.equal(
    lastStepOf(/** @type {any} */ ({ ...INITIAL, earlier, run: { config: { max_steps: 1000 } } })),
    400,
  );
});

/**
 * @param {number[]} y losses of the steps 1, 2, 3 and so on
 * @param {"all" | "late" | "none"} [holds]
 * @returns {any}
 */
const line = (y, holds = "all") => ({ x: y.map((_, i) => i + 1), y, holds });

test("without a loss the axes are of a usual size", () => {
  assert.deepEqual(lossAxes([line([])]), { losses: [0, 1], decades: [-3, 0] });
});

test("the first loss sets the scale of the axis, which doubles for the run's highest", () => {
  assert.deepEqual(lossAxes([line([1, 0.5])]).losses, [-0.048, 1.2]);
  assert.deepEqual(lossAxes([line([1, 2])]).losses[1], 2.4);
  assert.deepEqual(lossAxes([line([1, 0.004])]).decades, [-3, 0]);
});

test("an earlier run may leave the picture, and its scale is used only before there is another", () => {
  const diverged = line([1, 1e30], "none");
  assert.deepEqual(lossAxes([diverged, line([2, 1])]).losses[1], 2.4);
  assert.deepEqual(lossAxes([diverged, line([])]).losses[1], 1.2);
  assert.deepEqual(lossAxes([diverged, line([2, 1])]).decades, [0, 3]);
});

test("of runs beside each other one that swings wide hides the others within limits", () => {
  const swings = Array.from({ length: 30 }, () => 1e6);
  assert.deepEqual(lossAxes([line([1, 0.1], "late"), line([1, ...swings], "late")]).losses[1], 4.8);
  assert.deepEqual(lossAxes([line([1, 1e6, 0.1], "late")]).losses[1], 1.2);
});

test("losses of 0, and such as are not finite, have a place on no logarithmic axis", () => {
  assert.deepEqual(lossAxes([line([0, 0])]).decades, [-3, 0]);
  assert.deepEqual(lossAxes([line([Number.NaN, 0.5, 0])]).decades, [-1, 0]);
});

test("the axes of a surface just hold it, and classes of one input go up", () => {
  const of = (area, classes) => ({
    generation: 1,
    started: { x: [], y: [], test_x: [], test_y: [], area },
    run: { config: { data: { scale_x: false, classes } } },
    snapshot: null,
  });
  const plane = fitAxes(of([-2, 2, -1, 3], null), null);
  assert.deepEqual(
    [plane.x, plane.y],
    [
      [-2, 2],
      [-1, 3],
    ],
  );
  assert.equal(fitAxes(of([-2, 2, -1, 3], null), plane), plane);
  assert.deepEqual(fitAxes(of([0, 1, 0, 0], 3), plane).y, [-0.5, 2.5]);
});
