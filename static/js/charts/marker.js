// @ts-check
/** Where the reader looks back at, in a chart over the steps: an upright line, with a point on the value. */

/** @typedef {import("./ranges.js").Range} Range */

/**
 * @param {number | undefined} step undefined: there is nothing to mark
 * @param {number | null | undefined} value of that step
 * @param {Range} ends of the axis
 * @returns {{ x: number[], y: (number | null)[] }}
 */
export function markerAt(step, value, [low, high]) {
  if (step === undefined) return { x: [], y: [] };
  return { x: [step, step, step], y: [low, high, Number.isFinite(value) ? (value ?? null) : null] };
}

/** How Plotly draws it. @param {import("./theme.js").Look} look */
export function markerTrace({ ink, paper, size, stroke }) {
  return {
    type: "scatter",
    mode: "lines+markers",
    line: { color: ink, width: 0.11 * size * stroke, simplify: false },
    marker: { color: ink, opacity: 1, size: [0, 0, 0.7 * size * stroke], line: { color: paper, width: 1.5 } },
    hoverinfo: "skip",
  };
}

/** A logarithmic axis' range in values: Plotly counts it in decades. @param {Range} decades @returns {Range} */
export function valuesOf([low, high]) {
  return [10 ** low, 10 ** high];
}
