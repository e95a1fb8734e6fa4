import assert from "node:assert/strict";
import { test } from "node:test";
import { DrawRate } from "../../../static/js/page/draw-rate.js";

/** Milliseconds between two animation frames. */
const FRAME = 16;

/**
 * A browser's clock, timers and animation frames, moved on by hand.
 *
 * @param {import("node:test").TestContext} t
 */
function browser(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 63 * FRAME;
  t.mock.method(performance, "now", () => now);
  /** @type {((now: number) => void)[]} */
  let frames = [];
  let asked = 0;
  Object.assign(globalThis, {
    requestAnimationFrame: (/** @type {(now: number) => void} */ callback) => {
      asked += 1;
      return frames.push(callback);
    },
  });
  return {
    get now() {
      return now;
    },
    /** How many animation frames have been asked for. */
    get asked() {
      return asked;
    },
    /** Until so many more frames could have been drawn. @param {number} count */
    pass(count) {
      for (let i = 0; i < count; i += 1) {
        const before = now;
        now = (Math.floor(now / FRAME) + 1) * FRAME;
        t.mock.timers.tick(now - before);
        const due = frames;
        frames = [];
        for (const frame of due) frame(now);
      }
    },
    /** What happens while something takes long. @param {number} ms */
    work(ms) {
      now += ms;
    },
  };
}

test("a page on which nothing changes asks for no frame", (t) => {
  const page = browser(t);
  const rate = new DrawRate({ matches: false }, () => true);
  rate.ask();
  page.pass(300);
  assert.equal(page.asked, 1);
});

test("what changes between two frames is drawn once", (t) => {
  const page = browser(t);
  /** @type {number[]} */
  const drawn = [];
  const rate = new DrawRate({ matches: false }, (now) => drawn.push(now) > 0);
  for (let i = 0; i < 5; i += 1) rate.ask();
  page.pass(5);
  assert.deepEqual(drawn, [64 * FRAME]);
});

for (const [cost, least, most] of [
  [6, 60, 60],
  [60, 6, 12],
]) {
  test(`drawings of ${cost} ms happen as often as leaves a share of the time to everything else`, (t) => {
    const page = browser(t);
    let drawings = 0;
    const rate = new DrawRate({ matches: false }, () => {
      drawings += 1;
      page.work(cost);
      rate.ask(); // Something changes all the time.
      return true;
    });
    rate.ask();
    const start = page.now;
    while (page.now < start + 60 * FRAME) page.pass(1);
    assert.ok(drawings >= least && drawings <= most, `${drawings} drawings in a second`);
  });
}

test("who asked for less motion sees two drawings a second, the last state among them", (t) => {
  const page = browser(t);
  let state = 0;
  /** @type {number[]} */
  const seen = [];
  const rate = new DrawRate({ matches: true }, () => seen.push(state) > 0);
  for (; state < 100; state += 1) {
    rate.ask();
    page.pass(1);
  }
  assert.ok(seen.length >= 3 && seen.length <= 5, `${seen.length} drawings in 1.6 s`);
  page.pass(30);
  assert.equal(seen.at(-1), state);
});

test("a drawing is put off until its time, unless something changes before", (t) => {
  const page = browser(t);
  /** @type {number[]} */
  const drawn = [];
  const rate = new DrawRate({ matches: false }, (now) => drawn.push(now) > 0);
  rate.ask(page.now + 160);
  page.pass(9);
  assert.deepEqual(drawn, []);
  page.pass(3);
  assert.equal(drawn.length, 1);
  rate.ask(page.now + 160);
  rate.ask();
  page.pass(2);
  assert.equal(drawn.length, 2);
  page.pass(60);
  assert.equal(drawn.length, 2);
});

test("a drawing that throws does not end the ones after it", (t) => {
  const page = browser(t);
  let drawings = 0;
  const rate = new DrawRate({ matches: false }, () => {
    drawings += 1;
    if (drawings === 1) throw new Error("this once");
    return true;
  });
  rate.ask();
  assert.throws(() => page.pass(1), /this once/);
  rate.ask();
  page.pass(2);
  assert.equal(drawings, 2);
});
