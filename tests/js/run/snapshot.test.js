import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeComparison, decodeSnapshot } from "../../../static/js/run/snapshot.js";

// One data point, a grid of three, two parameters, two losses from step 7 on, two dead units: written out byte by byte from
// the table in app/protocol/snapshots.py. The tests in the browser read what the server itself sends.
function message({ flags, gradients = [] }) {
  const values = [
    0.5,
    /* grid */ -1,
    0,
    1,
    /* parameters */ 0.25,
    -0.25,
    ...gradients,
    /* dead units, set below */ 0,
    0,
    /* losses */ 0.125,
    0.0625,
  ];
  const bytes = new ArrayBuffer(48 + 4 * values.length);
  const view = new DataView(bytes);
  view.setUint8(0, 4);
  view.setUint8(1, flags);
  view.setUint16(2, 2, true);
  view.setUint32(4, 8, true);
  view.setFloat32(8, 0.0625, true);
  view.setFloat32(12, 0.75, true);
  for (const [i, count] of [7, 1, 3, 2, 2].entries()) view.setUint32(16 + 4 * i, count, true);
  view.setFloat64(36, 0.1, true);
  for (const [i, value] of values.entries()) view.setFloat32(48 + 4 * i, value, true);
  const dead = 48 + 4 * (6 + gradients.length);
  view.setUint32(dead, 1, true);
  view.setUint32(dead + 4, 7, true);
  return bytes;
}

test("a snapshot's blocks are found where the layout puts them", () => {
  const snapshot = decodeSnapshot(message({ flags: 4 }));
  assert.equal(snapshot.step, 8);
  assert.equal(snapshot.loss, 0.0625);
  assert.equal(snapshot.testLoss, null);
  assert.equal(snapshot.lr, 0.1);
  assert.equal(snapshot.diverged, false);
  assert.deepEqual([...snapshot.prediction], [0.5]);
  assert.deepEqual([...snapshot.gridPrediction], [-1, 0, 1]);
  assert.deepEqual([...snapshot.parameters], [0.25, -0.25]);
  assert.equal(snapshot.gradients, null);
  assert.deepEqual([...snapshot.deadUnits], [1, 7]);
  assert.equal(snapshot.lossesFrom, 7);
  assert.deepEqual([...snapshot.losses], [0.125, 0.0625]);
});

test("flags tell of gradients, of a test loss and of divergence", () => {
  const snapshot = decodeSnapshot(message({ flags: 1 | 2 | 8, gradients: [3, Number.NaN] }));
  assert.equal(snapshot.diverged, true);
  assert.equal(snapshot.loss, null);
  assert.equal(snapshot.testLoss, 0.75);
  assert.deepEqual([.../** @type {Float32Array} */ (snapshot.gradients)], [3, Number.NaN]);
  assert.deepEqual([...snapshot.losses], [0.125, 0.0625]);
});

test("nothing is copied: the arrays are views of the message", () => {
  const bytes = message({ flags: 4 });
  assert.equal(decodeSnapshot(bytes).losses.buffer, bytes);
});

test("another version or a message cut short is refused", () => {
  const other = message({ flags: 4 });
  new DataView(other).setUint8(0, 1);
  assert.throws(() => decodeSnapshot(other), /version 1, expected 4/);
  assert.throws(() => decodeSnapshot(message({ flags: 4 }).slice(0, 60)), RangeError);
});

test("the runs of a comparison are snapshots behind each other", () => {
  const runs = [message({ flags: 4 }), message({ flags: 2, gradients: [3, 4] })];
  const bytes = new ArrayBuffer(8 + runs.reduce((size, run) => size + 4 + run.byteLength, 0));
  const view = new DataView(bytes);
  view.setUint8(0, 1);
  view.setUint8(1, runs.length);
  view.setUint32(4, 9, true);
  let offset = 8;
  for (const run of runs) {
    view.setUint32(offset, run.byteLength, true);
    new Uint8Array(bytes, offset + 4).set(new Uint8Array(run));
    offset += 4 + run.byteLength;
  }
  const picture = decodeComparison(bytes);
  assert.equal(picture.step, 9);
  assert.deepEqual(picture.runs, runs.map(decodeSnapshot));
  assert.equal(picture.runs[1]?.losses.buffer, bytes);
  view.setUint8(0, 2);
  assert.throws(() => decodeComparison(bytes), /version 2, expected 1/);
});
