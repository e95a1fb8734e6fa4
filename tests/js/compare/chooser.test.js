import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesIn } from "../../../static/js/compare/chooser.js";

test("values are typed with commas, and those that have commas with semicolons", () => {
  assert.deepEqual(valuesIn("0.02， 0.2, fast,", "number", false), [0.02, 0.2, "fast"]);
  assert.deepEqual(valuesIn("True, false", "boolean", false), [true, false]);
  assert.deepEqual(valuesIn("none; 20", "integer", false), [null, 20]);
  assert.deepEqual(valuesIn("ReLU, Tanh", "text", true), ["ReLU", "Tanh"]);
  assert.deepEqual(valuesIn("x.pow(2, out=None); sine", "text", false), ["x.pow(2, out=None)", "sine"]);
  assert.deepEqual(valuesIn("4; 16, 16；[8]", "list", false), [[4], [16, 16], [8]]);
});
