import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../../../static/js/charts/ticks.js";
import { figure, signed } from "../../../static/js/page/numbers.js";

test("numbers are written with about four digits and a true minus", () => {
  assert.deepEqual(
    [0, 1, -0.34123, 12.3456, 12345.6].map((value) => figure(value)),
    ["0.000", "1.000", "−0.3412", "12.35", "12346"],
  );
  assert.deepEqual(
    [2.1e-7, -123456].map((value) => figure(value)),
    ["2.10e−7", "−1.23e5"],
  );
  assert.deepEqual(
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => figure(value)),
    ["nan", "inf", "−inf"],
  );
  assert.deepEqual(
    [0.5, -0.5, 0].map((value) => signed(value)),
    ["+0.500", "−0.500", "0.00"],
  );
});

test("ticks are round, inside the range, and equally long", () => {
  assert.deepEqual(
    ticks([-1.2, 1.2], 5).map(({ text }) => text),
    ["−1.0", "−0.5", "0.0", "0.5", "1.0"],
  );
  assert.deepEqual(
    ticks([0, 1000], 4).map(({ text }) => text),
    ["0", "500", "1000"],
  );
  assert.deepEqual(
    ticks([-0.03, 0.03], 3).map(({ text }) => text),
    ["−0.02", "0.00", "0.02"],
  );
});
