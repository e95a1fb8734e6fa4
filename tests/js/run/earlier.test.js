import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceText, remembered } from "../../../static/js/run/earlier.js";
import { Losses } from "../../../static/js/run/losses.js";

/** @param {number} lr */
const config = (lr, seed = 0) => /** @type {any} */ ({ seed, optimizer: { name: "SGD", lr } });
/** @param {number} count */
const losses = (count) => /** @type {Losses} */ (new Losses().appended(1, new Float32Array(count)));

test("a run that has learnt something is remembered, the newest first", () => {
  const first = remembered({ trained: config(0.2), losses: losses(5), earlier: [] });
  assert.equal(first.length, 1);
  const second = remembered({ trained: config(0.1), losses: losses(3), earlier: first });
  assert.deepEqual(
    second.map(({ losses: { length } }) => length),
    [3, 5],
  );
  assert.equal(remembered({ trained: config(0.5), losses: losses(0), earlier: second }), second);
});

test("the same settings are remembered once, and of others only the last few", () => {
  let earlier = remembered({ trained: config(0.2), losses: losses(5), earlier: [] });
  earlier = remembered({ trained: config(0.2), losses: losses(7), earlier });
  assert.deepEqual(
    earlier.map(({ losses: { length } }) => length),
    [7],
  );
  for (const lr of [1, 2, 3, 4, 5]) earlier = remembered({ trained: config(lr), losses: losses(1), earlier });
  assert.deepEqual(
    earlier.map(({ config: { optimizer } }) => optimizer.lr),
    [5, 4, 3, 2],
  );
});

test("an earlier run's name stays short, whatever was different", () => {
  const points = Array.from({ length: 60 }, (_, i) => [i, i]);
  const target = "x.pow(2)".repeat(50);
  const run = (/** @type {object} */ data) => /** @type {any} */ ({ data });
  assert.equal(differenceText(run({ points }), run({ points: null })), "60 points");
  assert.ok(differenceText(run({ target }), run({ target: "x" })).length < 60);
  const many = run({ noise: 1, n_samples: 7, x_min: -2, x_max: 3, split: null });
  assert.equal(differenceText(many, run({})), "noise 1, n_samples 7, x_min -2 and 2 more");
});

test("an earlier run is named by what was different", () => {
  assert.equal(differenceText(config(0.05, 7), config(0.2)), "seed 7, lr 0.05");
  assert.equal(differenceText(config(0.2), config(0.2)), "before");
});
