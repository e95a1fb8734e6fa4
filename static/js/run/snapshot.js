// @ts-check
/** A snapshot in its binary form (app/protocol/snapshots.py gives the layout), mapped without copying. */

import { surfaceAt } from "./surface.js";

const VERSION = 4;
const HEADER_BYTES = 48;
const COMPARISON_VERSION = 1;
const COMPARISON_HEADER_BYTES = 8;
const SIZE_BYTES = 4;
const DIVERGED = 1;
const HAS_GRADIENTS = 2;
const HAS_LOSS = 4;
const HAS_TEST_LOSS = 8;

/**
 * @typedef {object} Snapshot
 * @property {"snapshot"} type
 * @property {number} step steps taken since the initial weights
 * @property {number | null} loss the loss the last step computed; null before the first
 * @property {number | null} testLoss
 * @property {number} lr the learning rate of the next step
 * @property {boolean} diverged
 * @property {Float32Array} prediction the model at each data point
 * @property {Float32Array} gridPrediction the model at each grid point: the fitted curve
 * @property {Float32Array} parameters every parameter flattened, in the order `started` gives
 * @property {Float32Array | null} gradients likewise; null where torch has none
 * @property {Uint32Array} deadUnits ascending, counted from 0 through all hidden layers
 * @property {import("./surface.js").Surface | null} surface the model over the plane; null if it is a curve
 * @property {number} lossesFrom the step whose loss is `losses[0]`; steps count from 1
 * @property {Float32Array} losses
 */

/**
 * @param {ArrayBuffer} buffer one socket message
 * @returns {Snapshot} its arrays are views of `buffer`
 * @throws {RangeError} if the message is of another version or cut short
 */
export function decodeSnapshot(buffer) {
  return snapshotAt(buffer, 0);
}

/**
 * @param {ArrayBuffer} buffer snapshots one after the other
 * @returns {Snapshot[]} its arrays are views of `buffer`
 * @throws {RangeError} if one is of another version or cut short
 */
export function decodeSnapshots(buffer) {
  /** @type {Snapshot[]} */
  const snapshots = [];
  for (let offset = 0; offset < buffer.byteLength; ) {
    const snapshot = snapshotAt(buffer, offset);
    snapshots.push(snapshot);
    offset = snapshot.losses.byteOffset + snapshot.losses.byteLength;
  }
  return snapshots;
}

/**
 * @typedef {object} ComparisonSnapshot
 * @property {"snapshot"} type
 * @property {number} step where those runs are that have not ended
 * @property {Snapshot[]} runs in the order of `started`; one that ended earlier is at its end
 */

/**
 * @param {ArrayBuffer} buffer one message of a comparison's socket (app/protocol/comparisons.py)
 * @returns {ComparisonSnapshot} its arrays are views of `buffer`
 * @throws {RangeError} if the message is of another version or cut short
 */
export function decodeComparison(buffer) {
  const view = new DataView(buffer);
  const version = view.getUint8(0);
  if (version !== COMPARISON_VERSION) {
    throw new RangeError(`comparison version ${version}, expected ${COMPARISON_VERSION}`);
  }
  let offset = COMPARISON_HEADER_BYTES;
  const runs = Array.from({ length: view.getUint8(1) }, () => {
    const snapshot = snapshotAt(buffer, offset + SIZE_BYTES);
    offset += SIZE_BYTES + view.getUint32(offset, true);
    return snapshot;
  });
  return { type: "snapshot", step: view.getUint32(4, true), runs };
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} start where in it the snapshot begins
 * @returns {Snapshot}
 */
function snapshotAt(buffer, start) {
  const header = new DataView(buffer, start, HEADER_BYTES);
  const version = header.getUint8(0);
  if (version !== VERSION) throw new RangeError(`snapshot version ${version}, expected ${VERSION}`);
  const flags = header.getUint8(1);

  let offset = start + HEADER_BYTES;
  /** @param {number} length */
  const floats = (length) => {
    const view = new Float32Array(buffer, offset, length);
    offset += view.byteLength;
    return view;
  };
  /** @param {number} length */
  const integers = (length) => {
    const view = new Uint32Array(buffer, offset, length);
    offset += view.byteLength;
    return view;
  };
  const surface = () => {
    const length = header.getUint32(44, true);
    const found = surfaceAt(buffer, offset, length);
    offset += length;
    return found;
  };
  const parametersLength = header.getUint32(28, true);
  return {
    type: "snapshot",
    step: header.getUint32(4, true),
    loss: flags & HAS_LOSS ? header.getFloat32(8, true) : null,
    testLoss: flags & HAS_TEST_LOSS ? header.getFloat32(12, true) : null,
    lr: header.getFloat64(36, true),
    diverged: Boolean(flags & DIVERGED),
    prediction: floats(header.getUint32(20, true)),
    gridPrediction: floats(header.getUint32(24, true)),
    parameters: floats(parametersLength),
    gradients: flags & HAS_GRADIENTS ? floats(parametersLength) : null,
    deadUnits: integers(header.getUint16(2, true)),
    surface: surface(),
    lossesFrom: header.getUint32(16, true),
    losses: floats(header.getUint32(32, true)),
  };
}
