import assert from "node:assert/strict";
import { test } from "node:test";
import {
  axesOf,
  curvePath,
  empty,
  erased,
  HEIGHT,
  joined,
  PLACES,
  pathOf,
  smoothed,
  spotAt,
  stroked,
  WIDTH,
} from "../../../static/js/room/sketch.js";

const AXES = axesOf([
  [-1, 0],
  [1, 10],
]);

test("all points are inside, with room to draw above and below", () => {
  assert.deepEqual(AXES, { x: [-1, 1], y: [-3, 13] });
  const flat = axesOf([
    [0, 5],
    [2, 5],
  ]);
  assert.ok(flat.y[0] < 5 && flat.y[1] > 5);
});

test("the corners of the picture are the ends of the axes, and what lies outside counts as the edge", () => {
  assert.deepEqual(spotAt({ x: 0, y: HEIGHT }, AXES), { at: 0, height: -3 });
  assert.deepEqual(spotAt({ x: WIDTH, y: 0 }, AXES), { at: PLACES - 1, height: 13 });
  assert.deepEqual(spotAt({ x: -50, y: -50 }, AXES), { at: 0, height: 13 });
});

test("a quick hand leaves no gap, in whichever direction it goes", () => {
  const right = stroked(empty(), { at: 10, height: 0 }, { at: 20, height: 10 });
  const left = stroked(empty(), { at: 20, height: 10 }, { at: 10, height: 0 });
  assert.deepEqual(right, left);
  assert.deepEqual(right.slice(9, 22), [null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, null]);
});

test("drawing over a curve replaces it there and nowhere else", () => {
  const line = stroked(empty(), { at: 0, height: 1 }, { at: 99, height: 1 });
  const bent = stroked(line, { at: 40, height: 2 }, { at: 42, height: 4 });
  assert.deepEqual(bent.slice(39, 44), [1, 2, 3, 4, 1]);
});

test("the rubber takes away what it passes", () => {
  const line = stroked(empty(), { at: 0, height: 1 }, { at: 99, height: 1 });
  const cut = erased(line, 12, 10);
  assert.deepEqual(cut.slice(9, 14), [1, null, null, null, 1]);
  assert.equal(joined(cut)[11], 1);
});

test("smoothing keeps the ends and straight lines, and rounds a corner", () => {
  const line = stroked(empty(), { at: 0, height: 0 }, { at: 99, height: 99 });
  assert.deepEqual(smoothed(line), line);
  const corner = stroked(line, { at: 50, height: 50 }, { at: 99, height: 1 });
  const round = smoothed(corner);
  assert.deepEqual([round[0], round[99]], [0, 1]);
  assert.ok(round[50] < 50);
});

test("a gap is not crossed, and a height alone is a dot", () => {
  const heights = empty();
  heights[0] = -3;
  heights[98] = 5;
  heights[99] = 13;
  assert.equal(pathOf(heights, AXES), `M0 ${HEIGHT}h0.1M989.9 280L1000 0`);
});

test("a curve that has run away is drawn as far as it is finite", () => {
  const path = curvePath([-1, 0, 1], [0, Number.NaN, 1e30], AXES);
  assert.equal(path.match(/[ML]/g).length, 2);
  assert.ok(!path.includes("NaN") && !path.includes("e"));
});
