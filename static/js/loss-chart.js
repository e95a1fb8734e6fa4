// @ts-check
/** The loss of every step, on a linear or a logarithmic axis. */

import { decimate } from "./decimate.js";
import { t } from "./i18n.js";
import { Plot } from "./plots.js";
import { doubled, extent } from "./ranges.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./ranges.js").Range} Range */

/** Between two drawings while the losses grow, in ms: about ten frames. The eye follows the other chart. */
const PAUSE = 160;
/** The axis begins with room for this many steps. */
const FIRST_STEPS = 50;
/** How far the axis reaches beyond the highest loss at first, and below 0, as shares of its height. */
const ABOVE = 0.15;
const BELOW = 0.04;
/** The logarithmic axis before there is a loss, in decades. */
const FIRST_DECADES = /** @type {Range} */ ([-3, 0]);

export class LossChart {
  #plot;
  #log;
  /** @type {State | null} */
  #shown = null;
  #next = 0;
  #steps = FIRST_STEPS;
  #top = 0;
  /** @type {Range | null} */
  #decades = null;

  /**
   * @param {HTMLElement} element
   * @param {HTMLInputElement} log whether the axis is logarithmic
   */
  constructor(element, log) {
    this.#plot = new Plot(element, () => this.#redraw());
    this.#log = log;
    log.addEventListener("change", () => this.#redraw());
  }

  /**
   * @param {State} state
   * @param {number} now in ms
   */
  draw(state, now) {
    if (state.started === null) return;
    const anew = state.generation !== this.#shown?.generation;
    if (!anew && state.losses === this.#shown?.losses) return;
    if (!anew && state.run?.status === "playing" && now < this.#next) return;
    this.#next = now + PAUSE;
    if (anew) {
      this.#steps = FIRST_STEPS;
      this.#top = 0;
      this.#decades = null;
    }
    this.#shown = state;
    this.#redraw();
  }

  #redraw() {
    const state = this.#shown;
    if (!state) return;
    const { x, y } = decimate(state.losses.values);
    this.#grow(state, extent(y));
    const [step, loss] = [t("step"), t("loss")];
    this.#plot.draw(
      ({ size, model }) => [
        {
          type: "scatter",
          mode: "lines",
          x,
          y,
          line: { color: model, width: 0.16 * size, simplify: false },
          hovertemplate: `${step} %{x}<br>${loss} %{y:.5g}<extra></extra>`,
        },
        {
          type: "scatter",
          mode: "markers",
          x: x.slice(-1),
          y: y.slice(-1),
          marker: { color: model, size: 0.6 * size },
          cliponaxis: false,
          hoverinfo: "skip",
        },
      ],
      { title: step, range: [0, this.#steps] },
      this.#log.checked
        ? { title: loss, type: "log", range: this.#decades ?? FIRST_DECADES, dtick: 1 }
        : { title: loss, range: [-BELOW * this.#top, this.#top || 1] },
      "x",
    );
  }

  /**
   * @param {State} state
   * @param {Range | null} losses the smallest and the greatest
   */
  #grow(state, losses) {
    const last = Math.max(state.run?.config.max_steps ?? 0, state.losses.length);
    this.#steps = doubled(this.#steps, state.losses.length, last);
    if (losses === null) return;
    const [lowest, highest] = losses;
    // The first loss sets the scale; only a higher one changes it.
    this.#top = this.#top === 0 ? (1 + ABOVE) * highest : doubled(this.#top, highest);
    if (lowest > 0) {
      const [low, high] = this.#decades ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      this.#decades = [
        Math.min(low, Math.floor(Math.log10(lowest))),
        Math.max(high, Math.ceil(Math.log10(highest))),
      ];
    }
  }
}
