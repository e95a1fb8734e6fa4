import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptSnapshots } from "../../../static/js/past/kept-snapshots.js";

/** @param {number} step */
const snapshot = (step) => /** @type {any} */ ({ step });
/** @param {number[]} steps */
const snapshots = (...steps) => steps.map(snapshot);

test("the nearest snapshot that was kept is given, and forgets neighbours before the overview", () => {
  const kept = new KeptSnapshots();
  assert.equal(kept.nearest(5), null);
  kept.spread(snapshots(0, 100, 200, 300), 300);
  assert.equal(kept.nearest(290)?.step, 200); // 300 may still change by hand.
  assert.equal(kept.nearest(150)?.step, 100);
  for (const step of [111, 122, 133, 144]) kept.add(snapshots(step));
  assert.equal(kept.nearest(111)?.step, 100); // Its neighbours were the first to go.
  assert.equal(kept.nearest(144)?.step, 144);
});
