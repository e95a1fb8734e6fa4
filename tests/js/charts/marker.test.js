import assert from "node:assert/strict";
import { test } from "node:test";
import { markerAt, valuesOf } from "../../../static/js/charts/marker.js";

test("the marker is a line with a point on the value, where there is one", () => {
  assert.deepEqual(markerAt(undefined, 1, [0, 2]), { x: [], y: [] });
  assert.deepEqual(markerAt(4, 1, valuesOf([-1, 2])), { x: [4, 4, 4], y: [0.1, 100, 1] });
  assert.deepEqual(markerAt(4, Number.NaN, [0, 2]).y, [0, 2, null]);
  assert.deepEqual(markerAt(0, undefined, [0, 2]).y, [0, 2, null]);
});
