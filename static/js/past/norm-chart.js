// @ts-check
/** The norm of each layer's gradient at each step, on a logarithmic axis. Asked for only while it is shown. */

import { lastStepOf } from "../charts/axes.js";
import { decimate } from "../charts/decimate.js";
import { lineKey } from "../charts/legend.js";
import { markerAt, markerTrace, valuesOf } from "../charts/marker.js";
import { Plot, plotlyDash } from "../charts/plot.js";
import { decades, extent } from "../charts/ranges.js";
import { html } from "../page/dom.js";
import { passing } from "../page/http.js";
import { t } from "../page/i18n.js";
import { figure } from "../page/numbers.js";
import { table } from "../page/table.js";
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
  #ask;
  /** @type {Plot | null} */
  #plot = null;
  #norms = new Norms();
  /** The run, and its points, that the norms are of. @type {State["started"]} */
  #started = null;
  /** The newest state. @type {State | null} */
  #state = null;
  /** Whether a request is under way, or the next must still wait. */
  #busy = false;
  /** The newest step that was asked for: of a long run not each is kept. */
  #asked = 0;
  /** What was drawn last. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {{ legend: HTMLElement, words: HTMLElement, table: HTMLElement }} places
   * @param {() => void} ask asks for a frame
   */
  constructor(places, ask) {
    this.#places = places;
    this.#ask = ask;
  }

  /** Begins to draw the chart, once Plotly is there. @param {import("../charts/chart-area.js").ChartArea} place */
  begin(place) {
    this.#plot = new Plot(place);
  }

  /** Whenever the state has changed. @param {State} state */
  follow(state) {
    this.#state = state;
    if (state.started !== this.#started) {
      this.#started = state.started;
      this.#norms = new Norms();
      this.#asked = 0;
    }
    this.#fetch();
  }

  /** Asks for the norms of steps that are new. */
  async #fetch() {
    const { run, view } = this.#state ?? {};
    if (!view?.norms || this.#busy || !run || run.step <= this.#asked) return;
    const asked = this.#started;
    let pause = PAUSE;
    this.#busy = true;
    this.#asked = run.step;
    try {
      const answer = await normsFrom(run.id, this.#norms.last + 1);
      if (asked === this.#started) this.#norms = this.#norms.with(answer);
    } catch (error) {
      pause = Math.max(PATIENCE, passing(error)?.delay ?? 0);
      this.#asked = this.#norms.last;
    }
    this.#ask();
    setTimeout(() => {
      this.#busy = false;
      this.#fetch();
    }, pause);
  }

  /** With each frame. @param {State} state */
  draw(state) {
    if (!state.view.norms) return;
    this.#show(state);
    const drawn = [this.#norms, state.run?.status, state.past?.snapshot];
    if (drawn.every((what, i) => what === this.#drawn[i])) return;
    this.#drawn = drawn;
    this.#tell(state);
  }

  /** @param {State} state */
  #show(state) {
    if (this.#plot === null) return;
    const { look } = this.#plot;
    const { steps, layers } = this.#norms;
    const range = decadesOf(layers);
    const marker = markerAt(state.past?.snapshot?.step, null, valuesOf(range));
    this.#plot.show({
      traces: [
        ...layers.map(({ name, values }, i) => {
          const { x, y } = decimate(values);
          return {
            type: "scatter",
            mode: "lines",
            x: x.map((place) => steps[place - 1] ?? 0),
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
      x: { title: "", range: [0, lastStepOf(state)] },
      y: { title: t("gradient norm"), type: "log", range, dtick: 1 },
      hovermode: "x",
    });
  }

  /** The same in words and numbers. @param {State} state */
  #tell({ run, past }) {
    const { legend, words, table: tablePlace } = this.#places;
    const { steps, layers } = this.#norms;
    const place = this.#norms.indexOf(past?.snapshot?.step ?? run?.step ?? 0);
    const entries = layers.map(({ name, values }, i) => {
      const entry = lineKey({ name, key: `key-layer-${i}`, dash: DASHES[i] ?? "" });
      entry.append(html("span", "norm-value", normText(values[place])));
      return entry;
    });
    legend.replaceChildren(...entries);
    const none = layers.length > 0 && layers.every(({ values }) => values.every(Number.isNaN));
    words.hidden = !none;
    words.textContent = none ? t("There is no gradient at any step: every .grad is None.") : "";
    if (run?.status === "playing" && tablePlace.childElementCount > 0) return;
    const content = {
      caption: t("Gradient norm of each layer"),
      headings: [t("step"), ...layers.map(({ name }) => name)],
      row: (/** @type {number} */ i) => [steps[i] ?? "", ...layers.map(({ values }) => normText(values[i]))],
      count: steps.length,
    };
    tablePlace.replaceChildren(table(content));
  }
}

/** @param {number | undefined} norm */
function normText(norm) {
  return norm === undefined || Number.isNaN(norm) ? t("none") : figure(norm);
}

/**
 * The decades that hold all norms; one of 0 lies below any.
 *
 * @param {readonly import("./norms.js").LayerNorms[]} layers
 * @returns {Range}
 */
function decadesOf(layers) {
  const ranges = layers.flatMap(({ values }) => extent(values.filter((norm) => norm > 0)) ?? []);
  return ranges.length === 0 ? FIRST_DECADES : decades(Math.min(...ranges), Math.max(...ranges));
}

/**
 * @param {import("../charts/theme.js").Look} look
 * @param {number} layer
 */
function colour({ data, model, test, ink, soft }, layer) {
  return [data, model, test, ink, soft][layer] ?? ink;
}
