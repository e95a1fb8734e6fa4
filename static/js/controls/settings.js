// @ts-check
/** The settings, in the order of a PyTorch script: shown from the run's config, changed by merge patches. */

import { byId, setFixed, setHidden } from "../page/dom.js";
import { reasonAt, showReason } from "../page/refusal.js";
import { patch, sizesOf, valueAt } from "../run/config.js";
import { mayChange } from "../run/may.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/**
 * One control and the place in the config that it shows.
 *
 * @typedef {object} Field
 * @property {HTMLInputElement | HTMLSelectElement} control
 * @property {string} path such as "optimizer.lr"
 * @property {string | undefined} type of its value, as the server's options call it
 * @property {boolean} nullable whether it can be left empty
 * @property {boolean} own whether only some optimizers or schedulers have it
 * @property {HTMLElement} place what holds the control
 * @property {HTMLElement} reason where a refusal of its value is shown
 */

/** The learning rates of the slider; any other one can be typed. */
const RATES = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/**
 * A typed value as JSON. What is no number goes to the server as it is: there is one place that says what is
 * allowed, and it answers in the reader's language.
 *
 * @param {string} text
 * @returns {number | string}
 */
export function typed(text) {
  const trimmed = text.trim();
  const number = Number(trimmed);
  return trimmed !== "" && Number.isFinite(number) ? number : trimmed;
}

/**
 * Values of the arguments that have no default in torch, by scheduler, for a run of so many steps.
 *
 * @type {Record<string, (steps: number) => Record<string, JsonValue>>}
 */
const SCHEDULERS = {
  StepLR: (steps) => ({ step_size: Math.ceil(steps / 4) }),
  MultiStepLR: (steps) => ({ milestones: [Math.ceil(steps / 2), Math.ceil((3 * steps) / 4)] }),
  ExponentialLR: (steps) => ({ gamma: Number((0.01 ** (1 / steps)).toPrecision(4)) }), // to a hundredth
  CosineAnnealingLR: (steps) => ({ T_max: steps }),
};

/**
 * The patch for a chosen scheduler.
 *
 * @param {string} name empty: none
 * @param {number} steps
 * @returns {Record<string, JsonValue>}
 */
export function scheduler(name, steps) {
  return { scheduler: name === "" ? null : { name, ...SCHEDULERS[name]?.(steps) } };
}

/** @param {number} lr */
function nearestRate(lr) {
  const distances = RATES.map((rate) => Math.abs(Math.log(rate / lr)));
  return distances.indexOf(Math.min(...distances));
}

/**
 * @param {HTMLElement} place
 * @returns {Field}
 */
function fieldIn(place) {
  const { field, type, own, nullable } = place.dataset;
  return {
    control: /** @type {Field["control"]} */ (place.querySelector("input, select")),
    path: /** @type {string} */ (field),
    type,
    nullable: nullable !== undefined,
    own: own !== undefined,
    place,
    reason: /** @type {HTMLElement} */ (place.querySelector(".reason")),
  };
}

/**
 * What is typed or chosen in a field, as JSON.
 *
 * @param {Field} field
 * @returns {JsonValue}
 */
function read({ control, type, nullable }) {
  if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked;
  if (nullable && control.value.trim() === "") return null;
  if (type === "list")
    return control.value
      .split(/[,，\s]+/)
      .filter(Boolean)
      .map(typed);
  return control instanceof HTMLSelectElement ? control.value : typed(control.value);
}

/**
 * @param {Field} field
 * @param {unknown} value
 */
