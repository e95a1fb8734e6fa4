// @ts-check
/** Where the pictures of a wall lie: as large as they all fit, or else in rows that are scrolled. Pure. */

/** The height of a picture, as a share of its width: at most, at least where all fit, and where they are scrolled. */
const TALLEST = 0.8;
const FLATTEST = 0.35;
const SCROLLED = 0.75;
/** Its least height where all fit, as a share of the least width. */
const LOWEST = 0.5;

/** @typedef {{ columns: number, rows: number, width: number, height: number }} Layout */

/**
 * @param {number} count of pictures
 * @param {{ width: number, height: number }} place
 * @param {number} least the width that a picture needs to be read
 * @returns {Layout} width, height: of one picture
 */
export function layoutOf(count, place, least) {
  const most = Math.max(1, Math.floor(place.width / least));
  /** @type {Layout | null} */
  let best = null;
  for (let columns = 1; columns <= Math.min(most, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = place.width / columns;
    const height = Math.min(TALLEST * width, place.height / rows);
    const fits = height >= Math.max(FLATTEST * width, LOWEST * least);
    if (fits && (best === null || width * height > best.width * best.height))
      best = { columns, rows, width, height };
  }
  if (best !== null) return best;
  const columns = Math.max(1, Math.min(most, count));
  const width = place.width / columns;
  return { columns, rows: Math.ceil(count / columns), width, height: SCROLLED * width };
}

/**
 * The pictures that are seen, of which the first is `from` and the last before `to`.
 *
 * @param {Layout} layout
 * @param {number} count
 * @param {number} top how far it is scrolled
 * @param {number} height of what is seen
 */
export function seen({ columns, height: row }, count, top, height) {
  const from = Math.max(0, Math.floor(top / row)) * columns;
  return { from, to: Math.min(count, Math.ceil((top + height) / row) * columns) };
}

/** @param {Layout} layout @param {number} i @param {number} top how far it is scrolled */
export function boxOf({ columns, width, height }, i, top) {
  return { x: (i % columns) * width, y: Math.floor(i / columns) * height - top, width, height };
}
