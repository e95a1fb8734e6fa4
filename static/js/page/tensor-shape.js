// @ts-check
/** A tensor's shape as a small picture: one square for each number, as far as there is room. */

import { svg } from "./svg.js";

const CELL = 9;
const GAP = 2;
const MOST_COLUMNS = 8;
const MOST_ROWS = 4;
const MOST_SHEETS = 3;
/** How far one sheet of a tensor with three dimensions stands behind the next. */
const BEHIND = 4;

/**
 * How many squares stand for a length; the last one fades where there are more numbers than squares.
 *
 * @param {number} length
 * @param {number} most
 */
function shown(length, most) {
  return { count: Math.min(length, most), cut: length > most };
}

/**
 * @param {number[]} shape
 * @returns {{ rows: number, columns: number, sheets: number }} [3] is a row, [3, 1] a column
 */
export function gridOf(shape) {
  const columns = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  return { rows, columns, sheets: shape.slice(0, -2).reduce((product, length) => product * length, 1) };
}

/**
 * @param {number[]} shape
 * @returns {SVGElement}
 */
export function shapePicture(shape) {
  const grid = gridOf(shape);
  const columns = shown(grid.columns, MOST_COLUMNS);
  const rows = shown(grid.rows, MOST_ROWS);
  const sheets = Math.min(grid.sheets, MOST_SHEETS);
  const pitch = CELL + GAP;
  const shift = (Math.max(sheets, 1) - 1) * BEHIND;
  const width = columns.count * pitch + shift;
  const height = rows.count * pitch + shift;
  const cells = [];
  for (let sheet = 0; sheet < sheets; sheet += 1) {
    const offset = (sheets - 1 - sheet) * BEHIND;
    for (let row = 0; row < rows.count; row += 1) {
      for (let column = 0; column < columns.count; column += 1) {
        const fades = (columns.cut && column === columns.count - 1) || (rows.cut && row === rows.count - 1);
        cells.push(
          svg("rect", {
            class: fades ? "cell cell-more" : "cell",
            x: column * pitch + 1 + offset,
            y: row * pitch + 1 + shift - offset,
            width: CELL,
            height: CELL,
            rx: shape.length === 0 ? CELL / 2 : 1.5,
          }),
        );
      }
    }
  }
  const box = { viewBox: `0 0 ${Math.max(width, 1)} ${Math.max(height, 1)}`, width, height };
  return svg("svg", { class: "shape", "aria-hidden": "true", ...box }, ...cells);
}
