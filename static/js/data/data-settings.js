// @ts-check
/** Where the points come from, among the settings: the formula, or how many were set by hand. */

import { byId, setFixed, setHidden } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { reasonAt, showReason } from "../page/refusal.js";
import { write } from "../page/svg.js";
import { mayChange } from "../run/may.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../../types/protocol").DataConfig} DataConfig */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** The settings that only points of a formula have. */
const OF_FORMULAS = ["n_samples", "x_min", "x_max", "noise"];

export class DataSettings {
  #parts = {
    name: byId("inputs-name"),
    inputs: byId("inputs"),
    target: byId("target", HTMLInputElement),
    reason: byId("target-reason"),
    formula: byId("use-formula"),
    open: byId("data-open"),
    fields: OF_FORMULAS.map((name) => /** @type {HTMLElement} */ (byId(name).closest(".field"))),
  };
  #formulas;
  #update;
  /** @type {State | null} */
  #shown = null;
  /** What the field was last filled with. */
  #filled = "";
  /** Whether a formula was typed while there was no connection. */
  #unsent = false;

  /**
   * @param {Record<string, string>} formulas of the presets that are nothing but their formula
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   */
  constructor(formulas, update) {
    this.#formulas = formulas;
    this.#update = update;
    this.#parts.target.addEventListener("change", () => this.#send());
    this.#parts.formula.addEventListener("click", () => this.#restore());
  }

  /** Takes the points of the formula again, in place of those set by hand. */
  #restore() {
    if (mayChange(this.#shown)) this.#update({ data: { points: null } });
  }

  /** Sends the formula, which takes the place of points set by hand; as soon as there is a connection. */
  #send() {
    const { target } = this.#parts;
    const text = target.value.trim();
    this.#unsent = text !== "" && !mayChange(this.#shown);
    if (text === "") target.value = this.#filled;
    else if (!this.#unsent) this.#update({ data: { target: text, points: null } });
  }

  /** @param {State} state */
  draw(state) {
    const before = this.#shown;
    this.#shown = state;
    const config = state.run?.config;
    const may = mayChange(state);
    const { target, formula, open } = this.#parts;
    setFixed(target, !may);
    open.setAttribute("aria-disabled", String(!may));
    if (config && config !== before?.run?.config) this.#show(config.data);
    setHidden(formula, !state.control || !config?.data.points, target);
    formula.setAttribute("aria-disabled", String(!may));
    if (state.problem !== before?.problem) {
      showReason(this.#parts.reason, reasonAt(state.problem, "data.target"), target);
    }
    if (this.#unsent && may) this.#send();
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
    for (const place of fields) setHidden(place, byHand, field);
    field.placeholder = byHand ? t("or type a formula") : "";
    const text = byHand ? "" : (this.#formulas[target] ?? target);
    // What is being typed stays, unless the formula itself is what changed.
    const typing = field === document.activeElement || this.#unsent;
    if (text !== this.#filled || !typing) field.value = text;
    this.#filled = text;
  }
}
