// @ts-check
/** A run's past on the page: the scrubber, what it shows, the gradient norms, and training on from an earlier step. */

import { when } from "../page/changes.js";
import { bindChoice } from "../page/choice.js";
import { byId } from "../page/dom.js";
import { problemOf } from "../page/refusal.js";
import { forkRun } from "../run/runs.js";
import { Lookback } from "./lookback.js";
import { NormChart } from "./norm-chart.js";
import { Scrubber } from "./scrubber.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/state.js").Message} Message */
/** @typedef {import("../run/owned.js").Own} Own */

export class PastPanel {
  #receive;
  #adopt;
  #lookback;
  #scrubber;
  #norms;
  /** Shows whether losses or gradient norms are charted. */
  #choose;
  /** The fork that is being made, and what cancels it. @type {{ step: number, left: AbortController } | null} */
  #fork = null;
  /** @type {State | null} */
  #state = null;

  /**
   * @param {HTMLElement} figure the loss chart's
   * @param {(message: Message) => void} receive
   * @param {(run: Promise<Own>, cancelled: AbortSignal) => Promise<void>} adopt goes on with another run
   * @param {() => void} ask asks for a frame
   */
  constructor(figure, receive, adopt, ask) {
    this.#receive = receive;
    this.#adopt = adopt;
    this.#lookback = new Lookback((past) => receive({ type: "looked", past }));
    this.#scrubber = new Scrubber({
      approach: () => this.#lookback.approach(),
      look: (step) => this.look(step),
      trainOn: (step) => this.#trainOn(step),
    });
    const places = { legend: byId("norm-legend"), words: byId("norm-words"), table: byId("norm-table") };
    this.#norms = new NormChart(places, ask);
    /** @param {boolean} norms */
    const view = (norms) => receive({ type: "viewed", change: { norms } });
    const [losses, gradients] = ["show-loss", "show-norms"].map((id) => byId(id, HTMLInputElement));
    const ticks = [bindChoice(losses, () => view(false)), bindChoice(gradients, () => view(true))];
    this.#choose = when(
      (/** @type {State} */ state) => [state.view.norms],
      (norms) => {
        for (const [i, tick] of ticks.entries()) tick(norms === (i === 1));
        figure.toggleAttribute("data-norms", norms);
      },
    );
  }

  /** Begins to draw the chart of norms, once Plotly is there. @param {import("../charts/chart-area.js").ChartArea} norms */
  begin(norms) {
    this.#norms.begin(norms);
  }

  /** @param {number | null} step null: the present one */
  look(step) {
    const snapshot = this.#state?.past?.snapshot ?? null;
    this.#receive({ type: "looked", past: step === null ? null : { step, snapshot } });
  }

  /** @param {number} step */
  async #trainOn(step) {
    const run = this.#state?.run;
    if (!run || this.#fork) return;
    const fork = { step, left: new AbortController() };
    const { signal } = fork.left;
    this.#fork = fork;
    try {
      await this.#adopt(forkRun(run.id, step), signal);
    } catch (error) {
      if (!signal.aborted) this.#receive({ type: "refused", problem: problemOf(error) });
    }
    if (this.#fork === fork) this.#fork = null;
  }

  /** Whenever the state has changed. @param {State} state */
  follow(state) {
    this.#state = state;
    // Who looks elsewhere, or goes on with the run, no longer wants the fork.
    if (this.#fork && state.past?.step !== this.#fork.step) {
      this.#fork.left.abort();
      this.#fork = null;
    }
    this.#lookback.follow(state);
    this.#norms.follow(state);
  }

  /** With each frame. @param {State} state */
  draw(state) {
    this.#scrubber.draw(state);
    this.#choose(state);
    this.#norms.draw(state);
  }
}
