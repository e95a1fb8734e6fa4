// @ts-check
/** How runs beside each other are told apart: by colour, by dash, and by the mark at the end of their line. */

/** @typedef {{ dash: string, symbol: string }} Mark dash: as in SVG's `stroke-dasharray`; symbol: Plotly's */

/** In the order of the runs. Their colours are the page's `--run-1` and so on. @type {Mark[]} */
const MARKS = [
  { dash: "", symbol: "circle" },
  { dash: "9 4", symbol: "square" },
  { dash: "2 3", symbol: "diamond" },
  { dash: "9 3 2 3", symbol: "triangle-up" },
  { dash: "15 4", symbol: "cross" },
  { dash: "4 2", symbol: "x" },
  { dash: "9 3 2 3 2 3", symbol: "star" },
  { dash: "15 3 4 3", symbol: "pentagon" },
];

/** @param {number} i @returns {Mark} */
export function markOf(i) {
  return /** @type {Mark} */ (MARKS[i % MARKS.length]);
}
