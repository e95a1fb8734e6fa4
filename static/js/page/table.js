// @ts-check
/** The numbers behind a chart, as a table for those who do not see it. */

/** More rows would only be tiresome to hear. */
const MOST_ROWS = 25;

/**
 * @param {HTMLElement} place
 * @param {{ caption: string, headings: string[], rows: (i: number) => (string | number)[], count: number }} content
 */
export function showTable(place, { caption, headings, rows, count }) {
  const table = document.createElement("table");
  table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  for (const heading of headings) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = heading;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const i of spread(count, MOST_ROWS)) {
    const row = body.insertRow();
    for (const value of rows(i)) row.insertCell().textContent = String(value);
  }
  place.replaceChildren(table);
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
