import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { holds, nearest, positionOf, valueAt } from "../../../static/js/charts/frame.js";
import { Outbox } from "../../../static/js/data/outbox.js";
import {
  added,
  beside,
  moved,
  pairsOf,
  pointsOf,
  removed,
  rounded,
  shortest,
} from "../../../static/js/data/points.js";

const FRAME = {
  x: /** @type {const} */ ([-1, 1]),
  y: /** @type {const} */ ([0, 10]),
  left: 50,
  top: 20,
  width: 200,
  height: 100,
};
/** @param {Partial<import("../../../static/types/protocol").Points>} told */
const told = (told) => ({ x: [], y: [], test_x: [], test_y: [], grid: [], ...told });
/** @param {number} x @param {number} y */
const train = (x, y) => ({ x, y, test: false });

test("points of a formula are put together again in the order of x", () => {
  const points = pointsOf(told({ x: [-1, 1], y: [10, 30], test_x: [0], test_y: [20] }), null);
  assert.deepEqual(points, [train(-1, 10), { x: 0, y: 20, test: true }, train(1, 30)]);
});

test("points given keep their order, and those held out are found as float32", () => {
  const given = /** @type {[number, number][]} */ ([
    [0.3, 1],
    [0.1, 2],
    [0.3, 1],
    [0.2, 3],
  ]);
  const held = { test_x: [Math.fround(0.1), Math.fround(0.3)], test_y: [2, 1] };
  const points = pointsOf(told(held), given);
  assert.deepEqual(
    points.map(({ x, y }) => [x, y]),
    given,
  );
  assert.deepEqual(
    points.map(({ test }) => test),
    [true, true, false, false],
  );
});

test("a number is pairsOf as short as its float32 allows", () => {
  assert.equal(shortest(Math.fround(0.1)), 0.1);
  assert.equal(shortest(-0.010101010091602802), -0.01010101);
  assert.equal(shortest(0), 0);
  for (let i = 0; i < 2000; i += 1) {
    const value = Math.fround((Math.random() - 0.5) * 10 ** (12 * Math.random() - 6));
    assert.equal(Math.fround(shortest(value)), value);
  }
  assert.deepEqual(pairsOf([train(Math.fround(0.7), 2)]), [[0.7, 2]]);
});

test("a hand sets a thousandth of the axis, within what the server takes", () => {
  assert.equal(rounded(0.123456, 2), 0.123);
  assert.equal(rounded(-1234.5678, 5000), -1235);
  assert.equal(rounded(1e9, 2), 1e6);
  assert.ok(Object.is(rounded(-0.0001, 2), 0));
});

test("points are moved, added and removed one at a time, and nothing else changes", () => {
  const points = [train(0, 0), { x: 1, y: 1, test: true }];
  assert.deepEqual(moved(points, 1, { x: 2, y: 3 }), [train(0, 0), { x: 2, y: 3, test: true }]);
  assert.deepEqual(added(points, { x: 5, y: 6 }), [...points, train(5, 6)]);
  assert.deepEqual(removed(points, 0), [points[1]]);
  assert.deepEqual(points, [train(0, 0), { x: 1, y: 1, test: true }]);
});

test("keys go from point to point from left to right, and stay at the ends", () => {
  const points = [train(3, 0), train(1, 0), train(2, 0), train(2, 5)];
  const way = [1];
  while (way.length < 5) way.push(beside(points, /** @type {number} */ (way.at(-1)), "PageDown"));
  assert.deepEqual(way, [1, 2, 3, 0, 0]);
  assert.equal(beside(points, 1, "PageUp"), 1);
  assert.equal(beside(points, 2, "Home"), 1);
  assert.equal(beside(points, 2, "End"), 0);
});

test("a value's place on the screen leads back to the value", () => {
  assert.deepEqual(positionOf(FRAME, { x: 0, y: 10 }), { x: 150, y: 20 });
  for (const value of [
    { x: -1, y: 0 },
    { x: 0.25, y: 7.5 },
    { x: 1, y: 10 },
  ]) {
    assert.deepEqual(valueAt(FRAME, positionOf(FRAME, value)), value);
  }
  assert.deepEqual(valueAt(FRAME, { x: -500, y: 5000 }), { x: -1, y: 0 });
  assert.ok(holds(FRAME, { x: 50, y: 120 }));
  assert.ok(!holds(FRAME, { x: 49, y: 60 }));
});

test("the nearest point is found within reach, the upper one of two", () => {
  const values = [
    { x: 0, y: 5 },
    { x: 0.1, y: 5 },
    { x: 0.1, y: 5 },
  ];
  assert.equal(nearest(FRAME, values, { x: 152, y: 70 }, 12), 0);
  assert.equal(nearest(FRAME, values, { x: 159, y: 70 }, 12), 2);
  assert.equal(nearest(FRAME, values, { x: 200, y: 70 }, 12), null);
});

test("of what changes quickly the newest is sent, one at a time and with pauses", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {number[]} */
  const sent = [];
  const outbox = new Outbox((/** @type {number} */ value) => sent.push(value));
  for (const value of [1, 2, 3]) outbox.offer(value, 100);
  assert.deepEqual(sent, [1]);
  outbox.answered();
  assert.deepEqual(sent, [1]); // too soon
  mock.timers.tick(100);
  assert.deepEqual(sent, [1, 3]);
  assert.ok(!outbox.idle);
  outbox.offer(4, 100);
  mock.timers.tick(500);
  assert.deepEqual(sent, [1, 3]); // not answered
  outbox.answered();
  assert.deepEqual(sent, [1, 3, 4]);
  mock.timers.tick(2000); // an answer that never comes is not waited for
  assert.ok(outbox.idle);
  outbox.offer(5, 100);
  outbox.offer(6, 100);
  outbox.clear();
  mock.timers.tick(5000);
  assert.deepEqual(sent, [1, 3, 4, 5]);
  mock.timers.reset();
});
