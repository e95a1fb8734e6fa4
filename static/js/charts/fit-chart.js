// @ts-check
/** The points, and the model's curve through them; or over the plane, where it is no curve. */

import { t } from "../page/i18n.js";
import { residualsOf } from "../run/residuals.js";
import { Plane, SYMBOLS } from "./plane.js";
import { Plot } from "./plot.js";
import { around } from "./ranges.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./plot.js").Trace} Trace */

export class FitChart {
  #plot;
  #plane;
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
    this.#plane = new Plane(place);
    this.#run = run;
    this.#testKey = testKey;
  }

  /** Takes the chart off the page. */
  close() {
    this.#plot.close();
    this.#plane.close();
  }

  /**
   * @param {State} state
   * @param {import("./axes.js").FitAxes} axes
   */
  draw(state, axes) {
    const { started } = state;
    if (started === null) return;
    const titled = this.#run === null;
    if (this.#testKey) this.#testKey.hidden = started.test_x.length === 0;
    const classes = state.run?.config.data.classes ?? null;
    const two = (started.x2 ?? []).length > 0;
    const range = around([...started.y, ...started.test_y], 0);
    this.#plane.draw(started.area ? (state.snapshot?.surface ?? null) : null, range);
    this.#plot.show({
      traces: started.area ? this.#marks(started, classes, range) : this.#traces(state, started),
      x: { title: titled ? (two ? "x1" : "x") : "", range: axes.x },
      y: { title: titled ? (two ? "x2" : classes ? t("class") : "y") : "", range: axes.y },
    });
  }

  /**
   * The points over a surface: a mark for each class, or a colour for each number.
   *
   * @param {import("../run/state.js").Started} started
   * @param {number | null} classes
   * @param {import("./ranges.js").Range} range of y
   * @returns {Trace[]}
   */
  #marks({ x, x2 = [], y, test_x, test_x2 = [], test_y }, classes, [low, high]) {
    const { size, stroke, ink, soft, data, model, paper, runs } = this.#plot.look;
    const across = t("test point");
    const kinds = classes === null ? [null] : Array.from({ length: classes }, (_, kind) => kind);
    const parts = [
      { x, up: x2.length > 0 ? x2 : y, y, held: false },
      { x: test_x, up: test_x2.length > 0 ? test_x2 : test_y, y: test_y, held: true },
    ];
    return parts.flatMap((part) =>
      kinds.map((kind) => {
        const at = [...part.y.keys()].filter((i) => kind === null || part.y[i] === kind);
        const values = at.map((i) => part.y[i] ?? 0);
        const colour =
          kind === null
            ? {
                color: values,
                cmin: low,
                cmax: high,
                colorscale: [
                  [0, data],
                  [0.5, paper],
                  [1, model],
                ],
              }
            : { color: runs[kind] };
        const told = kind === null ? "%{customdata:.3f}" : t("class {kind}", { kind });
        const place = x2.length > 0 ? "x1 %{x:.3f}<br>x2 %{y:.3f}" : "x %{x:.3f}";
        return {
          type: "scatter",
          mode: "markers",
          x: at.map((i) => part.x[i] ?? 0),
          y: at.map((i) => part.up[i] ?? 0),
          customdata: values,
          marker: {
            ...colour,
            symbol: SYMBOLS[kind ?? 0],
            size: (part.held ? 0.75 : 0.6) * size * stroke,
            // What is held out has a thick rim of ink.
            line: {
              color: part.held ? ink : kind === null ? soft : paper,
              width: (part.held ? 2 : 1) * stroke,
            },
          },
          hovertemplate: `${part.held ? `${across}<br>` : ""}${place}<br>${told}<extra></extra>`,
        };
      }),
    );
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
