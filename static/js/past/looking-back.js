// @ts-check
/** A run's past on the page: the scrubber, what it shows, the gradient norms, and training on from an earlier step. */

import { Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
import { forkRun } from "../run/runs.js";
import { NormChart } from "./norm-chart.js";
import { Recall } from "./recall.js";
import { Scrubber } from "./scrubber.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/state.js").Message} Message */
/** @typedef {import("../run/owned.js").Own} Own */

export class LookingBack {
  #receive;
  #adopt;
  #recall;
  #scrubber;
  #choice;
  #norms;
  #forking = false;
  /** @type {State | null} */
  #state = null;

  /**
   * @param {HTMLElement} figure the loss chart's
   * @param {(message: Message) => void} receive
   * @param {(run: Promise<Own>) => Promise<void>} adopt goes on with another run
   */
  constructor(figure, receive, adopt) {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (figure.querySelector(`#${id}`));
    this.#receive = receive;
    this.#adopt = adopt;
    this.#recall = new Recall((past) => receive({ type: "looked", past }));
    this.#scrubber = new Scrubber(figure, {
      approach: () => this.#recall.approach(),
      look: (step) => this.#look(step),
      trainOn: (step) => this.#trainOn(step),
    });
    this.#norms = new NormChart({
      plot: find("norms"),
      legend: find("norm-legend"),
      words: find("norm-words"),
      table: find("norm-table"),
    });
    this.#choice = /** @type {HTMLInputElement} */ (find("show-norms"));
    figure.addEventListener("change", () => figure.toggleAttribute("data-norms", this.#choice.checked));
    figure.toggleAttribute("data-norms", this.#choice.checked); // A browser may remember it.
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

  /** @param {State} state that has just changed */
  follow(state) {
    this.#recall.follow(state);
  }

  /**
   * @param {State} state
   * @param {number | null} steps where the loss chart's axis ends; null before there is a chart
   * @param {number} now in ms
   */
  draw(state, steps, now) {
    this.#state = state;
    this.#scrubber.draw(state, steps ?? 0);
    if (steps !== null && this.#choice.checked) this.#norms.draw(state, steps, now);
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
