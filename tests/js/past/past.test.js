import assert from "node:assert/strict";
import { test } from "node:test";
import { markerAt, valuesOf } from "../../../static/js/charts/marker.js";
import { Album } from "../../../static/js/past/album.js";
import { Norms } from "../../../static/js/past/norms.js";
import { Recall } from "../../../static/js/past/recall.js";
import { shown } from "../../../static/js/run/shown.js";
import { INITIAL, reduce } from "../../../static/js/run/state.js";

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
  /** @type {{ what: (string | number)[], answer: (value: any) => void, fail: (error: Error) => void }[]} */
  asked = [];
  /** @param {(string | number)[]} what @returns {Promise<any>} */
  #ask(...what) {
    return new Promise((answer, fail) => {
      this.asked.push({ what, answer, fail });
    });
  }
  snapshotsBetween = (/** @type {any[]} */ ...what) => this.#ask("between", ...what);
  snapshotAt = (/** @type {string} */ run, /** @type {number} */ step) => this.#ask("at", run, step);

  /** @param {any} value */
  async answer(value) {
    this.asked.at(-1)?.answer(value);
    await new Promise(setImmediate);
  }
}

test("the album gives the nearest step, and forgets neighbours before the overview", () => {
  const album = new Album();
  assert.equal(album.nearest(5), null);
  album.spread(snapshots(0, 100, 200, 300), 300);
  assert.equal(album.nearest(290)?.step, 200); // 300 may still change by hand.
  assert.equal(album.nearest(150)?.step, 100);
  for (const step of [111, 122, 133, 144]) album.add(snapshots(step));
  assert.equal(album.nearest(111)?.step, 100); // Its neighbours were the first to go.
  assert.equal(album.nearest(144)?.step, 144);
});

/** Until all promises that can are settled. */
const settled = () => new Promise(setImmediate);

test("looking back asks for the overview, then for the neighbours where the hand rests, then for that step", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server();
  /** @type {import("../../../static/js/run/shown.js").Past[]} */
  const seen = [];
  let now = state();
  const recall = new Recall((past) => {
    seen.push(past);
    now = reduce(now, { type: "looked", past });
    recall.follow(now);
  }, server);
  recall.follow(now);
  assert.equal(server.asked.length, 0);
  now = at(501);
  recall.follow(now);
  t.mock.timers.tick(200);
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
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(server.asked.length, 3);
});

test("a hand that moves asks for nothing more, and what comes for another run is not shown", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server();
  /** @type {import("../../../static/js/run/shown.js").Past[]} */
  const seen = [];
  const recall = new Recall((past) => seen.push(past), server);
  recall.follow(state());
  recall.approach();
  await server.answer(snapshots(0, 500, 900));
  for (let i = 0; i < 20; i += 1) {
    recall.follow(at(600 - i));
    t.mock.timers.tick(16);
  }
  assert.equal(server.asked.length, 1);
  assert.ok(seen.every((past) => past.snapshot?.step === 500));
  recall.follow({ ...at(600), past: { step: 600, snapshot: seen.at(-1)?.snapshot ?? null } });
  t.mock.timers.tick(100);
  assert.equal(server.asked.length, 2);
  const other = { ...at(3), started: { ...STARTED }, run: /** @type {any} */ ({ id: "s", step: 5 }) };
  seen.length = 0;
  recall.follow(other);
  await server.answer(snapshots(3));
  assert.deepEqual(seen, []);
});

test("after a request that failed it waits, and asks again by itself", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const server = new Server();
  const recall = new Recall(() => {}, server);
  recall.follow(at(7));
  server.asked[0]?.fail(new TypeError("offline"));
  await settled();
  recall.follow(at(7));
  t.mock.timers.tick(1000);
  assert.equal(server.asked.length, 1);
  t.mock.timers.tick(1001);
  assert.equal(server.asked.length, 2);
});

test("looking back shows a still picture that cannot be changed, until a command or a new beginning", () => {
  const now = state();
  assert.equal(shown(now), now);
  assert.equal(shown(at(7)).snapshot?.step, 1000); // It has not come yet.
  const past = { step: 7, snapshot: snapshot(7) };
  const back = reduce(now, { type: "looked", past });
  const { snapshot: picture, control, run, lines } = shown(back);
  assert.deepEqual(
    [picture, control, run?.status, run?.step, lines],
    [past.snapshot, false, "paused", 7, []],
  );
  assert.equal(back.run?.status, "playing");
  assert.equal(reduce(back, { type: "commanded" }).past, null);
  assert.equal(
    reduce(back, /** @type {any} */ ({ ...STARTED, type: "started", run: { id: "s" } })).past,
    null,
  );
  assert.equal(reduce(back, { type: "remade" }).past, null);
});

test("norms grow by what is new, and none is not 0", () => {
  const told = (/** @type {number[]} */ steps, /** @type {(number | null)[]} */ gradient) => ({
    steps,
    layers: { hidden: { gradient, update: gradient } },
  });
  const first = new Norms().with(told([1, 2], [3, null]));
  assert.equal(first.with(told([1, 2], [9, 9])), first);
  const norms = first.with(told([2, 3], [9, 0]));
  assert.deepEqual(
    [norms.steps, [...(norms.layers[0]?.values ?? [])]],
    [
      [1, 2, 3],
      [3, Number.NaN, 0],
    ],
  );
  assert.deepEqual([norms.last, norms.placeOf(2), norms.placeOf(99), norms.placeOf(0)], [3, 1, 2, -1]);
});

test("the marker is a line with a point on the value, where there is one", () => {
  assert.deepEqual(markerAt(undefined, 1, [0, 2]), { x: [], y: [] });
  assert.deepEqual(markerAt(4, 1, valuesOf([-1, 2])), { x: [4, 4, 4], y: [0.1, 100, 1] });
  assert.deepEqual(markerAt(4, Number.NaN, [0, 2]).y, [0, 2, null]);
  assert.deepEqual(markerAt(0, undefined, [0, 2]).y, [0, 2, null]);
});
