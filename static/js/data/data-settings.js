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
const OF_FORMULAS = ["n_samples", "x_min", "x_max", "noise", "balance"];
/** Settings of classes. */
const OF_CLASSES = ["classes", "y_form", "balance"];
/** Those that presets of classes have in their lines. */
const OF_RANGES = ["x_min", "x_max"];

/** The presets that make points of classes, whose x are their own. */
export const CLASS_PRESETS = ["blobs", "xor", "circles", "moons", "spirals", "rings"];

/**
 * The inputs as the script makes them.
 *
 * @param {Pick<DataConfig, "x_min" | "x_max" | "n_samples" | "features">} data
 */
function inputsText({ x_min, x_max, n_samples, features }) {
  if (features === 1) return `torch.linspace(${x_min}, ${x_max}, ${n_samples})`;
  return `${x_min} + ${x_max - x_min}*torch.rand(${n_samples}, 2)`;
}

export class DataSettings {
  #parts = {
    name: byId("inputs-name"),
    inputs: byId("inputs"),
    target: byId("target", HTMLInputElement),
    reason: byId("target-reason"),
    formula: byId("use-formula"),
    open: byId("data-open"),
    fields: [...new Set([...OF_FORMULAS, ...OF_CLASSES])].map((name) => ({
      name,
      place: /** @type {HTMLElement} */ (byId(name).closest(".field")),
    })),
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
  #show({ target, points, x_min, x_max, n_samples, features, classes }) {
    const { name, inputs, target: field, fields } = this.#parts;
    const byHand = points !== null;
    const ofPreset = CLASS_PRESETS.includes(target);
    write(name, byHand || ofPreset ? "x, y =" : "x =");
    write(
      inputs,
      byHand
        ? t("{count} points set by hand", { count: points.length })
        : ofPreset
          ? t("{count} points of {classes} classes", { count: n_samples, classes: classes ?? 0 })
          : inputsText({ x_min, x_max, n_samples, features }),
    );
    for (const { name, place } of fields) {
      const isNone = classes === null && OF_CLASSES.includes(name);
      const isMade = (byHand && OF_FORMULAS.includes(name)) || (name === "balance" && !ofPreset);
      setHidden(place, isNone || isMade || (ofPreset && OF_RANGES.includes(name)), field);
    }
    field.placeholder = byHand ? t("or type a formula") : "";
    const text = byHand ? "" : (this.#formulas[target] ?? target);
    // What is being typed stays, unless the formula itself is what changed.
    const typing = field === document.activeElement || this.#unsent;
    if (text !== this.#filled || !typing) field.value = text;
    this.#filled = text;
  }
}
