import assert from "node:assert/strict";
import { test } from "node:test";
import { PaceLimit } from "../../../static/js/room/pace-limit.js";
import { OFF, reduce } from "../../../static/js/room/showing.js";
import { Time } from "../time.js";

const run = (id) => ({ kind: "run", run: id, place: { past: null, moment: null } });
/** @param {...any} messages */
const after = (...messages) => messages.reduce(reduce, OFF);
const [pressed, sent, room] = [
  { type: "pressed" },
  (id) => ({ type: "sent", screen: run(id) }),
  (id, reveals = false) => ({ type: "room", screen: run(id), reveals }),
];

test("a page is followed until another one is shown, and not before it was", () => {
  assert.ok(after(pressed, sent("a"), room("old")).on, "the room has not followed yet");
  assert.ok(after(pressed, sent("a"), room("a"), sent("b"), room("a")).on, "nor to this page's next run");
  assert.ok(!after(pressed, sent("a"), room("a"), room("other")).on);
  assert.ok(!after(pressed, pressed).on);
});

test("a page is followed again after a reveal, unless something else was shown then", () => {
  const revealed = [pressed, sent("a"), room("a"), room("torch's", true), room("torch's", true)];
  assert.ok(!after(...revealed).on);
  assert.ok(after(...revealed, room("a")).on);
  assert.ok(!after(...revealed, room("other"), room("a")).on);
  assert.ok(!after(...revealed, pressed, pressed, room("a")).on, "the teacher wants it no more");
});

test("of many places the newest is sent, and at most ten a second", () => {
  const clock = new Time();
  const told = [];
  const pace = new PaceLimit((place) => told.push(place), 100, clock);
  for (let i = 0; i < 50; i += 1) pace.offer(i);
  assert.deepEqual(told, [0]);
  clock.pass(100);
  assert.deepEqual(told, [0, 49]);
  pace.offer("later");
  pace.drop();
  clock.pass(1000);
  assert.deepEqual(told, [0, 49]);
  pace.offer("at once");
  assert.deepEqual(told.at(-1), "at once");
});
