import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerNow,
  INITIAL,
  isSent,
  phaseKey,
  reduce,
  screenKey,
  sentAnswer,
} from "../../../static/js/room/room-state.js";

const question = (change = {}) => ({
  number: 1,
  text: "?",
  about: { kind: "poll", choices: ["a", "b"] },
  phase: "open",
  round: 1,
  n_answered: 0,
  own: [null],
  right: null,
  distance: null,
  tallies: [],
  truth: null,
  ...change,
});
const room = (change = {}) => ({ type: "room", id: "r", code: "ABC234", question: question(), ...change });
const choice = (n) => ({ kind: "choice", choice: n });

/** @param {...any} messages */
const after = (...messages) => messages.reduce(reduce, INITIAL);

test("every message is the whole room, and the newest counts", () => {
  const state = after(room({ locked: true }), { type: "link", link: "lost" }, room({ locked: false }));
  assert.equal(state.link, "open");
  assert.equal(state.room.locked, false);
});

test("an answer that is begun stays until the server has it, and is not taken for sent before", () => {
  const begun = after(room(), { type: "drafted", answer: choice(1) });
  assert.deepEqual([answerNow(begun), isSent(begun)], [choice(1), false]);
  const come = reduce(begun, room({ question: question({ own: [choice(1)] }) }));
  assert.deepEqual([answerNow(come), isSent(come)], [choice(1), true]);
  const changed = reduce(come, { type: "drafted", answer: choice(0) });
  assert.deepEqual([sentAnswer(changed.room.question), isSent(changed)], [choice(1), false]);
});

test("what was begun is dropped by the lock, by the second round and by another question", () => {
  for (const next of [{ phase: "locked" }, { round: 2, own: [null, null] }, { number: 2 }]) {
    const state = after(room(), { type: "drafted", answer: choice(1) }, room({ question: question(next) }));
    assert.equal(state.draft, null);
    assert.equal(answerNow(state), null);
  }
});

test("after the lock nothing can be begun", () => {
  const state = after(room({ question: question({ phase: "locked" }) }), {
    type: "drafted",
    answer: choice(1),
  });
  assert.equal(state.draft, null);
});

test("a token that does not count is told from a message that was refused", () => {
  const failed = { type: "failed", problem: { status: 403, detail: "no", errors: [] } };
  assert.equal(after(failed).over, "refused");
  const later = after(room(), failed);
  assert.equal(later.over, null);
  assert.equal(later.problem.detail, "no");
});

test("after the end nothing changes any more", () => {
  const state = after(room(), { type: "ended", reason: "removed" }, room(), { type: "link", link: "lost" });
  assert.equal(state.over, "removed");
  assert.equal(after({ type: "link", link: "gone" }).over, "ended");
});

test("each phase of a question is announced once", () => {
  const keys = [
    room({ question: null }),
    room(),
    room({ n_present: 7 }),
    room({ question: question({ phase: "locked" }) }),
    room({ question: question({ round: 2 }) }),
  ].map(phaseKey);
  assert.equal(keys[1], keys[2]);
  assert.equal(new Set(keys).size, 4);
});

test("another run is another screen, and another step of it is not", () => {
  const run = (id, past) => screenKey({ kind: "run", run: id, place: { past, moment: null } });
  assert.equal(run("a", null), run("a", 7));
  assert.notEqual(run("a", null), run("b", null));
});
