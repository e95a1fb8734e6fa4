// @ts-check
/** Where the points come from, among the settings: the formula, or how many were set by hand. */

import { concerns } from "../controls/settings.js";
import { t } from "../page/i18n.js";
import { write } from "../page/svg.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../../types/protocol").DataConfig} DataConfig */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** What only a formula's points have. */
const OF_FORMULAS = ["n_samples", "x_min", "x_max", "noise"];

export class DataSettings {
  #parts;
  #formulas;
  #update;
  /** @type {State | null} */
  #shown = null;
  /** What the field was last filled with. */
  #filled = "";

  /**
   * @param {HTMLElement} form
   * @param {Record<string, string>} formulas of the presets that are nothing but their formula
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   */
  constructor(form, formulas, update) {
    this.#formulas = formulas;
    this.#update = update;
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (form.querySelector(`#${id}`));
    this.#parts = {
      name: find("inputs-name"),
      inputs: find("inputs"),
      target: /** @type {HTMLInputElement} */ (find("target")),
      reason: find("target-reason"),
      formula: find("use-formula"),
      open: /** @type {HTMLButtonElement} */ (find("data-open")),
      fields: OF_FORMULAS.map((name) => /** @type {HTMLElement} */ (find(name).closest(".field"))),
    };
    this.#parts.target.addEventListener("change", () => this.#send());
    this.#parts.formula.addEventListener("click", () => update({ data: { points: null } }));
  }

  /** The formula, which takes the place of points set by hand. */
  #send() {
    const { target } = this.#parts;
    if (target.value.trim() === "") target.value = this.#filled;
    else this.#update({ data: { target: target.value.trim(), points: null } });
  }

  /** @param {State} state */
  draw(state) {
    const before = this.#shown;
    this.#shown = state;
    const config = state.run?.config;
    const usable = state.link === "open" && state.control;
    const { target, formula, open } = this.#parts;
    target.disabled = !usable;
    open.disabled = !usable;
    if (config && config !== before?.run?.config) this.#show(config.data);
    formula.hidden = !usable || !config?.data.points;
    if (state.problem !== before?.problem) this.#explain(state);
  }

  /** @param {DataConfig} data */
  #show({ target, points, x_min, x_max, n_samples }) {
    const { name, inputs, target: field, fields } = this.#parts;
    const byHand = points !== null;
    write(name, byHand ? "x, y =" : "x =");
    write(
      inputs,
      byHand
        ? t("{count} points set by hand", { count: points.length })
        : `torch.linspace(${x_min}, ${x_max}, ${n_samples})`,
    );
    for (const place of fields) place.hidden = byHand;
    field.placeholder = byHand ? t("or type a formula") : "";
    const text = byHand ? "" : (this.#formulas[target] ?? target);
    // What is being typed stays, unless the formula itself is what changed.
    if (text !== this.#filled || field !== document.activeElement) field.value = text;
    this.#filled = text;
  }

  /** @param {State} state */
  #explain({ problem }) {
    const { target, reason } = this.#parts;
    const error = problem?.errors.find(({ field }) => concerns(field, "data.target"));
    reason.hidden = error === undefined;
    write(reason, error?.message ?? "");
    target.setAttribute("aria-invalid", String(error !== undefined));
  }
}
