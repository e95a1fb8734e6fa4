// @ts-check
/** The curves of a wall in their binary form (app/protocol/rooms.py gives the layout). Pure. */

const VERSION = 2;
const HEADER_BYTES = 4;
const HEAD_BYTES = 38;
const VALUES = 100;
const MOST = 254;
const TOLD_BEFORE = 255;
/** `Status` of app/protocol/runs.py, in its order. */
const STATUSES = /** @type {const} */ (["ready", "playing", "paused", "finished", "diverged", "failed"]);

/**
 * A member's curve. heights: at equal distances from `left` to `right`; NaN where not finite. points: x and y of each
 * in turn; null: those that came before. loss: null before the first step, and where it is not finite.
 *
 * @typedef {object} Curve
 * @property {number} member
 * @property {number} step
 * @property {number | null} loss
 * @property {typeof STATUSES[number]} status
 * @property {number} left
 * @property {number} right
 * @property {number} bottom of the points
 * @property {number} top
 * @property {Float32Array} heights
 * @property {Float32Array | null} points
 */

/**
 * @param {ArrayBuffer} buffer one socket message
 * @returns {{ type: "curves", curves: Curve[] }}
 * @throws {RangeError} if the message is of another version or cut short
 */
export function decodeCurves(buffer) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) throw new RangeError("curves of another version");
  /** @type {Curve[]} */
  const curves = [];
  let at = HEADER_BYTES;
  for (let left = view.getUint16(2, true); left > 0; left -= 1) {
    const curve = curveAt(view, at);
    curves.push(curve);
    at += HEAD_BYTES + VALUES + (curve.points?.length ?? 0);
  }
  if (at !== buffer.byteLength) throw new RangeError("curves of another length");
  return { type: "curves", curves };
}

/** @param {DataView} view @param {number} at @returns {Curve} */
function curveAt(view, at) {
  const [loss, low, high, left, right, bottom, top] =
    /** @type {[number, number, number, number, number, number, number]} */ (
      Array.from({ length: 7 }, (_, i) => view.getFloat32(at + 8 + 4 * i, true))
    );
  const status = STATUSES[view.getUint8(at + 36)];
  if (status === undefined) throw new RangeError("a status of another version");
  const n = view.getUint8(at + 37);
  const start = at + HEAD_BYTES;
  const heights = Float32Array.from({ length: VALUES }, (_, i) => {
    const value = view.getUint8(start + i);
    return value > MOST ? Number.NaN : scaled(value, low, high);
  });
  const places = start + VALUES;
  const points =
    n === TOLD_BEFORE
      ? null
      : Float32Array.from({ length: 2 * n }, (_, i) => {
          const value = view.getUint8(places + i);
          return i % 2 === 0 ? scaled(value, left, right) : scaled(value, bottom, top);
        });
  return {
    member: view.getUint32(at, true),
    step: view.getUint32(at + 4, true),
    loss: Number.isFinite(loss) ? loss : null,
    status,
    left,
    right,
    bottom,
    top,
    heights,
    points,
  };
}

/** @param {number} value @param {number} low @param {number} high */
function scaled(value, low, high) {
  return low + ((high - low) * value) / MOST;
}

/**
 * The curves with newer ones among them.
 *
 * @param {ReadonlyMap<number, Curve>} before
 * @param {Curve[]} news
 * @returns {ReadonlyMap<number, Curve>}
 */
export function withNews(before, news) {
  const now = new Map(before);
  for (const curve of news) {
    const points = curve.points ?? before.get(curve.member)?.points ?? null;
    now.set(curve.member, points === curve.points ? curve : { ...curve, points });
  }
  return now;
}
