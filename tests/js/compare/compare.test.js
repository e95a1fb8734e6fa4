import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesIn } from "../../../static/js/compare/chooser.js";
import {
  comparedBy,
  parseQuery,
  pathsOf,
  query,
  requestOf,
} from "../../../static/js/compare/comparison-address.js";
import { INITIAL, lossesFrom, reduce } from "../../../static/js/compare/comparison-state.js";
import { describeComparison, reasonsOf } from "../../../static/js/compare/comparison-words.js";
import { namesOf } from "../../../static/js/compare/member-names.js";

const DEFAULTS = /** @type {any} */ ({ config: { seed: 0, optimizer: {}, model: {}, loop: {} }, kinds: {} });

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

test("a setting that an address has once is for all runs, and one it has often is what they differ in", () => {
  const search =
    "?comparison=c&seed=7&optimizer.lr=0.02&optimizer.lr=2&optimizer.momentum=&optimizer.momentum=0.9&lang=zh";
  assert.deepEqual(parseQuery(search, DEFAULTS), {
    id: "c",
    common: { seed: 7 },
    vary: [{ "optimizer.lr": 0.02 }, { "optimizer.lr": 2, "optimizer.momentum": 0.9 }],
  });
  assert.deepEqual(parseQuery("?seed=7", DEFAULTS), { id: null, common: { seed: 7 }, vary: [] });
});

test("an address says what it was formatValue for, lists and names included", () => {
  const compared = {
    common: { seed: 7, "model.activation": "Tanh" },
    vary: [{ "model.hidden": [4] }, { "model.hidden": [16, 16] }, { "loop.zero_grad": false }],
  };
  const { id, ...back } = parseQuery(query("a b", compared), DEFAULTS);
  assert.equal(id, "a b");
  assert.deepEqual(back, compared);
  // What the runs differ in is not also what they have in common.
  const doubled = { ...compared, common: { ...compared.common, "model.hidden": [10] } };
  assert.equal(query(null, doubled), query(null, compared));
});

test("a request is made of settings by path, and the other way round", () => {
  const request = { config: { optimizer: { lr: 0.1 } }, vary: [{ model: { hidden: [4] } }, {}] };
  assert.equal(JSON.stringify(requestOf(comparedBy(request))), JSON.stringify(request));
  assert.deepEqual(pathsOf(comparedBy(request).vary), ["model.hidden"]);
});

test("values are typed with commas, and those that have commas with semicolons", () => {
  assert.deepEqual(valuesIn("0.02， 0.2, fast,", "number", false), [0.02, 0.2, "fast"]);
  assert.deepEqual(valuesIn("True, false", "boolean", false), [true, false]);
  assert.deepEqual(valuesIn("none; 20", "integer", false), [null, 20]);
  assert.deepEqual(valuesIn("ReLU, Tanh", "text", true), ["ReLU", "Tanh"]);
  assert.deepEqual(valuesIn("x.pow(2, out=None); sine", "text", false), ["x.pow(2, out=None)", "sine"]);
  assert.deepEqual(valuesIn("4; 16, 16；[8]", "list", false), [[4], [16, 16], [8]]);
});

test("runs are called by what they have of their own, in PyTorch's words", () => {
  /** @param {any} config @param {object} vary */
  const one = (config, vary) => ({ config, vary });
  const forgetful = [{}, { loop: { zero_grad: false } }];
  const loops = [true, false].map((zero_grad, i) => one({ loop: { zero_grad } }, forgetful[i] ?? {}));
  assert.deepEqual(namesOf(loops), ["with optimizer.zero_grad()", "without optimizer.zero_grad()"]);
  const optimizers = [
    { name: "SGD", lr: 0.02, momentum: 0 },
    { name: "SGD", lr: 0.02, momentum: 0.9 },
    { name: "Adam" },
  ];
  assert.deepEqual(namesOf(optimizers.map((optimizer) => one({ optimizer }, { optimizer }))), [
    "SGD(lr=0.02)",
    "SGD(lr=0.02, momentum=0.9)",
    "Adam",
  ]);
  const points = Array.from({ length: 60 }, (_, i) => [i, i]);
  assert.deepEqual(namesOf([one({ data: { points } }, { data: { points } })]), ["60 points"]);
  const models = [{ hidden: [4] }, { hidden: [16, 16], activation: "Tanh" }];
  assert.deepEqual(
    namesOf(models.map((model) => one({ model: { activation: "ReLU", ...model } }, { model }))),
    ["n_hidden=4, ReLU", "hidden=[16, 16], Tanh"],
  );
});

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
