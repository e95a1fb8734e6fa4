import assert from "node:assert/strict";
import { test } from "node:test";
import { runOffers } from "../../../static/js/room/offers.js";

const config = (data) => ({ data, optimizer: { name: "SGD", lr: 0.2 } });

test("a curve to sketch is offered of a run that has one", () => {
  const titles = (data) => runOffers("run", /** @type {any} */ (config(data)), 100).map(({ title }) => title);
  assert.ok(titles({ features: 1, classes: null }).includes("Sketch the curve"));
  assert.ok(!titles({ features: 2, classes: null }).includes("Sketch the curve"));
  assert.ok(!titles({ features: 1, classes: 2 }).includes("Sketch the curve"));
});
