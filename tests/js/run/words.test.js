import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL } from "../../../static/js/run/state.js";
import { describe } from "../../../static/js/run/words.js";

const state = (run, change = {}) => ({
  ...INITIAL,
  link: "open",
  control: true,
  run: { step: 12, reason: null, line: null, config: { stop_loss: 0.01 }, ...run },
  ...change,
});

test("every place of the link has its words", () => {
  const problem = { detail: "Too many runs." };
  const words = (link) => describe({ ...INITIAL, link, problem });
  assert.match(words("opening").text, /Connecting/);
  assert.match(words("warming").text, /warming up/);
  assert.match(words("lost").text, /Trying again/);
  assert.match(words("gone").text, /no longer/);
  const stale = "This page is from another version of the server. Reload it.";
  assert.deepEqual(words("stale"), { tone: "bad", text: stale });
  assert.deepEqual(words("a link of tomorrow"), { tone: "bad", text: stale });
  assert.deepEqual(words("busy"), { tone: "wait", text: "Too many runs." });
  assert.deepEqual(words("refused"), { tone: "bad", text: "Too many runs." });
});

test("a trainer that warms up during a run is being replaced", () => {
  assert.match(describe(state({ status: "playing" }, { link: "warming" })).text, /replaced/);
});

test("every status has its words and its tone", () => {
  const words = (status, run = {}) => describe(state({ status, ...run }));
  assert.equal(words("ready").tone, "still");
  assert.equal(words("playing").tone, "busy");
  assert.deepEqual(words("paused"), { tone: "still", text: "Paused at step 12." });
  assert.match(words("finished", { reason: "max_steps" }).text, /after 12 steps/);
  assert.match(words("finished", { reason: "max_steps", step: 1 }).text, /after 1 step\./);
  assert.match(words("finished", { reason: "stop_loss" }).text, /down to 0.01/);
  assert.equal(words("failed").tone, "bad");
});

test("in the middle of a step that is said, not how the run stood before it", () => {
  for (const status of ["ready", "paused"]) {
    const { text } = describe(state({ status, line: "backward" }));
    assert.equal(text, "In the middle of step 13.");
  }
});

test("a refusal without a field of its own is told instead of the status", () => {
  const refused = { problem: { detail: "Not now.", errors: [] } };
  assert.deepEqual(describe(state({ status: "ready" }, refused)), { tone: "bad", text: "Not now." });
  const atField = { problem: { detail: "Not now.", errors: [{ field: "seed", message: "" }] } };
  assert.match(describe(state({ status: "ready" }, atField)).text, /Ready/);
});

test("trouble of the server's disk is told beside how the run stands", () => {
  const { tone, text } = describe(state({ status: "playing" }, { unstored: "The disk is full." }));
  assert.deepEqual([tone, text], ["bad", "Training… The disk is full."]);
});

test("who only watches is told so first", () => {
  const { text } = describe(state({ status: "paused" }, { control: false }));
  assert.equal(text, "You are watching; only the owner can control this run. Paused at step 12.");
});
