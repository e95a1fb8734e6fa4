import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL, lossesFrom, reduce } from "../../../static/js/compare/comparison-state.js";
import { describeComparison, reasonsOf } from "../../../static/js/compare/comparison-words.js";

/** @param {string} id @param {object} [more] */
const run = (id, more = {}) => ({
  id,
  config: { max_steps: 9 },
  step: 0,
  status: "ready",
  error: null,
  ...more,
});
/** @param {...object} runs */
const started = (...runs) =>
  /** @type {any} */ ({
    type: "started",
    id: "c",
    control: true,
    runs: runs.map((state, i) => ({ run: state, label: "", vary: { seed: i }, x: [0], y: [0], grid: [0] })),
  });
/** @param {number} step @param {number[]} losses @param {number} from */
const snapshot = (step, losses, from = 1) => ({
  type: "snapshot",
  step,
  loss: losses.at(-1) ?? null,
  testLoss: null,
  lossesFrom: from,
  losses: new Float32Array(losses),
});
/** @param {number} step @param {...object} runs */
const picture = (step, ...runs) => /** @type {any} */ ({ type: "snapshot", step, runs });
/** @param {...any} messages */
const after = (...messages) => messages.reduce(reduce, INITIAL);
/** @param {string} id @param {number} step */
const diverged = (id, step) =>
  /** @type {any} */ ({ type: "ended", run: id, step, reason: "diverged", explanation: "Too far." });

test("the runs together stand at their step, play while one of them plays, and have the lowest loss", () => {
  let comparison = after(started(run("a"), run("b")), { type: "playing", steps_per_second: null });
  assert.equal(comparison.together.run?.status, "playing");
  comparison = reduce(comparison, picture(2, snapshot(2, [4, 2]), snapshot(2, [4, 1])));
  assert.deepEqual([comparison.together.run?.step, comparison.together.snapshot?.loss], [2, 1]);
  comparison = reduce(comparison, diverged("b", 2));
  assert.equal(comparison.together.run?.status, "playing");
  assert.deepEqual(reasonsOf(/** @type {any} */ (comparison.runs[1])), [
    "Diverged at step 2: the loss grew beyond all bounds.",
    "Too far.",
  ]);
  assert.equal(describeComparison(comparison).text, "Training…; 1 of 2 has ended.");
  comparison = [
    picture(3, snapshot(3, [0.5], 3), snapshot(2, [], 3)),
    /** @type {any} */ ({ type: "ended", run: "a", step: 3, reason: "max_steps" }),
    /** @type {any} */ ({ type: "finished", step: 3 }),
  ].reduce(reduce, comparison);
  assert.deepEqual([...comparison.runs.map(({ losses }) => losses.length)], [3, 2]);
  assert.equal(describeComparison(comparison).text, "All runs have ended, the last one at step 3.");
});

test("a pause and another play are for those that have not ended", () => {
  const begun = after(started(run("a"), run("b")), picture(1, snapshot(1, [1]), snapshot(1, [9])));
  const messages = [diverged("b", 1), { type: "paused", step: 1 }];
  const comparison = messages.reduce(reduce, begun);
  assert.deepEqual(
    comparison.runs.map(({ run: known }) => known?.status),
    ["paused", "diverged"],
  );
  assert.equal(comparison.together.run?.status, "paused");
});

test("after a lost connection the runs go on without a gap, those that had ended too", () => {
  const before = after(
    started(run("a"), run("b")),
    picture(1, snapshot(1, [1]), snapshot(1, [9])),
    diverged("b", 1),
    picture(2, snapshot(2, [0.5], 2), snapshot(1, [], 2)),
  );
  assert.equal(lossesFrom(before), 3);
  const lost = reduce(before, { type: "link", link: "lost" });
  assert.equal(lost.together.link, "lost");
  const again = [
    started(run("a", { step: 3 }), run("b", { step: 1, status: "diverged" })),
    picture(3, snapshot(3, [0.25], 3), snapshot(1, [9], 1)),
  ].reduce(reduce, lost);
  assert.deepEqual(
    again.runs.map(({ losses }) => [...losses.values]),
    [[1, 0.5, 0.25], [9]],
  );
  assert.equal(again.together.generation, before.together.generation);
  assert.equal(again.together.incomplete, false);
});

test("a reset begins anew, and losses that are missing are noticed", () => {
  const before = after(started(run("a"), run("b")), picture(1, snapshot(1, [1]), snapshot(1, [9])));
  const anew = reduce(before, started(run("a"), run("b")));
  assert.ok(anew.together.generation > before.together.generation);
  assert.deepEqual(
    anew.runs.map(({ losses }) => losses.length),
    [0, 0],
  );
  assert.equal(reduce(anew, picture(5, snapshot(5, [1], 5), snapshot(5, [1], 5))).together.incomplete, true);
});
