import assert from "node:assert/strict";
import { test } from "node:test";

import { Unsure } from "../../../static/js/run/unsure.js";

function at() {
  const clock = { now: 0, unsure: new Unsure(() => clock.now) };
  return clock;
}

test("a change has a name of its own, by which it is sent again over the next connection", () => {
  const { unsure } = at();
  const [first, second] = [
    unsure.named({ type: "step", count: 1 }),
    unsure.named({ type: "step", count: 1 }),
  ];
  assert.notEqual(first.command_id, second.command_id);
  assert.match(first.command_id, /^[0-9a-f]{32}$/);
  assert.deepEqual(unsure.again(), [first, second]);
  assert.deepEqual(unsure.again(), [first, second]);
});

test("what was sent before a ping that is answered has arrived", () => {
  const { unsure } = at();
  unsure.named({ type: "play" });
  unsure.named({ type: "ping" });
  const pause = unsure.named({ type: "pause" });
  unsure.arrived();
  assert.deepEqual(unsure.again(), [pause]);
  unsure.named({ type: "ping" });
  unsure.again();
  unsure.arrived();
  assert.deepEqual(unsure.again(), [pause]);
});

test("only the last changes are kept, and only while they are fresh", () => {
  const clock = at();
  for (let count = 1; count < 20; count++) {
    clock.unsure.named({ type: "step", count });
    clock.now += 1000;
  }
  assert.deepEqual(
    clock.unsure.again().map(({ count }) => count),
    [12, 13, 14, 15, 16, 17, 18, 19],
  );
  clock.now += 5000;
  assert.deepEqual(
    clock.unsure.again().map(({ count }) => count),
    [16, 17, 18, 19],
  );
});

test("what changes nothing is sent as it is, and not again", () => {
  const { unsure } = at();
  assert.deepEqual(unsure.named({ type: "ack", step: 3 }), { type: "ack", step: 3 });
  assert.deepEqual(unsure.again(), []);
});
