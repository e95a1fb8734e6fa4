// @ts-check
/** The settings, in the order of a PyTorch script: shown from the run's config, changed by merge patches. */

import { patch, valueAt } from "../run/config.js";

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
 * @property {HTMLElement} reason where a refusal of its value is told
 */

/** What the slider offers; any other value can be typed. */
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
 * Whether a refused field, as the server names it, is the one at `path` or inside it.
 *
 * @param {string} field such as "model.hidden[0]"
 * @param {string} path such as "model.hidden"
 */
export function concerns(field, path) {
  return field.startsWith(path) && /^($|[.[])/.test(field.slice(path.length));
}

/**
 * What torch gives no default, set for a run of so many steps.
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

export class Settings {
  /** @type {Field[]} */
  #fields;
  #texts;
  #slider;
  #update;
  /** @type {State | null} */
  #shown = null;

  /**
   * @param {HTMLElement} stage what holds all the settings
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   */
  constructor(stage, update) {
    this.#update = update;
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (stage.querySelector(`#${id}`));
    this.#fields = Array.from(stage.querySelectorAll("[data-field]"), (place) =>
      fieldIn(/** @type {HTMLElement} */ (place)),
    );
    this.#texts = { net: find("net"), range: find("range") };
    this.#slider = /** @type {HTMLInputElement} */ (find("lr-slider"));
    this.#slider.max = String(RATES.length - 1);
    this.#listen(find("settings"));
  }

  /** @param {HTMLElement} form */
  #listen(form) {
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const field of this.#fields) {
      field.control.addEventListener("change", () => this.#send(field));
    }
    this.#slider.addEventListener("input", () => {
      this.#update(patch("optimizer.lr", RATES[Number(this.#slider.value)] ?? null));
    });
  }

  /** @param {Field} field */
  #send(field) {
    const steps = this.#shown?.run?.config.max_steps ?? 0;
    if (field.path === "scheduler.name") this.#update(scheduler(field.control.value, steps));
    else this.#update(patch(field.path, read(field)));
  }

  /** @param {State} state */
  draw(state) {
    const config = state.run?.config;
    const drawn = this.#shown;
    this.#shown = state;
    if (config && config !== drawn?.run?.config) this.#show(config, drawn?.run?.config ?? null);
    if (state.problem !== drawn?.problem) this.#explain(state, config ?? null);
    const usable = state.link === "open" && state.control;
    if (usable !== (drawn?.link === "open" && drawn.control) || drawn === null) {
      for (const { control } of this.#fields) control.disabled = !usable;
      this.#slider.disabled = !usable;
    }
  }

  /**
   * @param {RunConfig} config
   * @param {RunConfig | null} before
   */
  #show(config, before) {
    const { model, optimizer } = config;
    this.#texts.net.textContent = `Net(${[1, ...model.hidden, 1].join(", ")})`;
    this.#texts.range.textContent = String(config.max_steps);
    for (const field of this.#fields) {
      const value = valueAt(config, field.path);
      if (field.own) field.place.hidden = value === undefined;
      // What is being typed elsewhere stays, unless its own value is what changed.
      const same = before !== null && String(valueAt(before, field.path)) === String(value);
      if (same && field.control === document.activeElement) continue;
      fill(field, value);
    }
    const nearest = nearestRate(optimizer.lr);
    this.#slider.value = String(nearest);
    this.#slider.setAttribute("aria-valuetext", String(optimizer.lr));
  }

  /**
   * Puts each refusal next to its field, and takes back those that no longer hold.
   *
   * @param {State} state
   * @param {RunConfig | null} config
   */
  #explain(state, config) {
    for (const field of this.#fields) {
      const { control, path, reason } = field;
      const error = state.problem?.errors.find(({ field: refused }) => concerns(refused, path));
      const wasRefused = !reason.hidden;
      reason.hidden = error === undefined;
      reason.textContent = error?.message ?? "";
      control.setAttribute("aria-invalid", String(error !== undefined));
      if (!error && wasRefused && config) fill(field, valueAt(config, path));
    }
  }
}
