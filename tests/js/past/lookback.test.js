import assert from "node:assert/strict";
import { test } from "node:test";
import { Lookback } from "../../../static/js/past/lookback.js";
import { INITIAL } from "../../../static/js/run/state.js";
import { Time } from "../time.js";

/** @param {number} step */
const snapshot = (step) => /** @type {any} */ ({ step });
/** @param {number[]} steps */
const snapshots = (...steps) => steps.map(snapshot);
const STARTED = /** @type {any} */ ({ parameters: [], run: {} });
/** @param {Partial<import("../../../static/js/run/state.js").State>} change */
const state = (change = {}, step = 1000) => ({
  ...INITIAL,
  started: STARTED,
  control: true,
  run: /** @type {any} */ ({ id: "r", step, status: "playing", line: "loss" }),
  snapshot: snapshot(step),
  ...change,
});
/** @param {number} step */
const at = (step) => state({ past: { step, snapshot: null } });

/** A server that answers when it is told to, keeping only even steps. */
class Server {
  /** @type {{ what: (string | number)[], signal: AbortSignal, answer: (value: any) => void, fail: (error: Error) => void }[]} */
  asked = [];
  /** @param {any} signal @param {(string | number)[]} what @returns {Promise<any>} */
  #ask(signal, ...what) {
    return new Promise((answer, fail) => {
      this.asked.push({ what, signal, answer, fail });
    });
  }
  snapshotsBetween = (/** @type {any[]} */ ...what) =>
    this.#ask(what.at(-1), "between", ...what.slice(0, -1));
  snapshotAt = (/** @type {any[]} */ ...what) => this.#ask(what.at(-1), "at", ...what.slice(0, 2));

  /** @param {any} value */
  async answer(value) {
    this.asked.at(-1)?.answer(value);
    await new Promise(setImmediate);
  }
}

/**
 * Looking back, with the snapshots going into the state as on the page.
 *
 * @param {Server} server
 */
function lookingBack(server) {
  const time = new Time();
  /** @type {import("../../../static/js/run/shown.js").Past[]} */
  const seen = [];
  let current = state();
  const lookback = new Lookback(
    (past) => {
      seen.push(past);
      follow({ ...current, past });
    },
    server,
    time,
  );
  /** @param {import("../../../static/js/run/state.js").State} next */
  const follow = (next) => {
    current = next;
    lookback.follow(next);
  };
  return { time, seen, lookback, follow };
}

test("looking back asks for the overview, then for the neighbours where the hand rests, then for that step", async () => {
  const server = new Server();
  const { time, seen, follow } = lookingBack(server);
  follow(state());
  assert.equal(server.asked.length, 0);
  follow(at(501));
  time.pass(200);
  assert.deepEqual(
    server.asked.map(({ what }) => what),
    [["between", "r", 0, 1000, 256]],
  );
  await server.answer(snapshots(0, 500, 1000));
  assert.equal(seen.at(-1)?.snapshot?.step, 500);
  assert.deepEqual(server.asked.at(-1)?.what, ["between", "r", 477, 525, 49]);
  await server.answer(snapshots(478, 500, 502, 524));
  assert.deepEqual(server.asked.at(-1)?.what, ["at", "r", 501]);
  await server.answer(snapshot(501));
  assert.equal(seen.at(-1)?.snapshot?.step, 501);
  time.pass(2000);
  assert.equal(server.asked.length, 3);
});

test("a hand that moves asks for nothing more until it rests", async () => {
  const server = new Server();
  const { time, seen, lookback, follow } = lookingBack(server);
  follow(state());
  lookback.approach();
  await server.answer(snapshots(0, 500, 900));
  for (let i = 0; i < 20; i += 1) {
    follow(at(600 - i));
    time.pass(16);
  }
  assert.equal(server.asked.length, 1);
  assert.ok(seen.every((past) => past.snapshot?.step === 500));
  time.pass(80);
  assert.equal(server.asked.length, 2);
});

test("what comes for another run is not shown, and no longer wanted", async () => {
  const server = new Server();
  const { time, seen, follow } = lookingBack(server);
  follow(at(600));
  const other = { ...at(3), started: { ...STARTED }, run: /** @type {any} */ ({ id: "s", step: 5 }) };
  const { signal } = server.asked[0] ?? {};
  follow(other);
  assert.equal(signal?.aborted, true);
  server.asked[0]?.answer(snapshots(3));
  await new Promise(setImmediate);
  time.pass(1000);
  assert.deepEqual(seen, []);
  assert.deepEqual(server.asked.at(-1)?.what, ["between", "s", 0, 5, 256]);
});

test("after a request that failed it waits, and asks again by itself", async () => {
  const server = new Server();
  const { time, follow } = lookingBack(server);
  follow(at(7));
  server.asked[0]?.fail(new TypeError("offline"));
  await new Promise(setImmediate);
  time.pass(1999);
  assert.equal(server.asked.length, 1);
  time.pass(1);
  assert.equal(server.asked.length, 2);
});
