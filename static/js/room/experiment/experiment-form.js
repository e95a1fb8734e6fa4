// @ts-check
/** What the class is to train: seeds or learning rates, from where to where. */

import { byId } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { reasonOf } from "../../page/refusal.js";

/** @typedef {import("../../../types/protocol").Experiment} Experiment */
/** @typedef {import("../../../types/protocol").RunConfig} RunConfig */

/** How many times the present learning rate the lowest and the highest are, unless the teacher says otherwise. */
const RANGE = 10;
const MOST_STEPS = 100_000;

/**
 * What is offered for settings.
 *
 * @param {RunConfig} config
 */
export function offered(config) {
  const lr = config.optimizer.lr ?? 0.1;
  const round = (/** @type {number} */ rate) => Number(rate.toPrecision(3));
  return { low: round(lr / RANGE), high: round(Math.min(1000, lr * RANGE)), steps: config.max_steps };
}

/**
 * What was written, as the server takes it.
 *
 * @param {RunConfig} config
 * @param {{ vary: string, low: string, high: string, scale: string, steps: string }} written
 * @returns {{ asked: Experiment } | { reason: string }}
 */
export function askedFor(config, written) {
  const [low, high, steps] = [written.low, written.high, written.steps].map((text) =>
    Number(text.replace(",", ".")),
  );
  const vary = written.vary === "lr" ? "lr" : "seed";
  if (!Number.isInteger(steps) || Number(steps) < 1 || Number(steps) > MOST_STEPS)
    return { reason: t("Steps are a whole number from 1 to {most}.", { most: MOST_STEPS }) };
  const whole = { ...config, max_steps: Number(steps) };
  if (vary === "seed") return { asked: { vary, config: whole } };
  if (!(Number(low) > 0 && Number(high) > Number(low)))
    return { reason: t("The range needs two learning rates above 0, the lower one first.") };
  return {
    asked: {
      vary,
      config: whole,
      low: Number(low),
      high: Number(high),
      scale: written.scale === "linear" ? "linear" : "log",
    },
  };
}

export class ExperimentForm {
  #dialog = byId("experimenting", HTMLDialogElement);
  #words = byId("experiment-form-words");
  #fields = {
    low: byId("experiment-low", HTMLInputElement),
    high: byId("experiment-high", HTMLInputElement),
    scale: byId("experiment-scale", HTMLSelectElement),
    steps: byId("experiment-steps", HTMLInputElement),
  };
  #begin;
  /** @type {RunConfig | null} */
  #config = null;

  /** @param {(asked: Experiment) => Promise<string>} begin says why not, "" where it was begun */
  constructor(begin) {
    this.#begin = begin;
    const form = /** @type {HTMLFormElement} */ (this.#dialog.querySelector("form"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form);
    });
    form.addEventListener("change", () => this.#show(form));
    this.#show(form);
  }

  /** @param {Promise<RunConfig>} config */
  async open(config) {
    this.#words.textContent = "";
    this.#dialog.showModal();
    try {
      this.#config = await config;
      const { low, high, steps } = offered(this.#config);
      this.#fields.low.value = String(low);
      this.#fields.high.value = String(high);
      this.#fields.steps.value = String(steps);
    } catch (error) {
      this.#words.textContent = reasonOf(error);
    }
  }

  /** @param {HTMLFormElement} form */
  #show(form) {
    byId("experiment-range").hidden = new FormData(form).get("vary") !== "lr";
  }

  /** @param {HTMLFormElement} form */
  async #send(form) {
    if (this.#config === null) return;
    const { low, high, scale, steps } = this.#fields;
    const found = askedFor(this.#config, {
      vary: String(new FormData(form).get("vary")),
      low: low.value,
      high: high.value,
      scale: scale.value,
      steps: steps.value,
    });
    this.#words.textContent = "reason" in found ? found.reason : await this.#begin(found.asked);
    if (this.#words.textContent === "") this.#dialog.close();
  }
}
