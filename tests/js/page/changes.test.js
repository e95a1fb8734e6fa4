import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, when } from "../../../static/js/page/changes.js";

test("values are compared one by one, objects by what they are and not by what is in them", () => {
  const list = [1];
  assert.equal(changed([1, "a", list, Number.NaN], [1, "a", list, Number.NaN]), false);
  assert.equal(changed([list], [[1]]), true);
  assert.equal(changed([1], [1, 2]), true);
  assert.equal(changed([1, 2], [1]), true);
});

test("a view is drawn at first, and then only when what it picks has changed", () => {
  /** @type {unknown[]} */
  const drawn = [];
  const view = when(
    (/** @type {{ step: number, loss: number }} */ { step }) => [step],
    (step) => drawn.push(step),
  );
  for (const state of [
    { step: 0, loss: 2 },
    { step: 0, loss: 1 },
    { step: 1, loss: 1 },
  ])
    view(state);
  assert.deepEqual(drawn, [0, 1]);
});

test("a view that picks nothing is drawn once", () => {
  let drawn = 0;
  const view = when(
    () => [],
    () => {
      drawn += 1;
    },
  );
  view(null);
  view(null);
  assert.equal(drawn, 1);
});
