import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "../../../static/js/page/table.js";
import { sampled } from "../../../static/js/run/samples.js";

const NONE = { x: [], y: [] };

test("a step without a value, or one already known, adds nothing", () => {
  const once = sampled(NONE, 3, 0.5);
  assert.deepEqual(once, { x: [3], y: [0.5] });
  assert.equal(sampled(once, 4, null), once);
  assert.equal(sampled(once, 3, 0.4), once);
});

test("what is not finite leaves a gap", () => {
  assert.deepEqual(sampled(NONE, 1, Number.POSITIVE_INFINITY), { x: [1], y: [null] });
});

test("however many come, at most a thousand are kept, over the whole way", () => {
  let samples = NONE;
  for (let step = 1; step <= 20_000; step += 1) samples = sampled(samples, step, step);
  assert.ok(samples.x.length <= 1000 && samples.x.length > 400);
  assert.equal(samples.x[0], 1);
  assert.ok(Number(samples.x.at(-1)) > 19_900);
  assert.deepEqual(samples.x, samples.y);
});

test("a table has the first row, the last, and some between", () => {
  assert.deepEqual(spread(3, 25), [0, 1, 2]);
  assert.deepEqual(spread(0, 25), []);
  assert.deepEqual(spread(101, 5), [0, 25, 50, 75, 100]);
});
