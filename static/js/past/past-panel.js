// @ts-check
/** A run's past on the page: the scrubber, what it shows, the gradient norms, and training on from an earlier step. */

import { byId } from "../page/dom.js";
import { Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
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
  #forking = false;
  /** @type {State | null} */
  #state = null;

  /**
   * @param {HTMLElement} figure the loss chart's
   * @param {(message: Message) => void} receive
   * @param {(run: Promise<Own>) => Promise<void>} adopt goes on with another run
   * @param {() => void} ask asks for a frame
   */
  constructor(figure, receive, adopt, ask) {
    this.#receive = receive;
    this.#adopt = adopt;
    this.#lookback = new Lookback((past) => receive({ type: "looked", past }));
    this.#scrubber = new Scrubber({
      approach: () => this.#lookback.approach(),
      look: (step) => this.#look(step),
      trainOn: (step) => this.#trainOn(step),
    });
    const places = { legend: byId("norm-legend"), words: byId("norm-words"), table: byId("norm-table") };
    this.#norms = new NormChart(places, ask);
    const choice = byId("show-norms", HTMLInputElement);
    const choose = () => {
      figure.toggleAttribute("data-norms", choice.checked);
      this.#norms.wanted = choice.checked;
      ask();
    };
    figure.addEventListener("change", choose);
    choose(); // A browser may remember it.
  }

  /** From now on there are charts. @param {import("../charts/chart-area.js").ChartArea} norms */
  begin(norms) {
    this.#norms.begin(norms);
  }

  /** @param {number | null} step */
  #look(step) {
    const snapshot = this.#state?.past?.snapshot ?? null;
    this.#receive({ type: "looked", past: step === null ? null : { step, snapshot } });
  }

  /** @param {number} step */
  async #trainOn(step) {
    const run = this.#state?.run;
    if (!run || this.#forking) return;
    this.#forking = true;
    try {
      await this.#adopt(forkRun(run.id, step));
    } catch (error) {
      this.#receive({ type: "refused", problem: problemOf(error) });
    } finally {
      this.#forking = false;
    }
  }

  /** Whenever the state has changed. @param {State} state */
  follow(state) {
    this.#state = state;
    this.#lookback.follow(state);
    this.#norms.follow(state);
  }

  /** With each frame. @param {State} state */
  draw(state) {
    this.#scrubber.draw(state);
    this.#norms.draw(state);
  }
}

/**
 * @param {unknown} error
 * @returns {import("../../types/protocol").Problem}
 */
function problemOf(error) {
  if (error instanceof Refusal) return error.problem;
  const detail = t("The server did not answer. Try again.");
  return { type: "about:blank", title: detail, status: 0, detail, errors: [] };
}