function fill({ control }, value) {
  if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = Boolean(value);
  else control.value = Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

/**
 * Whether somebody may be typing in a control.
 *
 * @param {Field["control"]} control
 */
function isTyping(control) {
  return control === document.activeElement && control.type === "text";
}

export class Settings {
  /** @type {Field[]} */
  #fields;
  #texts = { net: byId("net"), range: byId("range") };
  #slider = byId("lr-slider", HTMLInputElement);
  #update;
  /** @type {State | null} */
  #shown = null;
  /** Fields that were changed while there was no connection. @type {Set<Field>} */
  #unsent = new Set();

  /**
   * @param {HTMLElement} stage what holds all the settings
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   */
  constructor(stage, update) {
    this.#update = update;
    this.#fields = Array.from(stage.querySelectorAll("[data-field]"), (place) =>
      fieldIn(/** @type {HTMLElement} */ (place)),
    );
    this.#slider.max = String(RATES.length - 1);
    byId("settings").addEventListener("submit", (event) => event.preventDefault());
    for (const field of this.#fields) {
      field.control.addEventListener("change", () => this.#send(field));
    }
    this.#slider.addEventListener("input", () => this.#slide());
  }

  /** Sends what is typed or chosen in a field; as soon as there is a connection. @param {Field} field */
  #send(field) {
    const { run, control } = this.#shown ?? {};
    if (!mayChange(this.#shown)) {
      if (run && !control)
        fill(field, valueAt(run.config, field.path)); // Another's run is only watched.
      else this.#unsent.add(field);
      return;
    }
    this.#unsent.delete(field);
    const steps = run?.config.max_steps ?? 0;
    if (field.path === "scheduler.name") this.#update(scheduler(field.control.value, steps));
    else this.#update(patch(field.path, read(field)));
  }

  #slide() {
    if (mayChange(this.#shown))
      this.#update(patch("optimizer.lr", RATES[Number(this.#slider.value)] ?? null));
    else this.#showRate(this.#shown?.run?.config.optimizer.lr ?? 1);
  }

  /** @param {State} state */
  draw(state) {
    const config = state.run?.config ?? null;
    const drawn = this.#shown;
    this.#shown = state;
    if (config && config !== drawn?.run?.config) this.#show(config, drawn?.run?.config ?? null);
    if (state.problem !== drawn?.problem) this.#explain(state, config);
    const may = mayChange(state);
    if (may === mayChange(drawn) && drawn !== null) return;
    for (const { control } of this.#fields) setFixed(control, !may);
    setFixed(this.#slider, !may);
    if (may) for (const field of this.#unsent) this.#send(field);
  }

  /**
   * @param {RunConfig} config
   * @param {RunConfig | null} before
   */
  #show(config, before) {
    const { optimizer } = config;
    this.#texts.net.textContent = `Net(${sizesOf(config).join(", ")})`;
    this.#texts.range.textContent = String(config.max_steps);
    for (const field of this.#fields) {
      const value = valueAt(config, field.path);
      if (field.own) setHidden(field.place, value === undefined, this.#chooserOf(field));
      // What is being typed elsewhere stays, unless its own value is what changed.
      const same = before !== null && String(valueAt(before, field.path)) === String(value);
      const edited = field.control === document.activeElement || this.#unsent.has(field);
      if (!same || !edited) fill(field, value);
    }
    this.#showRate(optimizer.lr);
  }

  /** @param {number} lr */
  #showRate(lr) {
    this.#slider.value = String(nearestRate(lr));
    this.#slider.setAttribute("aria-valuetext", String(lr));
  }

  /**
   * The field that says whether another one exists: that of the optimizer's, or the scheduler's, name.
   *
   * @param {Field} field
   */
  #chooserOf({ path }) {
    const [group] = path.split(".");
    return /** @type {Field} */ (this.#fields.find((other) => other.path === `${group}.name`)).control;
  }

  /**
   * Puts each refusal next to its field. When it no longer holds, or another command was refused, the field shows
   * the run's value again.
   *
   * @param {State} state
   * @param {RunConfig | null} config
   */
  #explain(state, config) {
    for (const field of this.#fields) {
      const { control, path, reason } = field;
      const why = reasonAt(state.problem, path);
      const refused = !reason.hidden || state.problem !== null;
      showReason(reason, why, control);
      const kept = this.#unsent.has(field) || isTyping(control);
      if (why === "" && refused && !kept && config) fill(field, valueAt(config, path));
    }
  }
}
