import assert from "node:assert/strict";
import { test } from "node:test";
import { decimate } from "../../../static/js/charts/decimate.js";

const wave = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i / 3) / (1 + i / 50));

test("a short series is kept as it is, counted from step 1", () => {
  assert.deepEqual(decimate(Float32Array.of(4, 2, 3)), { x: [1, 2, 3], y: [4, 2, 3] });
  assert.deepEqual(decimate(new Float32Array()), { x: [], y: [] });
});

test("a long series becomes at most 500 of its own points, in order", () => {
  for (const count of [501, 1000, 1023, 10_000, 100_000]) {
    const values = wave(count);
    const { x, y } = decimate(values);
    assert.ok(x.length <= 500 && x.length > 120, `${x.length} points of ${count}`);
    for (const [i, step] of x.entries()) {
      assert.equal(y[i], values[step - 1]);
      assert.ok(i === 0 || x[i - 1] < step);
    }
  }
});

test("no spike is lost", () => {
  const values = new Float32Array(10_000);
  values[1234] = 5;
  values[7777] = -3;
  const { x, y } = decimate(values);
  assert.equal(y[x.indexOf(1235)], 5);
  assert.equal(y[x.indexOf(7778)], -3);
});

test("points already drawn stay where they are while the series grows", () => {
  const values = wave(900);
  const before = decimate(values.subarray(0, 700));
  const after = decimate(values);
  // The last bucket may still be filling.
  assert.deepEqual(after.x.slice(0, before.x.length - 2), before.x.slice(0, -2));
});

test("what is not finite is a gap, never a point", () => {
  assert.deepEqual(decimate(Float32Array.of(1, Number.POSITIVE_INFINITY, Number.NaN, 2)).y, [
    1,
    null,
    null,
    2,
  ]);
  const long = new Float32Array(1000).fill(Number.NaN);
  long[3] = 7;
  const { x, y } = decimate(long);
  assert.deepEqual(
    y.filter((value) => value !== null),
    [7],
  );
  assert.equal(x[y.indexOf(7)], 4);
});
