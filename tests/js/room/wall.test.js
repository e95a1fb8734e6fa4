import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL, reduce } from "../../../static/js/room/room-state.js";
import { decodeCurves } from "../../../static/js/room/wall/curves.js";
import { largeOf, picked } from "../../../static/js/room/wall/large.js";
import { boxOf, layoutOf, seen } from "../../../static/js/room/wall/layout.js";
import {
  bestOf,
  onWall,
  ordered,
  summary,
  tileWords,
  withoutWords,
} from "../../../static/js/room/wall/tiles.js";
import { wallAfter } from "../../../static/js/room/wall/wall-controls.js";

/** A message as app/rooms/curves.py packs it. points: null: told before. */
function packed(...curves) {
  const sizes = curves.map(({ points }) => 138 + (points ?? []).length);
  const view = new DataView(new ArrayBuffer(4 + sizes.reduce((a, b) => a + b, 0)));
  view.setUint8(0, 2);
  view.setUint16(2, curves.length, true);
  let at = 4;
  for (const [i, curve] of curves.entries()) {
    const { member, step = 0, loss = 1, status = 0, values = [], points } = curve;
    view.setUint32(at, member, true);
    view.setUint32(at + 4, step, true);
    for (const [k, number] of [loss, -1, 1, 0, 10, 0, 2].entries())
      view.setFloat32(at + 8 + 4 * k, number, true);
    view.setUint8(at + 36, status);
    view.setUint8(at + 37, points ? points.length / 2 : 255);
    for (let k = 0; k < 100; k += 1) view.setUint8(at + 38 + k, values[k] ?? 0);
    for (const [k, place] of (points ?? []).entries()) view.setUint8(at + 138 + k, place);
    at += sizes[i];
  }
  return view.buffer;
}

const member = (number, change = {}) => ({
  number,
  name: null,
  admitted: true,
  run: `run ${number}`,
  stuck: false,
  asked: false,
  consents: null,
  ...change,
});
const wall = (change = {}) => ({
  kind: "wall",
  sort: "name",
  overlay: false,
  frozen: false,
  member: null,
  run: null,
  ...change,
});
const room = (members, screen = wall()) => ({ type: "room", screen, members });
const curve = (loss, change = {}) => ({ loss, step: 1, status: "playing", ...change });
/** Tiles of curves, numbered from 1; those of `stuck` are. */
const tiles = (curves, stuck = []) =>
  onWall(
    room(curves.map((_, i) => member(i + 1, { stuck: stuck.includes(i + 1) }))),
    new Map(curves.map((one, i) => [i + 1, one])),
  ).tiles;

test("curves are read as the protocol describes them", () => {
  const values = [0, 127, 254, 255];
  const message = packed(
    { member: 7, step: 30, loss: 0.25, status: 1, values, points: [0, 254, 127, 0] },
    { member: 70_000, loss: Number.NaN, status: 4 },
  );
  const [first, second] = decodeCurves(message).curves;
  assert.deepEqual([first.member, first.step, first.loss, first.status], [7, 30, 0.25, "playing"]);
  assert.deepEqual([...first.heights.slice(0, 4)], [-1, 0, 1, Number.NaN]);
  assert.deepEqual([...first.points], [0, 2, 5, 0]);
  assert.deepEqual(
    [second.member, second.loss, second.status, second.points],
    [70_000, null, "diverged", null],
  );
});

test("another version, and what is cut short or too long, is refused", () => {
  const message = packed({ member: 1, points: [1, 2] });
  for (const length of [2, 30, message.byteLength - 1])
    assert.throws(() => decodeCurves(message.slice(0, length)), RangeError);
  assert.throws(() => decodeCurves(new Uint8Array([...new Uint8Array(message), 0]).buffer), RangeError);
  new DataView(message).setUint8(0, 1);
  assert.throws(() => decodeCurves(message), RangeError);
});

test("news of one curve leave the others, and its points, as they were", () => {
  const news = (...curves) => ({ type: "curves", curves: decodeCurves(packed(...curves)).curves });
  const before = reduce(INITIAL, news({ member: 1, points: [9, 9] }, { member: 2, points: [] }));
  const { curves } = reduce(before, news({ member: 1, step: 5 }));
  assert.equal(curves.get(2), before.curves.get(2));
  assert.equal(curves.get(1).step, 5);
  assert.deepEqual(curves.get(1).points, before.curves.get(1).points);
  assert.equal(before.curves.get(1).step, 0, "the state before is not changed");
});

