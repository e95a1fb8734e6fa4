// @ts-check
/** Differences of predictions and y as a picture: a cell for each pair that the loss compares. */

import { spread } from "../../page/table.js";

/** More rows or columns than this are drawn as so many of them, evenly spread. */
const MOST = 200;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ prediction: ArrayLike<number>, y: ArrayLike<number>, square: boolean }} differences
 *   square: every prediction with every y, a row for each prediction; else each with its own, in one column
 * @returns {number} the largest, by its size
 */
export function drawDifferences(canvas, { prediction, y, square }) {
  const rows = spread(Math.min(prediction.length, y.length), MOST);
  canvas.height = Math.max(1, rows.length);
  canvas.width = square ? canvas.height : 1;
  const context = canvas.getContext("2d");
  if (!context || rows.length === 0) return 0;
  const values = rows.flatMap((row) =>
    (square ? rows : [row]).map((column) => at(prediction, row) - at(y, column)),
  );
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const style = getComputedStyle(canvas);
  const [above, below] = [style.getPropertyValue("--model"), style.getPropertyValue("--data")];
  for (const [i, value] of values.entries()) {
    context.globalAlpha = largest > 0 ? Math.abs(value) / largest : 0;
    context.fillStyle = value > 0 ? above : below;
    context.fillRect(i % canvas.width, Math.floor(i / canvas.width), 1, 1);
  }
  return largest;
}

/** @type {(values: ArrayLike<number>, i: number) => number} */
const at = (values, i) => /** @type {number} */ (values[i]);
