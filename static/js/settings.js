// @ts-check
/** The settings, in the order of a PyTorch script: shown from the run's config, changed by merge patches. */

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../types/protocol").JsonValue} JsonValue */

/**
 * One control and the place in the config that it shows.
 *
 * @typedef {object} Field
 * @property {HTMLInputElement | HTMLSelectElement} control
 * @property {string} path such as "optimizer.lr"
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
 * @param {string} path such as "optimizer.lr"
 * @param {JsonValue} value
 * @returns {Record<string, JsonValue>} such as `{ optimizer: { lr: 0.1 } }`
 */
export function patch(path, value) {
  const [last, ...outer] = path.split(".").reverse();
  return outer.reduce((inner, name) => ({ [name]: inner }), { [/** @type {string} */ (last)]: value });
}

/**
 * @param {RunConfig} config
 * @param {string} path
 * @returns {any}
 */
export function valueAt(config, path) {
  return path.split(".").reduce((/** @type {any} */ inner, name) => inner[name], config);
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

/** @param {number} lr */
function nearestRate(lr) {
  const distances = RATES.map((rate) => Math.abs(Math.log(rate / lr)));
  return distances.indexOf(Math.min(...distances));
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
   * @param {HTMLElement} form
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   */
  constructor(form, update) {
    this.#update = update;
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (form.querySelector(`#${id}`));
    this.#fields = Array.from(form.querySelectorAll("[data-field]"), (element) => {
      const place = /** @type {HTMLElement} */ (element);
      return {
        control: /** @type {HTMLInputElement} */ (place.querySelector("input, select")),
        path: /** @type {string} */ (place.dataset.field),
        reason: /** @type {HTMLElement} */ (place.querySelector(".reason")),
      };
    });
    this.#texts = {
      inputs: find("inputs"),
      target: find("target"),
      net: find("net"),
      optimizer: find("optimizer"),
      range: find("range"),
    };
    this.#slider = /** @type {HTMLInputElement} */ (find("lr-slider"));
    this.#slider.max = String(RATES.length - 1);
    this.#listen(form);
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
  #send({ control, path }) {
    if (control instanceof HTMLInputElement && control.type === "checkbox") {
      this.#update(patch(path, control.checked));
    } else if (path === "model.hidden") {
      const units = control.value.split(/[,，\s]+/).filter((text) => text !== "");
      this.#update(patch(path, units.map(typed)));
    } else {
      this.#update(patch(path, control instanceof HTMLSelectElement ? control.value : typed(control.value)));
    }
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
    const { data, model, optimizer } = config;
    this.#texts.inputs.textContent = `torch.linspace(${data.x_min}, ${data.x_max}, ${data.n_samples})`;
    this.#texts.target.textContent = data.target;
    this.#texts.net.textContent = `Net(${[1, ...model.hidden, 1].join(", ")})`;
    this.#texts.optimizer.textContent = optimizer.name;
    this.#texts.range.textContent = String(config.max_steps);
    for (const field of this.#fields) {
      const value = valueAt(config, field.path);
      // What is being typed elsewhere stays, unless its own value is what changed.
      const same = before !== null && String(valueAt(before, field.path)) === String(value);
      if (same && field.control === document.activeElement) continue;
      this.#fill(field.control, value);
    }
    const nearest = nearestRate(optimizer.lr);
    this.#slider.value = String(nearest);
    this.#slider.setAttribute("aria-valuetext", String(optimizer.lr));
  }

  /**
   * @param {HTMLInputElement | HTMLSelectElement} control
   * @param {unknown} value
   */
  #fill(control, value) {
    if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = Boolean(value);
    else control.value = Array.isArray(value) ? value.join(", ") : String(value);
  }

  /**
   * Puts each refusal next to its field, and takes back those that no longer hold.
   *
   * @param {State} state
   * @param {RunConfig | null} config
   */
  #explain(state, config) {
    for (const { control, path, reason } of this.#fields) {
      const error = state.problem?.errors.find(({ field }) => concerns(field, path));
      const wasRefused = !reason.hidden;
      reason.hidden = error === undefined;
      reason.textContent = error?.message ?? "";
      control.setAttribute("aria-invalid", String(error !== undefined));
      if (!error && wasRefused && config) this.#fill(control, valueAt(config, path));
    }
  }
}
