import assert from "node:assert/strict";
import { test } from "node:test";
import { isFree } from "../../../static/js/lesson/free.js";
import { asRoom, frameKey, INITIAL, isHidden, reduce } from "../../../static/js/lesson/lesson-state.js";
import { pieces } from "../../../static/js/lesson/lesson-text.js";
import { sceneAddress } from "../../../static/js/lesson/scene-address.js";

/** @param {object} change */
const step = (change) => ({
  title: "",
  text: "",
  scene: null,
  ask: null,
  ask_text: null,
  task: null,
  ...change,
});

const TRAINING = { page: "training", settings: { optimizer: { lr: 2 } }, free: ["optimizer.lr", "model"] };
const DIVERGES = {
  kind: "diverges",
  trial: { config: { data: {} }, vary: [{}], steps: 100 },
  tolerance: 0.2,
};
const CURVE = { ...DIVERGES, kind: "curve" };
const STEPS = [
  step({ scene: TRAINING, task: { text: "", hint: null, of: "run" } }),
  step({ scene: TRAINING, ask: DIVERGES, ask_text: "Will it?" }),
  step({ scene: TRAINING, ask: CURVE }),
];

/** @param {...object} messages @returns {any} */
const after = (...messages) =>
  /** @type {any[]} */ ([{ type: "lesson", lesson: { shown: STEPS, steps: 3 }, at: 0 }, ...messages]).reduce(
    reduce,
    INITIAL,
  );
const RUNS = { lesson: "runs", runs: ["a"], ended: false, points: [[1, 2]] };
const DIVERGED = { kind: "choice", choice: 1 };

test("a step that asks hides what it shows until the answer stands", () => {
  assert.equal(isHidden(after()), false);
  const asked = after({ type: "go", at: 1 });
  assert.equal(isHidden(asked), true);
  assert.equal(asRoom(asked).room?.question?.phase, "open");
  const locked = reduce(asked, /** @type {any} */ ({ type: "locked", answer: DIVERGED }));
  assert.equal(isHidden(locked), false);
  assert.deepEqual(asRoom(locked).room?.question?.own, [DIVERGED]);
  assert.equal(asRoom(locked).room?.question?.phase, "locked");
  assert.equal(asRoom(reduce(locked, { type: "asked" })).room?.question?.phase, "revealing");
});

test("what was answered, revealed and checked belongs to its step", () => {
  const revealed = {
    truth: { answer: DIVERGED, shown: "", reason: null, chain: [] },
    right: true,
    distance: null,
  };
  const state = after(
    { type: "go", at: 1 },
    { type: "locked", answer: DIVERGED },
    { type: "asked" },
    { type: "go", at: 0 },
    { type: "revealed", at: 1, revealed },
    { type: "checked", at: 0, checked: { done: true, missing: [] } },
  );
  assert.equal(state.progress[0].checked.done, true);
  assert.equal(asRoom(state).room, null);
  const back = asRoom(reduce(state, { type: "go", at: 1 })).room?.question;
  assert.deepEqual([back?.phase, back?.right], ["revealed", true]);
});

test("another frame is not known yet, and the same one stays known", () => {
  const told = after({ type: "told", told: RUNS });
  assert.deepEqual(told.runs, RUNS);
  assert.equal(reduce(told, { type: "go", at: 1 }).runs, null, "a run of other steps");
  const second = reduce(
    reduce(told, { type: "go", at: 1 }),
    /** @type {any} */ ({ type: "told", told: RUNS }),
  );
  assert.notEqual(frameKey(second), frameKey(told));
  assert.deepEqual(reduce(second, { type: "go", at: 2 }).runs, RUNS);
});

test("a curve is asked for over the points of the run", () => {
  const curve = after({ type: "go", at: 2 });
  assert.equal(asRoom(curve).room, null);
  const told = reduce(curve, /** @type {any} */ ({ type: "told", told: RUNS }));
  const about = /** @type {any} */ (asRoom(told).room?.question?.about);
  assert.deepEqual(about.trial.config.data.points, [[1, 2]]);
});

test("the step that an address names is one of the lesson's", () => {
  for (const [at, found] of [
    [7, 2],
    [-1, 0],
    [Number.NaN, 0],
    [1.7, 1],
  ])
    assert.equal(after({ type: "go", at }).at, found);
});

test("a scene's address makes a run of its own, and says what is free", async () => {
  const [first, second] = STEPS;
  assert.equal(
    await sceneAddress(/** @type {any} */ (first)),
    "/?seed=0&optimizer.lr=2&free=optimizer.lr,model",
  );
  assert.equal(
    await sceneAddress(/** @type {any} */ (second)),
    "/?seed=0&optimizer.lr=2&max_steps=100&free=",
  );
  const vary = [{ optimizer: { lr: 1 } }, { optimizer: { lr: 2 } }];
  const compared = step({ scene: { page: "comparison", settings: {}, vary } });
  assert.equal(
    await sceneAddress(/** @type {any} */ (compared)),
    "/compare?seed=0&optimizer.lr=1&optimizer.lr=2",
  );
});

test("a group frees all of its settings, and no others", () => {
  assert.equal(isFree("model.hidden", ["model"]), true);
  assert.equal(isFree("optimizer.lr", ["optimizer.lr"]), true);
  assert.equal(isFree("models.hidden", ["model"]), false);
  assert.equal(isFree("seed", []), false);
});

test("what stands between backticks is code", () => {
  assert.deepEqual(pieces("`a` is\n`b`"), [
    { text: "a", code: true },
    { text: " is ", code: false },
    { text: "b", code: true },
  ]);
});
