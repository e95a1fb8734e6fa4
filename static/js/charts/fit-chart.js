// @ts-check
/** The points, and the model's curve through them. */

import { t } from "../page/i18n.js";
import { residualsOf } from "../run/residuals.js";
import { Plot } from "./plot.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./plot.js").Trace} Trace */

export class FitChart {
  #plot;
  #run;
  #testKey;

  /**
   * @param {import("./chart-area.js").ChartArea} place
   * @param {{ run?: number | null, testKey?: HTMLElement | null }} options run: one of several, from 0, whose chart has
   *   the run's colour and no titles; testKey: the legend's entry for points that are held out, shown where there
   *   are any
   */
  constructor(place, { run = null, testKey = null }) {
    this.#plot = new Plot(place);
    this.#run = run;
    this.#testKey = testKey;
  }

  /** Takes the chart off the page. */
  close() {
    this.#plot.close();
  }

  /**
   * @param {State} state
   * @param {import("./axes.js").FitAxes} axes
   */
  draw(state, axes) {
    if (state.started === null) return;
    const titled = this.#run === null;
    if (this.#testKey) this.#testKey.hidden = state.started.test_x.length === 0;
    this.#plot.show({
      traces: this.#traces(state, state.started),
      x: { title: titled ? "x" : "", range: axes.x },
      y: { title: titled ? "y" : "", range: axes.y },
    });
  }

  /**
   * @param {State} state
   * @param {import("../run/state.js").Started} started
   * @returns {Trace[]}
   */
  #traces(state, { x, y, test_x, test_y, grid }) {
    const { size, stroke, soft, data, model, test, paper, runs } = this.#plot.look;
    const run = this.#run;
    return [
      {
        type: "scatter",
        mode: "lines",
        ...residualLines(state),
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
        y: state.snapshot?.gridPrediction ?? grid.map(() => null),
        line: { color: run === null ? model : runs[run], width: 0.27 * size * stroke, simplify: false },
        hovertemplate: "x %{x:.3f}<br>net(x) %{y:.3f}<extra></extra>",
      },
    ];
  }
}

/**
 * In the middle of a step taken line by line: an upright line from each point to its prediction.
 *
 * @param {State} state
 * @returns {{ x: (number | null)[], y: (number | null)[] }}
 */
function residualLines(state) {
  const residuals = state.run?.line ? residualsOf(state) : null;
  // Without any values Plotly drops the trace, and brings it back above the others.
  if (residuals === null) return { x: [null], y: [null] };
  const { x, y, prediction } = residuals;
  return {
    x: x.flatMap((value) => [value, value, null]),
    y: y.flatMap((value, i) => [value, prediction[i] ?? null, null]),
  };
}
