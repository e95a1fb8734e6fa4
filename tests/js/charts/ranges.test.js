import assert from "node:assert/strict";
import { test } from "node:test";
import { around, decades, doubled, extent, grown, scale } from "../../../static/js/charts/ranges.js";

test("the extent leaves out what is not finite", () => {
  assert.deepEqual(extent([3, null, Number.NaN, -1, Number.POSITIVE_INFINITY]), [-1, 3]);
  assert.equal(extent([Number.NaN]), null);
  assert.equal(extent([]), null);
});

test("an axis has room around its values, even around a single one", () => {
  assert.deepEqual(around([0, 10], 0.1), [-1, 11]);
  assert.deepEqual(around([5, 5], 0.5), [4.5, 5.5]);
  assert.deepEqual(around([], 0), [0, 1]);
});

test("a range that holds what is needed stays the same object", () => {
  const range = Object.freeze([-1, 2]);
  assert.equal(grown(range, [0, 1], [-0.9, 1.9]), range);
  assert.equal(grown(range, [0, 1], null), range);
});

test("a range grows by doubling the room beyond the data, on the side that needs it", () => {
  assert.deepEqual(grown([-1, 2], [0, 1], [0, 2.1]), [-1, 3]);
  assert.deepEqual(grown([-1, 2], [0, 1], [0, 3.1]), [-1, 5]);
  assert.deepEqual(grown([-1, 2], [0, 1], [-1.1, 1]), [-2, 2]);
});

test("growing ends at the limit, so that a diverging curve leaves the picture", () => {
  assert.deepEqual(grown([-1, 2], [0, 1], [-1e30, 1e30], 16), [-16, 17]);
});

test("an end is doubled until it reaches the value, and not beyond its limit", () => {
  assert.equal(doubled(50, 50), 50);
  assert.equal(doubled(50, 51), 100);
  assert.equal(doubled(50, 900, 1000), 1000);
});

test("a scale leads from the ends of a range to other ends, and a single value to the first", () => {
  const down = scale([0, 4], 100, 0);
  assert.deepEqual([0, 1, 4, 5].map(down), [100, 75, 0, -25]);
  assert.equal(scale([3, 3], 10, 20)(3), 10);
});

test("decades hold their values, and are at least one", () => {
  assert.deepEqual(decades(0.002, 30), [-3, 2]);
  assert.deepEqual(decades(1, 1), [0, 1]);
});
