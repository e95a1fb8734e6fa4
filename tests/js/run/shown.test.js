import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "../../../static/js/run/shown.js";
import { INITIAL, reduce } from "../../../static/js/run/state.js";

/** @param {number} step */
const snapshot = (step) => /** @type {any} */ ({ step });
const STARTED = /** @type {any} */ ({ parameters: [], run: {} });
/** @param {Partial<import("../../../static/js/run/state.js").State>} change */
const state = (change = {}, step = 1000) => ({
  ...INITIAL,
  started: STARTED,
  control: true,
  run: /** @type {any} */ ({ id: "r", step, status: "playing", line: "loss" }),
  snapshot: snapshot(step),
  ...change,
});
/** @param {number} step */
const at = (step) => state({ past: { step, snapshot: null } });

test("looking back shows a still picture that cannot be changed, until a command or a new beginning", () => {
  const now = state();
  assert.equal(shown(now), now);
  assert.equal(shown(at(7)).snapshot?.step, 1000); // It has not come yet.
  const past = { step: 7, snapshot: snapshot(7) };
  const back = reduce(now, { type: "looked", past });
  const { snapshot: picture, control, run, lines } = shown(back);
  assert.deepEqual(
    [picture, control, run?.status, run?.step, lines],
    [past.snapshot, false, "paused", 7, []],
  );
  assert.equal(back.run?.status, "playing");
  assert.equal(reduce(back, { type: "commanded" }).past, null);
  assert.equal(
    reduce(back, /** @type {any} */ ({ ...STARTED, type: "started", run: { id: "s" } })).past,
    null,
  );
  assert.equal(reduce(back, { type: "remade" }).past, null);
});
