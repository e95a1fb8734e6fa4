// @ts-check
/** The surface of a model that is no curve, in its binary form (app/protocol/surfaces.py gives the layout). */

import { inflate } from "./inflate.js";

const HEADER_BYTES = 24;

/**
 * @typedef {object} Surface
 * @property {number} width cells along x1
 * @property {number} height cells along x2; 1 if there is one input
 * @property {number} low the value of level 0
 * @property {number} high the value of level 255
 * @property {Uint8Array} levels row by row from the least x2: the model's output; with classes how sure it is
 * @property {Uint8Array | null} classes of each cell
 * @property {number | null} accuracy
 * @property {number | null} testAccuracy
 * @property {number[][] | null} confusion for each class how many points the model takes for each class
 */

/**
 * @param {ArrayBuffer} buffer
 * @param {number} start
 * @param {number} length 0: the model is a curve
 * @returns {Surface | null} what is compressed is not unpacked before somebody asks for it
 */
export function surfaceAt(buffer, start, length) {
  if (length === 0) return null;
  const header = new DataView(buffer, start, length);
  const [width, height, n] = [
    header.getUint16(0, true),
    header.getUint16(2, true),
    header.getUint16(4, true),
  ];
  const sizeAt = HEADER_BYTES + 4 * n * n;
  const packed = new Uint8Array(buffer, start + sizeAt + 4, header.getUint32(sizeAt, true));
  /** @type {Uint8Array | null} */
  let planes = null;
  /** @param {number} plane */
  const unpacked = (plane) => {
    planes ??= inflate(packed, width * height * (n ? 2 : 1));
    return planes.subarray(plane * width * height, (plane + 1) * width * height);
  };
  /** @param {number} at */
  const part = (at) => {
    const value = header.getFloat32(at, true);
    return Number.isNaN(value) ? null : value;
  };
  const row = (/** @type {number} */ i) =>
    Array.from({ length: n }, (_, j) => header.getUint32(HEADER_BYTES + 4 * (n * i + j), true));
  return {
    width,
    height,
    low: header.getFloat32(8, true),
    high: header.getFloat32(12, true),
    get levels() {
      return unpacked(0);
    },
    get classes() {
      return n ? unpacked(1) : null;
    },
    accuracy: part(16),
    testAccuracy: part(20),
    confusion: n ? Array.from({ length: n }, (_, i) => row(i)) : null,
  };
}

/**
 * @param {import("../../types/protocol").Snapshot} snapshot as JSON
 * @returns {Surface | null}
 */
export function surfaceOf({ surface, accuracy, test_accuracy, confusion }) {
  if (!surface) return null;
  const values = surface.values.map((value) => value ?? Number.NaN);
  const [low, high] = surface.classes ? [0, 1] : [Math.min(...values), Math.max(...values)];
  return {
    width: surface.width,
    height: surface.height,
    low,
    high,
    levels: Uint8Array.from(values, (value) => Math.round(((value - low) / (high - low || 1)) * 255)),
    classes: surface.classes ? Uint8Array.from(surface.classes) : null,
    accuracy: accuracy ?? null,
    testAccuracy: test_accuracy ?? null,
    confusion: confusion ?? null,
  };
}
