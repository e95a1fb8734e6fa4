// @ts-check
/** The numbers behind a picture, as a table: for those who read them, or hear them. */

/** More rows would only be tiresome to hear. */
const MOST_ROWS = 25;

/**
 * @typedef {object} Table
 * @property {string} caption
 * @property {string[]} headings
 * @property {(i: number) => (string | number)[]} row
 * @property {number} count of rows
 * @property {boolean} [named] whether the first cell of a row is its name; names and values are then set as code
 */

/**
 * @param {Table} content
 * @param {number} [most] rows, evenly spread where there are more
 */
export function table({ caption, headings, row, count, named = false }, most = MOST_ROWS) {
  const element = document.createElement("table");
  element.createCaption().textContent = caption;
  const head = element.createTHead().insertRow();
  for (const heading of headings) head.append(headCell("col", heading));
  const body = element.createTBody();
  for (const i of spread(count, most)) {
    const cells = row(i).map((value) => (named ? code(value) : String(value)));
    const [name = "", ...values] = cells;
    const line = body.insertRow();
    if (named) line.append(headCell("row", name));
    for (const value of named ? values : cells) line.insertCell().append(value);
  }
  return element;
}

/**
 * @param {"col" | "row"} scope
 * @param {Node | string} content
 */
function headCell(scope, content) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.append(content);
  return cell;
}

/** @param {string | number} value */
function code(value) {
  const element = document.createElement("code");
  element.textContent = String(value);
  return element;
}

/**
 * Evenly spread indexes, the first and the last among them.
 *
 * @param {number} count
 * @param {number} most
 * @returns {number[]}
 */
export function spread(count, most) {
  if (count <= most) return [...Array(count).keys()];
  return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}
