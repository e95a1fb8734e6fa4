import assert from "node:assert/strict";
import { test } from "node:test";
import { Losses } from "../../../static/js/run/losses.js";

const floats = (...values) => Float32Array.from(values);
const stepsTo = (count) => Float32Array.from({ length: count }, (_, i) => i + 1);

test("messages follow one another", () => {
  const losses = new Losses().appended(1, floats(3, 2)).appended(3, floats(1));
  assert.deepEqual([...losses.values], [3, 2, 1]);
});

test("steps already known are dropped, whatever the message repeats of them", () => {
  const losses = new Losses().appended(1, floats(3, 2));
  assert.deepEqual([...losses.appended(1, floats(3, 2, 1)).values], [3, 2, 1]);
  assert.equal(losses.appended(1, floats(3, 2)), losses);
  assert.equal(losses.appended(1, floats(3)), losses);
  assert.equal(losses.appended(3, floats()), losses);
});

test("a gap is noticed", () => {
  assert.equal(new Losses().appended(2, floats(1)), null);
  assert.equal(new Losses().appended(1, floats(1)).appended(3, floats(1)), null);
});

test("a history stays as it is when others grow from it", () => {
  const trunk = new Losses().appended(1, floats(9, 8));
  const left = trunk.appended(3, floats(7));
  const right = trunk.appended(3, floats(70, 60));
  assert.deepEqual([...trunk.values], [9, 8]);
  assert.deepEqual([...left.values], [9, 8, 7]);
  assert.deepEqual([...right.values], [9, 8, 70, 60]);
});

test("one hundred thousand steps in messages of any size are all there", () => {
  const all = stepsTo(100_000);
  let losses = new Losses();
  for (let size = 1; losses.length < all.length; size = (size * 7) % 1009) {
    losses = losses.appended(losses.length + 1, all.subarray(losses.length, losses.length + size));
  }
  assert.deepEqual(losses.values, all);
});
