import assert from "node:assert/strict";
import { test } from "node:test";
import { Norms } from "../../../static/js/past/norms.js";

test("norms grow by what is new, and none is not 0", () => {
  const told = (/** @type {number[]} */ steps, /** @type {(number | null)[]} */ gradient) => ({
    steps,
    layers: { hidden: { gradient, update: gradient } },
  });
  const first = new Norms().with(told([1, 2], [3, null]));
  assert.equal(first.with(told([1, 2], [9, 9])), first);
  const norms = first.with(told([2, 3], [9, 0]));
  assert.deepEqual(
    [norms.steps, [...(norms.layers[0]?.values ?? [])]],
    [
      [1, 2, 3],
      [3, Number.NaN, 0],
    ],
  );
  assert.deepEqual([norms.last, norms.indexOf(2), norms.indexOf(99), norms.indexOf(0)], [3, 1, 2, -1]);
});
