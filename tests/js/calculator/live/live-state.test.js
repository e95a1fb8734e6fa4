import assert from "node:assert/strict";
import { test } from "node:test";
import {
  columnsOf,
  figuresThen,
  followedLoop,
  IDLE,
  isWatchable,
  printedThen,
  progressOf,
  reduce,
  roundAt,
} from "../../../../static/js/calculator/live/live-state.js";

const STARTED = { type: "started", id: "a", owner_token: "t", control: true, program: "for k in x: pass" };

/** @param {Partial<import("../../../../static/types/protocol").Rounds>} fields */
const rounds = (fields, first = 1, count = 1, stride = 1) => ({
  type: "rounds",
  loop: 0,
  line: 1,
  depth: 0,
  names: ["loss", "text"],
  first,
  stride,
  count: first + (count - 1) * stride,
  done: count,
  total: null,
  rows: Array.from({ length: count }, (_, k) => ({
    tick: first + k * stride,
    printed: first + k * stride,
    values: [1 / (first + k * stride), null],
  })),
  ...fields,
});
const figure = (tick, number = 1) => ({ type: "figure", number, tick, title: `at ${tick}` });

/** @param {...any} messages */
const after = (...messages) => messages.reduce(reduce, IDLE);

test("rounds are put one behind the other, and thinned when the server thins them", () => {
  const state = after(STARTED, rounds({}, 1, 4), rounds({}, 5, 4), rounds({}, 9, 2, 2));
  const loop = followedLoop(state);
  assert.deepEqual(
    loop.rows.map(({ tick }) => tick),
    [1, 3, 5, 7, 9, 11],
  );
  assert.equal(roundAt(loop, 5), 11);
  assert.deepEqual(
    columnsOf(loop).map(({ name }) => name),
    ["loss"],
  );
});

test("looking back shows the text and the pictures of that round", () => {
  const state = after(
    STARTED,
    { type: "printed", text: "a\u{1F600}cd" },
    figure(0),
    figure(2, 2),
    figure(3),
    rounds({}, 1, 5),
  );
  assert.equal(printedThen(state), "a\u{1F600}cd");
  assert.deepEqual(
    figuresThen(state).map(({ title }) => title),
    ["at 3", "at 2"],
  );
  const past = reduce(state, { type: "look", past: { loop: 0, round: 2 } });
  assert.equal(printedThen(past), "a\u{1F600}");
  assert.deepEqual(
    figuresThen(past).map(({ title }) => title),
    ["at 0"],
  );
  assert.equal(printedThen(reduce(past, { type: "look", past: null })), "a\u{1F600}cd");
});

test("the loop with most rounds is followed, and the outermost known length is the progress", () => {
  const state = after(
    STARTED,
    rounds({ total: 10, done: 2 }, 1, 2),
    rounds({ loop: 1, line: 2, depth: 1, total: 50, done: 7 }, 1, 57),
  );
  assert.equal(followedLoop(state).loop, 1);
  assert.deepEqual(progressOf(state), { done: 2, total: 10 });
});

test("whoever comes back keeps the token, and a program that begins anew keeps nothing else", () => {
  const state = after(STARTED, { type: "printed", text: "old" }, { ...STARTED, owner_token: null });
  assert.equal(state.token, "t");
  assert.equal(state.printed, "");
  assert.equal(reduce(state, { ...STARTED, id: "b", owner_token: null }).token, null);
});

test("a reader who looks back still does after a lost connection, until the program is gone or another", () => {
  const past = { loop: 0, round: 2 };
  const looking = after(STARTED, rounds({}, 1, 5), { type: "look", past });
  const again = reduce(reduce(looking, { type: "link", isUp: false }), STARTED);
  assert.deepEqual([again.past, again.isUp], [past, true]);
  assert.equal(reduce(looking, { ...STARTED, id: "b" }).past, null);
  const gone = reduce(looking, { type: "gone" });
  assert.deepEqual([gone.phase, gone.reason, gone.control], ["finished", "gone", false]);
  const ended = after(STARTED, { type: "finished", reason: "ended", derivation: null }, { type: "gone" });
  assert.equal(ended.reason, "ended");
});

test("of many pictures the last of each figure stays", () => {
  const state = after(STARTED, figure(0, 7), ...Array.from({ length: 300 }, (_, k) => figure(k + 1)));
  assert.ok(state.figures.length <= 101);
  assert.deepEqual(
    figuresThen(state).map(({ title }) => title),
    ["at 0", "at 300"],
  );
});

test("a program is watched if something in it may take its time", () => {
  for (const program of [
    "for k in range(3):",
    "  while True:",
    "import matplotlib.pyplot as plt",
    "time.sleep(1)",
  ])
    assert.ok(isWatchable(program), program);
  for (const program of ["x = torch.ones(3) # for you", "format = 1"])
    assert.ok(!isWatchable(program), program);
});
