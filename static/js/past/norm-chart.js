// @ts-check
/** How long each layer's gradient was, step by step, on a logarithmic axis. Asked for only while it is shown. */

import { decimate } from "../charts/decimate.js";
import { lineKey } from "../charts/legend.js";
import { plotlyDash } from "../charts/loss-lines.js";
import { markerAt, markerTrace, valuesOf } from "../charts/marker.js";
import { Plot } from "../charts/plot.js";
import { extent } from "../charts/ranges.js";
import { passing } from "../page/http.js";
import { t } from "../page/i18n.js";
import { figure } from "../page/numbers.js";
import { showTable } from "../page/table.js";
import { Norms } from "./norms.js";
import { normsFrom } from "./past-requests.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../charts/ranges.js").Range} Range */

/** Between two requests while the run trains, and after one that failed, in ms. */
const PAUSE = 500;
const PATIENCE = 2000;
/** From the input to the output; with its name, what tells a layer's line from the others. */
const DASHES = ["", "8 4", "2 3", "8 3 2 3", "14 4"];
/** The axis before there is a gradient, in decades. */
const FIRST_DECADES = /** @type {Range} */ ([-3, 0]);

export class NormChart {
  #places;
  #plot;
  #norms = new Norms();
  /** Whose they are. @type {State["started"]} */
  #told = null;
  #busy = false;
  #next = 0;
  /** @type {State | null} */
  #state = null;
  #steps = 1;
  /** What was drawn last. @type {unknown[]} */
  #drawn = [];

  /** @param {{ plot: HTMLElement, legend: HTMLElement, words: HTMLElement, table: HTMLElement }} places */
  constructor(places) {
    this.#places = places;
    this.#plot = new Plot(places.plot, () => this.#redraw());
  }

  /**
   * @param {State} state
   * @param {number} steps where the axis of steps ends
   * @param {number} now in ms
   */
  draw(state, steps, now) {
    if (state.started !== this.#told) {
      this.#told = state.started;
      this.#norms = new Norms();
    }
    const { run } = state;
    if (run && run.step > this.#norms.last && !this.#busy && now >= this.#next) this.#fetch(run.id, now);
    const drawn = [this.#norms, steps, state.past?.snapshot];
    if (drawn.every((what, i) => what === this.#drawn[i])) return;
    this.#drawn = drawn;
    this.#state = state;
    this.#steps = steps;
    this.#redraw();
    this.#tell();
  }

  /**
   * @param {string} run
   * @param {number} now
   */
  async #fetch(run, now) {
    const told = this.#told;
    this.#busy = true;
    this.#next = now + PAUSE;
    try {
      const answer = await normsFrom(run, this.#norms.last + 1);
      if (told === this.#told) this.#norms = this.#norms.with(answer);
    } catch (error) {
      this.#next = now + Math.max(PATIENCE, passing(error)?.delay ?? 0);
    } finally {
      this.#busy = false;
    }
  }

  /** Which of the known steps is looked at. */
  get #place() {
    const { past, run } = /** @type {State} */ (this.#state);
    return this.#norms.placeOf(past?.snapshot?.step ?? run?.step ?? 0);
  }

  #redraw() {
    if (this.#state === null) return;
    const { steps, layers } = this.#norms;
    const decades = decadesOf(layers);
    const marker = markerAt(this.#state.past?.snapshot?.step, null, valuesOf(decades));
    this.#plot.draw(
      (look) => [
        ...layers.map(({ name, values }, i) => {
          const { x, y } = decimate(values);
          return {
            type: "scatter",
            mode: "lines",
            x: x.map((place) => steps[place - 1]),
            y,
            line: {
              color: colour(look, i),
              width: 0.16 * look.size * look.stroke,
              dash: plotlyDash(DASHES[i] ?? ""),
              simplify: false,
            },
            hovertemplate: `${t("step")} %{x}<br>${name} %{y:.4g}<extra></extra>`,
          };
        }),
        { ...markerTrace(look), ...marker },
      ],
      { title: "", range: [0, this.#steps] },
      { title: t("gradient norm"), type: "log", range: decades, dtick: 1 },
      "x",
    );
  }

  /** The same in words and numbers. */
  #tell() {
    const { legend, words, table } = this.#places;
    const { steps, layers } = this.#norms;
    const place = this.#place;
    const entries = layers.map(({ name, values }, i) => {
      const entry = lineKey({ name, kind: `layer-${i}`, dash: DASHES[i] ?? "" });
      const value = document.createElement("output");
      value.textContent = normText(values[place]);
      entry.append(value);
      return entry;
    });
    legend.replaceChildren(...entries);
    const none = layers.length > 0 && layers.every(({ values }) => values.every(Number.isNaN));
    words.hidden = !none;
    words.textContent = none ? t("There is no gradient at any step: every .grad is None.") : "";
    if (this.#state?.run?.status === "playing" && table.childElementCount > 0) return;
    showTable(table, {
      caption: t("Gradient norm of each layer"),
      headings: [t("step"), ...layers.map(({ name }) => name)],
      rows: (i) => [steps[i] ?? "", ...layers.map(({ values }) => normText(values[i]))],
      count: steps.length,
    });
  }
}

/** @param {number | undefined} norm */
function normText(norm) {
  return norm === undefined || Number.isNaN(norm) ? t("none") : figure(norm);
}

/**
 * Whole decades that hold all norms; one of 0 lies below any.
 *
 * @param {readonly import("./norms.js").LayerNorms[]} layers
 * @returns {Range}
 */
function decadesOf(layers) {
  const ranges = layers
    .map(({ values }) => extent(values.filter((norm) => norm > 0)))
    .filter((range) => range !== null);
  if (ranges.length === 0) return FIRST_DECADES;
  const low = Math.floor(Math.log10(Math.min(...ranges.map(([lowest]) => lowest))));
  const high = Math.ceil(Math.log10(Math.max(...ranges.map(([, highest]) => highest))));
  return [low, Math.max(high, low + 1)];
}

/**
 * @param {import("../charts/plot.js").Look} look
 * @param {number} layer
 */
function colour({ data, model, test, ink, soft }, layer) {
  return [data, model, test, ink, soft][layer] ?? ink;
}
