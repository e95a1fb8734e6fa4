import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf } from "../../../static/js/inside/slow-motion/step-changes.js";
import { layersOf } from "../../../static/js/run/layers.js";
import { partsOf, residualsOf } from "../../../static/js/run/residuals.js";

const forward = (after, samples = null) => ({
  step: 1,
  line: "forward",
  changes: [{ name: "prediction", what: "value", shape: [after.length, 1], before: null, after }],
  samples,
  lr: null,
});
const state = (...lines) => ({ lines, started: { x: [-1, 0, 1], y: [1, 0, 2] } });
const config = (loss, unsqueeze_y = true) => ({ loss, data: { unsqueeze_y } });

test("each prediction is compared with its point", () => {
  const residuals = residualsOf(state(forward([[0.5], [0], [null]])));
  assert.deepEqual(residuals, { x: [-1, 0, 1], y: [1, 0, 2], prediction: [0.5, 0, Number.NaN] });
});

test("a batch's predictions are for the points the server names, and without that there is no telling", () => {
  assert.deepEqual(residualsOf(state(forward([[3], [4]], [2, 0]))), {
    x: [1, -1],
    y: [2, 1],
    prediction: [3, 4],
  });
  assert.equal(residualsOf(state(forward([[3], [4]]))), null);
  assert.equal(residualsOf(state()), null);
});

test("what each point adds to the loss is torch's, by its definitions", () => {
  const residuals = { x: [0, 1], y: [0, 0], prediction: [0.5, -3] };
  assert.deepEqual(partsOf(residuals, config("MSELoss")), [0.25, 9]);
  assert.deepEqual(partsOf(residuals, config("L1Loss")), [0.5, 3]);
  assert.deepEqual(partsOf(residuals, config("SmoothL1Loss")), [0.125, 2.5]);
  assert.deepEqual(partsOf(residuals, config("HuberLoss")), [0.125, 2.5]);
});

test("a y without a second dimension meets every prediction", () => {
  const residuals = { x: [0, 1], y: [0, 2], prediction: [0, 1] };
  assert.deepEqual(partsOf(residuals, config("MSELoss", false)), [2, 1]);
});

test("gradients that are None are none, and those too large to tell are in the snapshots", () => {
  const layers = layersOf([
    { name: "hidden.weight", shape: [64, 32] },
    { name: "hidden.bias", shape: [2] },
  ]);
  const ran = (before, after) => ({
    step: 1,
    line: "backward",
    changes: [
      { name: "hidden.weight", what: "grad", shape: [64, 32], before: null, after: null },
      { name: "hidden.bias", what: "grad", shape: [2], before, after },
    ],
  });
  const whole = Float32Array.from([0, 0, 5]);
  const changes = changesOf(ran(null, [1, 2]), layers, { before: whole, after: whole });
  assert.equal(changes.before, null);
  assert.equal(changes.after, whole);
});

test("of the moves the largest is named", () => {
  const layers = layersOf([
    { name: "predict.weight", shape: [1, 2] },
    { name: "predict.bias", shape: [1] },
  ]);
  const changes = changesOf(
    {
      step: 1,
      line: "step",
      changes: [
        { name: "predict.weight", what: "value", shape: [1, 2], before: [[1, 9]], after: [[0.5, 9]] },
        { name: "predict.bias", what: "value", shape: [1], before: [0], after: [0.25] },
      ],
    },
    layers,
    { before: null, after: null },
  );
  assert.deepEqual(changes.largest, { at: 0, name: "predict.weight[0, 0]", value: -0.5 });
});