test("who waits is not on the wall, and who has no run is told as such", () => {
  const members = [
    member(1),
    member(2, { run: null }),
    member(3, { admitted: false }),
    member(4, { name: "Ann" }),
  ];
  const found = onWall(room(members), new Map());
  assert.deepEqual([found.tiles.map(({ label }) => label), found.without], [["#1", "Ann"], ["#2"]]);
  assert.equal(found.tiles[0].curve, null);
  assert.equal(withoutWords(found.without), "Without a run of their own: #2");
  const many = Array.from({ length: 42 }, (_, i) => `#${i + 1}`);
  assert.match(withoutWords(many), /: #1, .*, #30, and 12 more$/);
  assert.equal(withoutWords([]), "");
});

test("a wall is sorted by each of its orders, and of equals the first stays first", () => {
  const shown = tiles(
    [curve(0.5, { step: 9 }), curve(null, { status: "diverged" }), curve(0.1), curve(0.5, { step: 9 }), null],
    [2, 3],
  );
  assert.deepEqual(ordered(shown, "name"), [1, 2, 3, 4, 5]);
  assert.deepEqual(ordered(shown, "loss"), [3, 1, 4, 2, 5]);
  assert.deepEqual(ordered(shown, "step"), [1, 4, 2, 3, 5]);
  assert.deepEqual(ordered(shown, "stuck"), [2, 3, 5, 1, 4]);
  const named = onWall(room([member(1, { name: "Zoe" }), member(10), member(2)]), new Map()).tiles;
  assert.deepEqual(ordered(named, "name"), [2, 10, 1]);
});

test("all is told in words, and a diverged run is never the best", () => {
  const shown = tiles(
    [curve(0.5), curve(0.012), curve(1e-9, { status: "diverged" }), curve(0.2, { status: "paused" })],
    [3, 4],
  );
  assert.equal(bestOf(shown).number, 2);
  assert.equal(summary(shown), "2 train, 1 stands still, 1 diverged, 1 is stuck, best 0.0120");
  assert.equal(tileWords(shown[2]), "#3, step 1, diverged, stuck");
  assert.equal(tileWords(shown[1]), "#2, step 1, loss 0.0120");
});

test("forty fit on one projector, wide enough to be read, and two hundred are scrolled", () => {
  const [place, least] = [{ width: 1890, height: 880 }, 180];
  const forty = layoutOf(40, place, least);
  assert.ok(forty.rows * forty.height <= place.height && forty.width >= least, JSON.stringify(forty));
  const many = layoutOf(200, place, least);
  assert.ok(many.rows * many.height > place.height && many.width >= least);
  assert.ok(many.columns * many.rows >= 200);
  for (const count of [0, 1, 2, 3, 7]) {
    const { columns, rows, width, height } = layoutOf(count, place, least);
    assert.ok(columns * rows >= count && columns * width <= place.width && rows * height <= place.height);
  }
  assert.deepEqual(layoutOf(3, { width: 100, height: 50 }, 180).columns, 1);
});

test("only what is seen is painted", () => {
  const layout = { columns: 10, rows: 20, width: 190, height: 140 };
  assert.deepEqual(seen(layout, 200, 0, 800), { from: 0, to: 60 });
  assert.deepEqual(seen(layout, 200, 150, 800), { from: 10, to: 70 });
  assert.deepEqual(seen(layout, 195, 2000, 800), { from: 140, to: 195 });
  assert.deepEqual(boxOf(layout, 13, 150), { x: 570, y: -10, width: 190, height: 140 });
});

test("a press shows the run of who agrees, and asks anybody else", () => {
  const members = [member(1), member(2, { consents: true }), member(3, { consents: false })];
  assert.deepEqual(picked(room(members), 1), { asking: 1 });
  assert.deepEqual(picked(room(members), 2), { screen: wall({ member: 2 }) });
  assert.deepEqual(picked(room(members), 3), { asking: 3 });
  assert.equal(picked(room(members, { kind: "code" }), 1), null);
  assert.equal(largeOf(room(members, wall({ member: 2 }))).number, 2);
  assert.equal(largeOf(room(members)), null);
  assert.equal(largeOf(room([member(2, { run: null })], wall({ member: 2 }))), null);
});

test("a wall that takes the place of a run lets members begin from that", () => {
  assert.deepEqual(wallAfter({ kind: "run", run: "r", place: {} }), wall({ run: "r" }));
  assert.deepEqual(wallAfter({ kind: "code" }), wall());
  const sorted = wall({ sort: "loss" });
  assert.equal(wallAfter(sorted), sorted);
});
