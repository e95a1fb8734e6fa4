// @ts-check
/** The points, and the model's curve through them. */

import { comparisonOf } from "./comparison.js";
import { NARROW, Plot } from "./plots.js";
import { around, extent, grown } from "./ranges.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./ranges.js").Range} Range */

/** How far a small chart reaches beyond the data, as a share of their span: a curve that swings wide leaves it. */
const SMALL_ROOM = 0.6;
/** The curve may leave the data by this many of their spans before it leaves the picture. */
const MOST_ROOM = 10;
/** The place of the curve among the traces. */
const CURVE = 2;

export class FitChart {
  #plot;
  #run;
  /** @type {State | null} */
  #shown = null;
  /** @type {Range} */
  #x = [-1, 1];
  /** @type {Range} */
  #y = [0, 1];

  /**
   * @param {HTMLElement} element
   * @param {number | null} [run] one of several, from 0: its chart is small, has the run's colour, and its axes stay
   *   as they are, for the eye to compare
   */
  constructor(element, run = null) {
    this.#plot = new Plot(element, () => this.#redraw(), run === null ? undefined : NARROW);
    this.#run = run;
  }

  /**
   * @param {State} state
   * @returns {boolean} false if the picture before is still being drawn
   */
  draw(state) {
    if (this.#plot.busy) return false;
    if (state.started === null) return true;
    const anew = state.generation !== this.#shown?.generation || state.started.x !== this.#shown.started?.x;
    const moved = state.snapshot !== this.#shown?.snapshot;
    const compared = state.lines !== this.#shown?.lines || state.run?.line !== this.#shown.run?.line;
    this.#shown = state;
    if (anew) {
      this.#x = around(state.started.x, 0.04);
      this.#y = around(state.started.y, this.#run === null ? undefined : SMALL_ROOM);
    }
    const wider = this.#holding(state.started.y, state.snapshot?.gridPrediction ?? []);
    if (anew || compared || wider !== this.#y) {
      this.#y = wider;
      this.#redraw();
    } else if (moved && state.snapshot) {
      this.#plot.move([CURVE], [{ y: state.snapshot.gridPrediction }]);
    }
    return true;
  }

  /**
   * @param {number[]} data
   * @param {ArrayLike<number>} curve
   */
  #holding(data, curve) {
    if (this.#run !== null) return this.#y;
    const core = around(data, 0);
    return grown(this.#y, core, extent(curve), MOST_ROOM * (core[1] - core[0]));
  }

  #redraw() {
    const state = this.#shown;
    if (!state?.started) return;
    const { x, y, grid } = state.started;
    const curve = state.snapshot?.gridPrediction ?? grid.map(() => null);
    const residuals = residualsOf(state);
    const run = this.#run;
    this.#plot.draw(
      ({ size, stroke, soft, data, model, paper, runs }) => [
        {
          type: "scatter",
          mode: "lines",
          ...residuals,
          line: { color: soft, width: 0.1 * size * stroke, simplify: false },
          hoverinfo: "skip",
        },
        {
          type: "scatter",
          mode: "markers",
          x,
          y,
          marker: { color: data, size: 0.55 * size * stroke, opacity: 0.8, line: { color: paper, width: 1 } },
          hovertemplate: "x %{x:.3f}<br>y %{y:.3f}<extra></extra>",
        },
        {
          type: "scatter",
          mode: "lines",
          x: grid,
          y: curve,
          line: { color: run === null ? model : runs[run], width: 0.27 * size * stroke, simplify: false },
          hovertemplate: "x %{x:.3f}<br>net(x) %{y:.3f}<extra></extra>",
        },
      ],
      { title: run === null ? "x" : "", range: this.#x },
      { title: run === null ? "y" : "", range: this.#y },
    );
  }
}

/**
 * In the middle of a step taken line by line: an upright line from each point to its prediction.
 *
 * @param {State} state
 * @returns {{ x: (number | null)[], y: (number | null)[] }}
 */
function residualsOf(state) {
  const comparison = state.run?.line ? comparisonOf(state) : null;
  const { x = [], y = [], prediction = [] } = comparison ?? {};
  return {
    x: x.flatMap((value) => [value, value, null]),
    y: y.flatMap((value, i) => [value, prediction[i] ?? null, null]),
  };
}
