import assert from "node:assert/strict";
import { test } from "node:test";
import { DrawRate } from "../../../static/js/page/draw-rate.js";

test("cheap drawings happen with every frame of 60 a second", () => {
  const rate = new DrawRate({ matches: false });
  rate.drew(1000, 1006);
  assert.ok(rate.due(1016));
});

test("dear drawings leave a share of the time to everything else", () => {
  const rate = new DrawRate({ matches: false });
  rate.drew(1000, 1060);
  assert.ok(!rate.due(1064));
  assert.ok(rate.due(1080));
});

test("who asked for less motion sees two to four drawings a second", () => {
  const calm = { matches: true };
  const rate = new DrawRate(calm);
  rate.drew(1000, 1001);
  assert.ok(!rate.due(1250));
  assert.ok(rate.due(1500));
});
