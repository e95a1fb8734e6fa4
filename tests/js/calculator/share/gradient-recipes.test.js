import assert from "node:assert/strict";
import { test } from "node:test";
import { asPython } from "../../../../static/js/calculator/share/gradient-recipes.js";

test("a request is quoted for Python", () => {
  assert.ok(asPython("http://h", 'x = """a"""').includes('program = """\\\nx = \\"\\"\\"a\\"\\"\\""""'));
});
