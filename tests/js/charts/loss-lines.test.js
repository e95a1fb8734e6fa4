import assert from "node:assert/strict";
import { test } from "node:test";
import { runLines } from "../../../static/js/charts/loss-lines.js";
import { Losses } from "../../../static/js/run/losses.js";
import { INITIAL } from "../../../static/js/run/state.js";

/** @param {number[]} values */
const losses = (...values) => /** @type {Losses} */ (new Losses().appended(1, new Float32Array(values)));
/** @param {number} lr */
const config = (lr) => /** @type {any} */ ({ optimizer: { lr } });

test("the present run's line is drawn over its test losses, and both over earlier runs", () => {
  const lines = runLines({
    ...INITIAL,
    run: /** @type {any} */ ({ config: config(0.2) }),
    losses: losses(0.5, 0.25),
    testLosses: { x: [1, 2], y: [0.75, 0.5] },
    earlier: [
      { config: config(0.1), losses: losses(2) },
      { config: config(0.05), losses: losses(1, 0.5, 0.25) },
    ],
  });
  assert.deepEqual(
    lines.map(({ key, name }) => [key, name]),
    [
      ["key-earlier", "lr 0.05"],
      ["key-earlier", "lr 0.1"],
      ["key-test", "test loss"],
      ["key-loss", "loss"],
    ],
  );
  assert.deepEqual(
    lines.map(({ y }) => y),
    [[1, 0.5, 0.25], [2], [0.75, 0.5], [0.5, 0.25]],
  );
  assert.equal(new Set(lines.map(({ dash }) => dash)).size, 4);
});

test("without anything held out there is no line for it", () => {
  assert.deepEqual(
    runLines(INITIAL).map(({ key }) => key),
    ["key-loss"],
  );
});
