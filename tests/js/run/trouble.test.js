import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL, reduce } from "../../../static/js/run/state.js";
import { labelOf, troubleOf } from "../../../static/js/run/trouble.js";

const config = { seed: 4, data: { unsqueeze_y: true }, model: { hidden: [2, 2] } };
const run = { status: "paused", step: 3, reason: null, topic: null, error: null, warning: null, config };
const open = (change = {}, of = {}) => ({
  ...INITIAL,
  link: "open",
  control: true,
  run: { ...run, ...of },
  ...change,
});
const ended = {
  type: "finished",
  step: 7,
  reason: "diverged",
  error: null,
  topic: "lr_above_limit",
  explanation: "Why.",
  remedy: "What to change.",
  suggestion: { optimizer: { lr: 0.2 } },
};

test("a run that ended badly brings its reason and its remedy", () => {
  const { what, why, advice, remedies } = troubleOf(reduce(open(), ended));
  assert.deepEqual([what, why, advice], ["The steps are too long.", "Why.", "What to change."]);
  assert.deepEqual(remedies, [{ patch: { optimizer: { lr: 0.2 } }, reset: true }]);
  assert.equal(labelOf(remedies[0]), "Set optimizer.lr = 0.2 and reset");
});

test("a run that did what it was asked for is no trouble", () => {
  for (const topic of ["max_steps_reached", "stop_loss_reached"]) {
    assert.equal(troubleOf(reduce(open(), { ...ended, reason: "max_steps", topic })), null);
  }
});

test("torch's error is quoted, and where nothing is suggested a reset remains", () => {
  const failed = { ...ended, reason: "failed", topic: null, error: "no", suggestion: null };
  const { quote, remedies } = troubleOf(reduce(open(), failed));
  assert.equal(quote, "no");
  assert.equal(labelOf(remedies[0]), "Reset");
});

test("a warning is told while it holds", () => {
  const warned = reduce(open(), { type: "warned", warning: "Using…", explanation: "Why.", remedy: "Do." });
  assert.equal(troubleOf(warned).quote, "Using…");
  const better = reduce(warned, { type: "warned", warning: null, explanation: null, remedy: null });
  assert.equal(troubleOf(better), null);
});

test("dead units are trouble where a layer has no other, or hardly any are left", () => {
  const deadUnits = (...units) => troubleOf(open({ snapshot: { deadUnits: Uint32Array.from(units) } }));
  assert.equal(deadUnits(0, 2), null);
  assert.equal(deadUnits(2, 3).what, "2 of 4 hidden units are dead.");
  assert.equal(deadUnits(0, 1, 2).what, "3 of 4 hidden units are dead.");
  assert.equal(labelOf(deadUnits(2, 3).remedies[0]), "Set seed = 5 and reset");
});

test("a link that breaks says so, and where to find out more", () => {
  assert.deepEqual(troubleOf({ ...INITIAL, link: "lost" }).remedies, []);
  assert.ok(troubleOf({ ...INITIAL, link: "lost" }).connection);
  assert.ok(troubleOf(open({ link: "lost" })).connection);
  assert.equal(labelOf(troubleOf(open({ link: "lost" })).remedies[0]), "Connect now");
  assert.deepEqual(troubleOf(open({ link: "warming" })).remedies, []);
  assert.equal(troubleOf(open({ link: "busy" })), null);
});

test("settings are named as Python writes them", () => {
  const patch = { scheduler: null, loop: { zero_grad: true }, model: { activation: "LeakyReLU" } };
  const label = "Set scheduler = None, loop.zero_grad = True, model.activation = LeakyReLU";
  assert.equal(labelOf({ patch, reset: false }), label);
});
