import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { inflate } from "../../../static/js/run/inflate.js";
import { surfaceAt, surfaceOf } from "../../../static/js/run/surface.js";

/** Numbers that come again from the same seed (Park and Miller 1988). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
}

test("what zlib has compressed in each of its ways comes out again", () => {
  const next = numbers(7);
  const noise = Uint8Array.from({ length: 3000 }, () => next() % 256);
  const smooth = Uint8Array.from({ length: 20000 }, (_, i) => 128 + 100 * Math.sin(i / 900) + (next() % 3));
  const flat = new Uint8Array(20000);
  for (const bytes of [noise, smooth, flat, Uint8Array.of(5)]) {
    for (const level of [0, 1, 6, 9]) {
      const packed = new Uint8Array(deflateSync(bytes, { level }));
      assert.deepEqual(inflate(packed, bytes.length), bytes);
      assert.throws(() => inflate(packed.subarray(0, packed.length >> 1), bytes.length), RangeError);
      assert.throws(() => inflate(packed, bytes.length - 1), RangeError);
    }
  }
});

/** Two cells of two classes, as app/protocol/surfaces.py lays them out, after four other bytes. */
function packed() {
  const planes = deflateSync(Uint8Array.of(255, 51, 1, 0));
  const bytes = new ArrayBuffer(4 + 24 + 16 + 4 + planes.length);
  const view = new DataView(bytes, 4);
  for (const [i, value] of [2, 1, 2].entries()) view.setUint16(2 * i, value, true);
  for (const [i, value] of [0, 1, 0.75, Number.NaN].entries()) view.setFloat32(8 + 4 * i, value, true);
  for (const [i, value] of [1, 0, 1, 2].entries()) view.setUint32(24 + 4 * i, value, true);
  view.setUint32(40, planes.length, true);
  new Uint8Array(bytes).set(planes, 48);
  return bytes;
}

test("a surface is read where the layout puts it", () => {
  const bytes = packed();
  const surface = surfaceAt(bytes, 4, bytes.byteLength - 4);
  assert.ok(surface);
  assert.deepEqual([surface.width, surface.height, surface.low, surface.high], [2, 1, 0, 1]);
  assert.deepEqual([...surface.levels], [255, 51]);
  assert.deepEqual([...(surface.classes ?? [])], [1, 0]);
  assert.deepEqual([surface.accuracy, surface.testAccuracy], [0.75, null]);
  assert.deepEqual(surface.confusion, [
    [1, 0],
    [1, 2],
  ]);
  assert.equal(surfaceAt(bytes, 4, 0), null);
});

test("a surface as JSON has the same levels", () => {
  const told = { surface: { width: 3, height: 1, values: [-1, 0, 4], classes: null } };
  assert.deepEqual([...(surfaceOf(told)?.levels ?? [])], [0, 51, 255]);
  assert.equal(surfaceOf({ surface: null }), null);
});
