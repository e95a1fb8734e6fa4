// @ts-check
/** The loss of every step, on a linear or a logarithmic axis, over those of earlier runs. */

import { t } from "../page/i18n.js";
import { LossLegend } from "./legend.js";
import { linesOf, plotlyDash } from "./loss-lines.js";
import { markerAt, markerTrace, valuesOf } from "./marker.js";
import { labelText, Plot } from "./plot.js";
import { doubled, extent } from "./ranges.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./ranges.js").Range} Range */
/** @typedef {import("./loss-lines.js").Line} Line */

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
  #legend;
  /** @type {State | null} */
  #shown = null;
  #next = 0;
  #steps = FIRST_STEPS;
  #top = 0;
  /** @type {Range | null} */
  #decades = null;
  /** What was drawn last apart from the values: they can move while it stays. */
  #frame = "";

  /**
   * @param {HTMLElement} element
   * @param {HTMLInputElement} log whether the axis is logarithmic
   * @param {HTMLElement} legend
   */
  constructor(element, log, legend) {
    this.#plot = new Plot(element, () => this.#redraw());
    this.#log = log;
    this.#legend = new LossLegend(legend);
    log.addEventListener("change", () => this.#redraw());
  }

  /** Where the axis of steps ends. */
  get steps() {
    return this.#steps;
  }

  /**
   * @param {State} state
   * @param {number} now in ms
   */
  draw(state, now) {
    if (state.started === null || this.#plot.busy) return;
    const before = this.#shown;
    const anew = state.generation !== before?.generation;
    const looked = state.past?.snapshot !== before?.past?.snapshot;
    const same = state.losses === before?.losses && state.run?.config === before.run?.config;
    if (!anew && !looked && (same || (state.run?.status === "playing" && now < this.#next))) return;
    this.#next = now + PAUSE;
    if (anew) {
      this.#steps = FIRST_STEPS;
      this.#top = 0;
      this.#decades = null;
    }
    this.#shown = state;
    const lines = linesOf(state);
    this.#grow(state, lines);
    if (this.#frameOf(lines) === this.#frame) this.#move(lines, state);
    else this.#redraw();
  }

  /** @param {Line[]} lines */
  #frameOf(lines) {
    const names = lines.map(({ name, kind }) => [name, kind]);
    return JSON.stringify([names, this.#steps, this.#top, this.#decades, this.#log.checked]);
  }

  /**
   * @param {Line[]} lines of which only those of the present run have changed
   * @param {State} state
   */
  #move(lines, state) {
    const first = lines.findIndex(({ kind }) => kind !== "earlier");
    const data = [...lines.slice(first).map(({ x, y }) => ({ x, y })), newest(lines), this.#marker(state)];
    this.#plot.move(
      data.map((_, i) => first + i),
      data,
    );
  }

  /** Where the reader looks back at, on the loss of that step. @param {State} state */
  #marker({ past, losses }) {
    const step = past?.snapshot?.step;
    const ends = this.#log.checked ? valuesOf(this.#logRange) : this.#range;
    return markerAt(step, losses.values[(step ?? 0) - 1], ends);
  }

  /** @returns {Range} */
  get #range() {
    return [-BELOW * this.#top, this.#top || 1];
  }

  /** In decades. @returns {Range} */
  get #logRange() {
    return this.#decades ?? FIRST_DECADES;
  }

  #redraw() {
    const state = this.#shown;
    if (!state) return;
    const lines = linesOf(state);
    this.#frame = this.#frameOf(lines);
    this.#legend.draw(lines);
    this.#plot.draw(
      (look) => [
        ...lines.map((line) => trace(line, look, lines.length > 1)),
        {
          type: "scatter",
          mode: "markers",
          ...newest(lines),
          marker: { color: look.model, size: 0.6 * look.size * look.stroke },
          cliponaxis: false,
          hoverinfo: "skip",
        },
        { ...markerTrace(look), ...this.#marker(state) },
      ],
      { title: "", range: [0, this.#steps] }, // The scrubber below it says what it is.
      this.#log.checked
        ? { title: t("loss"), type: "log", range: this.#logRange, dtick: 1 }
        : { title: t("loss"), range: this.#range },
      "x",
    );
  }

  /**
   * @param {State} state
   * @param {Line[]} lines
   */
  #grow(state, lines) {
    const longest = Math.max(state.losses.length, ...state.earlier.map(({ losses }) => losses.length));
    this.#steps = doubled(this.#steps, longest, Math.max(state.run?.config.max_steps ?? 0, longest));
    for (const { y, kind } of lines.toReversed()) {
      const losses = extent(y);
      if (losses === null) continue;
      const [lowest, highest] = losses;
      // The first loss sets the scale; only a higher one changes it. An earlier run may leave the picture.
      if (this.#top === 0) this.#top = (1 + ABOVE) * highest;
      else if (kind === "loss") this.#top = doubled(this.#top, highest);
      if (lowest > 0) {
        const [low, high] = this.#decades ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        this.#decades = [
          Math.min(low, Math.floor(Math.log10(lowest))),
          Math.max(high, Math.ceil(Math.log10(highest))),
        ];
      }
    }
  }
}

/** The point at the end of the present run's line. @param {Line[]} lines */
function newest(lines) {
  const { x, y } = /** @type {Line} */ (lines.at(-1));
  return { x: x.slice(-1), y: y.slice(-1) };
}

/**
 * @param {Line} line
 * @param {import("./plot.js").Look} look
 * @param {boolean} named whether its label says which line it is
 */
function trace({ name, kind, dash, x, y }, { size, stroke, model, test, soft }, named) {
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    opacity: kind === "earlier" ? 0.75 : 1,
    line: {
      color: { loss: model, test, earlier: soft }[kind],
      width: (kind === "loss" ? 0.16 : 0.11) * size * stroke,
      dash: plotlyDash(dash),
      simplify: false,
    },
    hovertemplate: `${named ? `${labelText(name)}<br>` : ""}${t("step")} %{x}<br>${t("loss")} %{y:.5g}<extra></extra>`,
  };
}
