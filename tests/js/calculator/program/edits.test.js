import assert from "node:assert/strict";
import { test } from "node:test";
import { changedLines, difference, edited, nested } from "../../../../static/js/calculator/program/edits.js";

/** @param {number[]} place @param {string} text */
const edit = ([line, column, end_line, end_column], text) => ({ line, column, end_line, end_column, text });

test("edits are made at lines and columns counted in characters", () => {
  const program = "𝛼 = [1, 2]\ny = 𝛼";
  const edits = [edit([1, 7, 1, 7], "."), edit([1, 10, 1, 10], "."), edit([2, 5, 2, 6], "𝛼.sum()")];
  assert.equal(edited(program, edits), "𝛼 = [1., 2.]\ny = 𝛼.sum()");
});

test("an edit may put lines in and take them out", () => {
  assert.equal(edited("a\nb\nc", [edit([2, 2, 2, 2], "\n  x")]), "a\nb\n  x\nc");
  assert.equal(edited("a\nb\nc", [edit([1, 2, 3, 1], "\n")]), "a\nc");
});

test("the difference of two texts is the one stretch that was changed", () => {
  assert.deepEqual(difference("gradient=[1., 1.]", "gradient=[1., 2.5]"), {
    start: 14,
    end: 16,
    text: "2.5",
  });
  assert.deepEqual(difference("aa", "aaa"), { start: 2, end: 2, text: "a" });
  assert.deepEqual(difference("same", "same"), { start: 4, end: 4, text: "" });
});

test("what an edit changes is told in whole lines", () => {
  const program = "import torch\ny.backward()\nprint(1)";
  assert.deepEqual(changedLines(program, [edit([2, 2, 2, 2], ".sum()")]), {
    before: ["y.backward()"],
    after: ["y.sum().backward()"],
  });
  assert.deepEqual(changedLines(program, [edit([2, 13, 2, 13], "\nx")]), { before: [], after: ["x"] });
});

test("weights are written as nested lists of floats in the shape of the output", () => {
  assert.equal(nested([1, 0.5], [2]), "[1., 0.5]");
  assert.equal(nested([1, 2, 3, 4], [2, 2]), "[[1., 2.], [3., 4.]]");
  assert.equal(nested([-2], []), "-2.");
  assert.equal(nested([2], [1]), "[2.]");
  assert.equal(nested([1e21], []), "1e+21");
});
