import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, isReadable, numbersIn } from "../../../../static/js/calculator/exercise/answers.js";
import {
  drillIn,
  fragmentOf,
  INITIAL,
  isComplete,
  isHiding,
  nextDrill,
  reduce,
  scoreIn,
} from "../../../../static/js/calculator/exercise/asking.js";

/** @typedef {import("../../../../static/js/calculator/exercise/asking.js").State} State */
/** @typedef {import("../../../../static/js/calculator/exercise/asking.js").Message} Message */
/** @typedef {import("../../../../static/types/protocol").Question} Question */

/** @param {string} id @param {Partial<Question>} [own] @returns {Question} */
const question = (id, own) => ({
  id,
  about: "grad",
  name: "x",
  line: null,
  repeated: false,
  answers: ["number", "none", "error"],
  choices: [],
  tolerance: 0.01,
  text: id,
  ...own,
});

/** @param {string} id @param {boolean | null} right */
const mark = (id, right) => ({ question: id, right, truth: null, shown: "1", reason: null, chain: [] });

/** @param {Message[]} messages @param {State} [state] */
const after = (messages, state = INITIAL) => messages.reduce(reduce, state);

/** @type {Message[]} */
const ASKED = [
  { type: "ask", program: "p", drill: null },
  { type: "asked", program: "p", questions: [question("a"), question("b")] },
];
/** @type {Message[]} */
const WRITTEN = ["a", "b"].map((id) => ({ type: "write", id, written: { kind: "typed", text: "1" } }));

test("torch runs nothing until every question has an answer", () => {
  const one = after([...ASKED, ...WRITTEN.slice(0, 1), { type: "mark" }]);
  assert.equal(one.phase, "asked");
  assert.ok(isHiding(one));
  const both = after([...ASKED, ...WRITTEN, { type: "mark" }]);
  assert.equal(both.phase, "marking");
  assert.ok(isComplete(both));
  const blank = after([{ type: "write", id: "b", written: { kind: "typed", text: " " } }], after(ASKED));
  assert.ok(!isComplete(blank));
});

test("once they are marked the results show, the answers stay, and the score counts", () => {
  /** @type {Message} */
  const marked = { type: "marked", marks: [mark("a", true), mark("b", false)] };
  const state = after([...ASKED, ...WRITTEN, { type: "mark" }, marked]);
  assert.ok(!isHiding(state));
  assert.deepEqual(state.score, { right: 1, answered: 2, row: 0 });
  const late = after([{ type: "write", id: "a", written: { kind: "none", text: "" } }, marked], state);
  assert.equal(late, state);
});

test("what cannot be told counts for nothing", () => {
  const state = after([
    ...ASKED,
    ...WRITTEN,
    { type: "mark" },
    { type: "marked", marks: [mark("a", null), mark("b", true)] },
  ]);
  assert.deepEqual(state.score, { right: 1, answered: 1, row: 1 });
});

test("a program that is changed has to be asked about again; one that is the same does not", () => {
  assert.equal(after([...ASKED, { type: "edited", program: "q" }]).phase, "stale");
  assert.equal(after([...ASKED, { type: "edited", program: "p" }]).phase, "asked");
});

test("a refused check leaves the answers, and says why", () => {
  const state = after([...ASKED, ...WRITTEN, { type: "mark" }, { type: "refused", text: "busy" }]);
  assert.deepEqual([state.phase, state.refusal, isComplete(state)], ["asked", "busy", true]);
  assert.equal(after([...WRITTEN], state).refusal, "");
});

test("the score outlives exercises, and only a score is read back", () => {
  const score = { right: 3, answered: 4, row: 1 };
  const state = { ...INITIAL, score };
  assert.deepEqual(after([...ASKED, { type: "close" }], state).score, score);
  assert.deepEqual(scoreIn(JSON.stringify(score)), score);
  for (const text of [null, "", "{}", '{"right":"1","answered":2,"row":0}'])
    assert.equal(scoreIn(text), INITIAL.score);
});

test("three programs in a row without a mistake lead to a harder drill, up to the hardest", () => {
  const chosen = /** @type {const} */ ({ kind: "chain", level: 2 });
  const drill = { ...chosen, seed: 1 };
  /** @type {State} */
  const done = { ...INITIAL, phase: "marked", drill, score: { right: 3, answered: 3, row: 3 } };
  assert.deepEqual(nextDrill(done, chosen, 9), { kind: "chain", level: 3, seed: 9 });
  assert.equal(nextDrill({ ...done, score: { ...done.score, row: 2 } }, chosen, 9).level, 2);
  assert.equal(nextDrill(done, { kind: "detach", level: 2 }, 9).level, 2);
  const last = { ...done, drill: { ...drill, level: 5 } };
  assert.equal(nextDrill(last, { kind: "chain", level: 5 }, 9).level, 5);
});

test("a drill is a link", () => {
  const drill = /** @type {const} */ ({ kind: "mix", level: 4, seed: 77 });
  assert.deepEqual(drillIn(fragmentOf(drill)), drill);
  assert.equal(drillIn("#p=abc"), null);
});

test("gradients are read as numbers however they are written, and nothing else is", () => {
  assert.deepEqual(["12", "-3.5", "6, 8", "[[6.], [8.]]", "tensor([6., 8.])", ".5", "1e-3"].map(numbersIn), [
    12,
    -3.5,
    [6, 8],
    [6, 8],
    [6, 8],
    0.5,
    0.001,
  ]);
  for (const text of ["", "twelve", "x 12", "None"]) assert.equal(numbersIn(text), null);
  assert.ok(!isReadable(question("a"), { kind: "typed", text: "twelve" }));
  assert.ok(isReadable(question("a"), { kind: "typed", text: "None" }));
});

test("what is written becomes the answer that the server knows", () => {
  const printed = question("p", { about: "printed", answers: ["text", "number", "none", "error"] });
  assert.deepEqual(answerOf(question("a"), { kind: "typed", text: "\u22126, 8" }), {
    kind: "number",
    numbers: [-6, 8],
  });
  assert.deepEqual(answerOf(question("a"), { kind: "typed", text: "None" }), { kind: "none" });
  assert.deepEqual(answerOf(printed, { kind: "typed", text: "x = 3" }), { kind: "text", text: "x = 3" });
  assert.deepEqual(answerOf(question("e"), { kind: "choice", text: "1" }), { kind: "choice", choice: 1 });
  assert.deepEqual(answerOf(question("a"), { kind: "error", text: "" }), { kind: "error" });
});
