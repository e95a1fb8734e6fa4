import assert from "node:assert/strict";
import { test } from "node:test";
import { answerText, merged, runNames } from "../../../static/js/room/asked.js";
import { actionsOf, countWords } from "../../../static/js/room/question-controls.js";
import { moved } from "../../../static/js/room/rank-list.js";
import { rowsOf } from "../../../static/js/room/tallies.js";

const choice = (n) => ({ kind: "choice", choice: n });
const count = (answer, n, right = null) => ({ answer, count: n, right });
const tally = (...counts) => ({
  n_answers: counts.reduce((sum, one) => sum + one.count, 0),
  n_right: null,
  counts,
  sketches: [],
});
const poll = { kind: "poll", choices: ["a", "b", "c"] };
const revealed = (about, tallies, truth = null) => ({
  number: 1,
  phase: "revealed",
  round: 1,
  about,
  tallies,
  truth,
});

test("before the reveal there is nothing to draw", () => {
  assert.deepEqual(rowsOf({ ...revealed(poll, []), phase: "open" }), []);
});

test("both rounds stand beside each other, with choices nobody made too", () => {
  const rows = rowsOf(
    revealed(poll, [tally(count(choice(1), 3), count(choice(0), 1)), tally(count(choice(1), 4))]),
  );
  assert.deepEqual(
    rows.map(({ label, rounds }) => [label, ...rounds.map((round) => round.count)]),
    [
      ["a", 1, 0],
      ["b", 3, 4],
      ["c", 0, 0],
    ],
  );
  assert.deepEqual(rows[1].rounds, [
    { count: 3, share: 0.75 },
    { count: 4, share: 1 },
  ]);
});

test("torch's answer is among the bars also where nobody gave it", () => {
  const about = { kind: "loss", trial: { config: {}, vary: [{}], steps: 5 } };
  const number = (n) => ({ kind: "number", numbers: n });
  const given = tally(count(number(1), 2, false), count(number(2), 1, false));
  const rows = rowsOf(
    revealed(about, [given], { answer: number(0.5), shown: "0.5", chain: [], reason: null }),
  );
  assert.deepEqual(
    rows.map(({ label, right }) => [label, right]),
    [
      ["1", false],
      ["2", false],
      ["0.5", true],
    ],
  );
});

test("of many different answers the rest is counted together", () => {
  const about = { kind: "loss", trial: { config: {}, vary: [{}], steps: 5 } };
  const counts = Array.from({ length: 12 }, (_, i) => count({ kind: "number", numbers: i }, 1, false));
  const rows = rowsOf(revealed(about, [tally(...counts)]));
  assert.equal(rows.length, 9);
  assert.deepEqual([rows[8].label, rows[8].rounds[0].count], ["others", 4]);
});

test("runs are called by what they differ in, and a rank reads from the lowest loss", () => {
  const config = { optimizer: { name: "SGD", lr: 0.2 }, model: { hidden: [10] } };
  const trial = { config, vary: [{ optimizer: { lr: 0.02 } }, { optimizer: { lr: 2 } }], steps: 9 };
  assert.deepEqual(runNames(trial), ["lr=0.02", "lr=2"]);
  assert.equal(answerText({ kind: "order", trial }, { kind: "rank", order: [1, 0] }), "lr=2 < lr=0.02");
  assert.deepEqual(merged({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: null }, d: [1] }), { a: { c: 2 }, d: [1] });
});

test("an item moves to its new place, and not past the ends", () => {
  assert.deepEqual(moved([3, 1, 2], 0, 2), [1, 2, 3]);
  const order = [0, 1];
  assert.equal(moved(order, 0, -1), order);
});

test("a question is locked, perhaps asked again once, revealed and put away", () => {
  const at = (change) => actionsOf({ ...revealed(poll, []), ...change });
  assert.deepEqual(at({ phase: "open" }), ["lock", "close"]);
  assert.deepEqual(at({ phase: "locked" }), ["reveal", "again", "close"]);
  assert.deepEqual(at({ phase: "locked", round: 2 }), ["reveal", "close"]);
  assert.deepEqual(at({ phase: "revealing" }), []);
  assert.deepEqual(at({}), ["close"]);
  const about = { kind: "diverges", trial: {} };
  assert.deepEqual(at({ about, truth: { answer: null, shown: "" } }), ["close", "reveal"]);
});

test("never more have answered than there are", () => {
  const room = { n_present: 1, question: { ...revealed(poll, []), phase: "open", n_answered: 2 } };
  assert.equal(countWords(room), "2 of 2 answered");
});
