// @ts-check
/** The points, and the model's curve through them. */

import { t } from "../page/i18n.js";
import { comparisonOf } from "../run/residuals.js";
import { NARROW, Plot } from "./plot.js";
import { around, extent, grown } from "./ranges.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./ranges.js").Range} Range */

/** How far a small chart reaches beyond the data, as a share of their span: a curve that swings wide leaves it. */
const SMALL_ROOM = 0.6;
/** The curve may leave the data by this many of their spans before it leaves the picture. */
const MOST_ROOM = 10;
/** The places of what moves among the traces. */
const POINTS = 1;
const TEST = 2;
const CURVE = 3;

export class FitChart {
  #plot;
  #testKey;
  #run;
  /** @type {State | null} */
  #shown = null;
  /** @type {Range} */
  #x = [-1, 1];
  /** @type {Range} */
  #y = [0, 1];

  /**
   * @param {HTMLElement} element
   * @param {HTMLElement | null} testKey the entry of the legend for points that are held out, shown where there are
   *   any
   * @param {number | null} [run] one of several, from 0: its chart is small, has the run's colour, and its axes stay
   *   as they are, for the eye to compare
   */
  constructor(element, testKey, run = null) {
    this.#plot = new Plot(element, () => this.#redraw(), run === null ? undefined : NARROW);
    this.#testKey = testKey;
    this.#run = run;
  }

  /** Where values are in it. @returns {import("./axes.js").Frame} */
  get frame() {
    return { x: this.#x, y: this.#y, ...this.#plot.area };
  }

  /**
   * @param {State} state
   * @returns {boolean} false if the picture before is still being drawn
   */
  draw(state) {
    if (this.#plot.busy) return false;
    if (state.started === null) return true;
    const before = this.#shown;
    const other = state.started.x !== before?.started?.x || state.started.test_x !== before.started.test_x;
    const anew = state.generation !== before?.generation || (other && !this.#shows(state));
    const moved = state.snapshot !== before?.snapshot;
    const compared = state.lines !== before?.lines || state.run?.line !== before.run?.line;
    this.#shown = state;
    const { x, y, test_x, test_y } = state.started;
    if (anew) {
      this.#x = around([...x, ...test_x], 0.04);
      this.#y = around([...y, ...test_y], this.#run === null ? undefined : SMALL_ROOM);
    }
    if (other && this.#testKey) this.#testKey.hidden = test_x.length === 0;
    const wider = this.#holding([...y, ...test_y], state.snapshot?.gridPrediction ?? []);
    if (anew || compared || wider !== this.#y) {
      this.#y = wider;
      this.#redraw();
    } else if (other) {
      this.#movePoints(state.started, state.snapshot);
    } else if (moved && state.snapshot) {
      this.#plot.move([CURVE], [{ y: state.snapshot.gridPrediction }]);
    }
    return true;
  }

  /**
   * Whether points that changed by hand still fit between the axes, which then stay as they are.
   *
   * @param {State} state
   */
  #shows({ started, run }) {
    if (!started || run?.config.data.scale_x !== this.#shown?.run?.config.data.scale_x) return false;
    const { x, y, test_x, test_y } = started;
    return within(extent([...x, ...test_x]), this.#x) && within(extent([...y, ...test_y]), this.#y);
  }

  /**
   * @param {import("../run/state.js").Started} started
   * @param {State["snapshot"]} snapshot
   */
  #movePoints({ x, y, test_x, test_y, grid }, snapshot) {
    const curve = snapshot?.gridPrediction ?? grid.map(() => null);
    this.#plot.move(
      [POINTS, TEST, CURVE],
      [
        { x, y },
        { x: test_x, y: test_y },
        { x: grid, y: curve },
      ],
    );
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
    const { x, y, test_x, test_y, grid } = state.started;
    const curve = state.snapshot?.gridPrediction ?? grid.map(() => null);
    const residuals = residualsOf(state);
    const run = this.#run;
    this.#plot.draw(
      ({ size, stroke, soft, data, model, test, paper, runs }) => [
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
          mode: "markers",
          x: test_x,
          y: test_y,
          marker: {
            symbol: "diamond",
            color: test,
            size: 0.7 * size * stroke,
            line: { color: paper, width: 1 },
          },
          hovertemplate: `${t("test point")}<br>x %{x:.3f}<br>y %{y:.3f}<extra></extra>`,
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
 * @param {Range | null} inner
 * @param {Range} outer
 */
const within = (inner, outer) => inner !== null && inner[0] >= outer[0] && inner[1] <= outer[1];

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
