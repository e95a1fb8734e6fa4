import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../../../static/js/charts/ticks.js";
import { figure, fixed, lossText, plain, signed } from "../../../static/js/page/numbers.js";

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

test("every number that is read has a true minus, and none is a negative zero", () => {
  assert.deepEqual([fixed(-0.04, 1), fixed(-1.5, 2), fixed(Number.NaN, 2)], ["0.0", "−1.50", "nan"]);
  for (const write of [figure, signed, lossText, (/** @type {number} */ value) => fixed(value, 3)])
    for (const value of [-1.5, -1e-9, -1e9, 1e-9, Number.NEGATIVE_INFINITY])
      assert.doesNotMatch(write(value), /-/);
});

test("beside the texts of Python and torch a number has their hyphen", () => {
  assert.deepEqual(
    [-0.5, -1e-7, Number.NEGATIVE_INFINITY, Number.NaN, null].map((value) => plain(value)),
    ["-0.5", "-1e-7", "-inf", "nan", "–"],
  );
});

test("a loss keeps about the same width", () => {
  assert.deepEqual([null, 0, 0.0123456, 0.00000123, 1234.5, 1e30, Number.NaN].map(lossText), [
    "–",
    "0.00000",
    "0.01235",
    "1.23e−6",
    "1234.50",
    "1.00e30",
    "nan",
  ]);
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
