// @ts-check
/** The loss of every step of the training page's run, over those of earlier runs, with a legend. */

import { t } from "../page/i18n.js";
import { lastStepOf } from "./axes.js";
import { LossLegend } from "./legend.js";
import { LossChart } from "./loss-chart.js";
import { runLines } from "./loss-lines.js";

/** @typedef {import("../run/state.js").State} State */

export class RunLosses {
  #chart;
  #legend;
  /** @type {State | null} */
  #drawn = null;

  /**
   * @param {import("./chart-area.js").ChartArea} place
   * @param {HTMLElement} legend
   * @param {(at?: number) => void} ask asks for a frame
   */
  constructor(place, legend, ask) {
    this.#chart = new LossChart(place, ask, t("loss"));
    this.#legend = new LossLegend(legend);
  }

  /**
   * @param {State} state
   * @param {number} now in ms
   */
  draw(state, now) {
    if (state.started === null) return;
    const { past, losses, view } = state;
    const before = this.#drawn;
    const grows =
      state.run?.status === "playing" &&
      state.generation === before?.generation &&
      past === before.past &&
      view === before.view;
    if (grows && !this.#chart.due(now)) return;
    this.#drawn = state;
    const lines = runLines(state);
    const step = past?.snapshot?.step;
    this.#legend.draw(lines.toReversed());
    this.#chart.draw({
      lines,
      steps: lastStepOf(state),
      log: view.log,
      marked: step === undefined ? null : { step, loss: losses.values[step - 1] },
    });
  }
}
