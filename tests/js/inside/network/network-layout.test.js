import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arrange,
  curve,
  ends,
  heightAt,
  shownUnits,
} from "../../../../static/js/inside/network/network-layout.js";
import { layersOf } from "../../../../static/js/run/layers.js";
import { elementAt, hingeAt, walk } from "../../../../static/js/run/places.js";

function model(...hidden) {
  const sizes = [1, ...hidden, 1];
  const parameters = sizes.slice(1).flatMap((outputs, i) => [
    { name: `layer${i}.weight`, shape: [outputs, sizes[i]] },
    { name: `layer${i}.bias`, shape: [outputs] },
  ]);
  return { sizes, layers: layersOf(parameters) };
}
const ROOM = { width: 700, height: 432, em: 16 };

test("a small model is shown whole, a large one folded to what weighs most", () => {
  const small = model(12);
  assert.deepEqual(
    shownUnits(small.layers, new Float32Array(100), null).map(({ length }) => length),
    [1, 12, 1],
  );
  const large = model(64);
  const parameters = new Float32Array(64 + 64 + 64 + 1);
  for (const unit of [3, 5, 8, 13, 21, 34, 55, 63]) parameters[128 + unit] = unit % 2 ? 1 : -1;
  parameters.fill(0.5, 0, 128); // What comes into a unit does not count.
  const shown = shownUnits(large.layers, parameters, null);
  assert.deepEqual(shown[1], [3, 5, 8, 13, 21, 34, 55, 63]);
  assert.equal(shownUnits(large.layers, parameters, 1)[1].length, 64);
});

test("no two units touch, and none leaves the picture", () => {
  for (const [hidden, open] of [
    [[10], null],
    [[64, 64, 64, 64], null],
    [[64, 64, 64, 64], 2],
  ]) {
    const { sizes, layers } = model(...hidden);
    const parameters = new Float32Array(20_000);
    const { columns, radius, height } = arrange(shownUnits(layers, parameters, open), sizes, ROOM);
    for (const [i, { units, more }] of columns.entries()) {
      const rows = [...units, ...(more ? [more] : [])].map(({ y }) => y);
      assert.equal(units.length + (more?.count ?? 0), sizes[i]);
      for (const [k, y] of rows.entries()) {
        assert.ok(y - radius >= 0 && y + radius <= height);
        if (k > 0) assert.ok(y - rows[k - 1] >= 2 * radius);
      }
    }
  }
});

test("a weight's curve runs from rim to rim, and its height is known in between", () => {
  const { sizes, layers } = model(3);
  const geometry = arrange(shownUnits(layers, new Float32Array(20), null), sizes, ROOM);
  const [a, b] = ends(geometry, 0, geometry.columns[0].units[0].y, geometry.columns[1].units[2].y);
  assert.ok(a.x > geometry.columns[0].x + geometry.radius && b.x < geometry.columns[1].x - geometry.radius);
  assert.match(curve(a, b), /^M[\d. ]+C[\d. ]+C[\d. ]+$/);
  assert.ok(Math.abs(heightAt(a, b, a.x) - a.y) < 0.01);
  assert.ok(Math.abs(heightAt(a, b, (a.x + b.x) / 2) - (a.y + b.y) / 2) < 0.01);
});

test("arrow keys go from unit to weight to unit, and through what the weights share", () => {
  const shown = [[0], [2, 5, 7], [0]];
  const folded = [false, true, false];
  const go = (place, ...keys) => keys.reduce((at, key) => walk(at, key, shown, folded), place);
  const unit = { kind: "unit", column: 1, unit: 5 };
  assert.deepEqual(go(unit, "ArrowRight"), { kind: "weight", layer: 1, unit: 0, input: 5, from: "source" });
  assert.deepEqual(go(unit, "ArrowRight", "ArrowRight"), { kind: "unit", column: 2, unit: 0 });
  assert.deepEqual(go(unit, "ArrowLeft", "ArrowLeft"), { kind: "unit", column: 0, unit: 0 });
  const input = { kind: "unit", column: 0, unit: 0 };
  assert.deepEqual(go(input, "ArrowRight", "ArrowDown", "ArrowRight"), unit);
  assert.deepEqual(go(unit, "ArrowDown", "ArrowDown"), { kind: "more", column: 1 });
  assert.deepEqual(go(unit, "End"), { kind: "more", column: 1 });
  assert.deepEqual(go(unit, "ArrowUp", "ArrowUp", "ArrowUp"), { kind: "unit", column: 1, unit: 2 });
  assert.deepEqual(go(input, "ArrowLeft"), input);
});

test("a place is a parameter, or a hinge, or neither", () => {
  assert.deepEqual(elementAt({ kind: "unit", column: 1, unit: 5 }), { layer: 0, unit: 5, input: null });
  assert.equal(elementAt({ kind: "unit", column: 0, unit: 0 }), null);
  assert.equal(elementAt({ kind: "more", column: 1 }), null);
  assert.equal(hingeAt({ kind: "weight", layer: 1, unit: 0, input: 4, from: "source" }, 1), 4);
  assert.equal(hingeAt({ kind: "weight", layer: 0, unit: 3, input: 0, from: "source" }, 1), 3);
  assert.equal(hingeAt({ kind: "unit", column: 2, unit: 0 }, 1), null);
});
