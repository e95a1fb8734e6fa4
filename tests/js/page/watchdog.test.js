import assert from "node:assert/strict";
import { test } from "node:test";
import { Watchdog } from "../../../static/js/page/watchdog.js";
import { Time } from "../time.js";

/** A watchdog, and when it asked and gave up. */
function watched() {
  const time = new Time();
  /** @type {string[]} */
  const done = [];
  const dog = new Watchdog(
    () => done.push(`ask ${time.now()}`),
    () => done.push(`dead ${time.now()}`),
    time,
  );
  return { time, dog, done };
}

test("a connection that brings something is left alone", () => {
  const { time, dog, done } = watched();
  for (let i = 0; i < 10; i += 1) {
    dog.heard();
    time.pass(4000);
  }
  assert.deepEqual(done, []);
});

test("one that is silent is asked, and an answer is enough", () => {
  const { time, dog, done } = watched();
  dog.heard();
  time.pass(7000);
  assert.deepEqual(done, ["ask 5000"]);
  dog.heard();
  time.pass(4000);
  assert.deepEqual(done, ["ask 5000"]);
});

test("one that does not answer is dead, which is told once", () => {
  const { time, dog, done } = watched();
  dog.heard();
  time.pass(60_000);
  assert.deepEqual(done, ["ask 5000", "dead 10000"]);
});

test("a page that wakes asks at once, and knows within 3 s whether its connection lives", () => {
  const { time, dog, done } = watched();
  dog.heard();
  dog.rest();
  time.pass(600_000);
  assert.deepEqual(done, []);
  dog.wake();
  time.pass(3000);
  assert.equal(done[0], "ask 600000");
  assert.match(done[1] ?? "", /^dead 60[0-2]\d{3}$/);
});

test("while the page is hidden nothing is asked, whatever comes", () => {
  const { time, dog, done } = watched();
  dog.rest();
  dog.heard();
  time.pass(60_000);
  assert.deepEqual(done, []);
});

test("a timer that is late tells that the page slept: it asks before it gives up", () => {
  const { time, dog, done } = watched();
  dog.expect(5000);
  time.sleep(600_000);
  assert.deepEqual(done, ["ask 600000"]);
  dog.heard();
  time.pass(4000);
  assert.deepEqual(done, ["ask 600000"]);
});

test("what is stopped waits for nothing, until something is expected again", () => {
  const { time, dog, done } = watched();
  dog.heard();
  dog.stop();
  time.pass(60_000);
  assert.deepEqual(done, []);
  dog.expect(100);
  time.pass(100);
  assert.deepEqual(done, ["dead 60100"]);
});
