import assert from "node:assert/strict";
import { test } from "node:test";
import { scheduler, typed } from "../../../static/js/controls/settings.js";
import { patch, valueAt } from "../../../static/js/run/config.js";

test("a typed value is a number where it is one, and else goes to the server as it is", () => {
  assert.equal(typed(" 1e-3 "), 0.001);
  assert.equal(typed("0"), 0);
  assert.equal(typed("abc"), "abc");
  assert.equal(typed(""), "");
  assert.equal(typed("1e999"), "1e999");
  assert.equal(typed("Infinity"), "Infinity");
});

test("a patch holds one value at its path, where it can be read again", () => {
  assert.deepEqual(patch("seed", 7), { seed: 7 });
  assert.deepEqual(patch("optimizer.lr", 0.1), { optimizer: { lr: 0.1 } });
  assert.equal(valueAt(patch("optimizer.lr", 0.1), "optimizer.lr"), 0.1);
});

test("a chosen scheduler comes with what torch gives no default, set for the run's length", () => {
  assert.deepEqual(scheduler("", 1000), { scheduler: null });
  assert.deepEqual(scheduler("LinearLR", 1000), { scheduler: { name: "LinearLR" } });
  assert.deepEqual(scheduler("StepLR", 1000), { scheduler: { name: "StepLR", step_size: 250 } });
  assert.deepEqual(scheduler("MultiStepLR", 3), { scheduler: { name: "MultiStepLR", milestones: [2, 3] } });
  const { gamma } = /** @type {any} */ (scheduler("ExponentialLR", 1000).scheduler);
  assert.ok(Math.abs(gamma ** 1000 - 0.01) < 0.001);
});
