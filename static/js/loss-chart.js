// @ts-check
/** The loss of every step, on a linear or a logarithmic axis. */

import { decimate } from "./decimate.js";
import { label } from "./earlier.js";
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

/** Earlier runs, the newest first: told apart by their dashes, in the legend too. */
const DASHES = ["8 5", "2 4", "8 4 2 4", "14 5"];
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{ name: string, kind: "loss" | "test" | "earlier", dash: string, x: readonly number[], y: readonly (number | null)[] }} Line */

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

  /**
   * @param {HTMLElement} element
   * @param {HTMLInputElement} log whether the axis is logarithmic
   * @param {HTMLElement} legend shown when there is more than one line
   */
  constructor(element, log, legend) {
    this.#legend = legend;
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
    const lines = linesOf(state);
    const { x, y } = /** @type {Line} */ (lines.at(-1));
    this.#grow(
      state,
      lines.map((line) => extent(line.y)),
    );
    const [step, loss] = [t("step"), t("loss")];
    this.#plot.draw(
      ({ size, stroke, model, test, soft }) => [
        ...lines.map((line) => ({
          type: "scatter",
          mode: "lines",
          x: line.x,
          y: line.y,
          opacity: line.kind === "earlier" ? 0.75 : 1,
          line: {
            color: { loss: model, test, earlier: soft }[line.kind],
            width: (line.kind === "loss" ? 0.16 : 0.11) * size * stroke,
            dash: line.dash.replaceAll(/\d+/g, "$&px").replaceAll(" ", ",") || "solid",
            simplify: false,
          },
          hovertemplate: `${lines.length > 1 ? `${escaped(line.name)}<br>` : ""}${step} %{x}<br>${loss} %{y:.5g}<extra></extra>`,
        })),
        {
          type: "scatter",
          mode: "markers",
          x: x.slice(-1),
          y: y.slice(-1),
          marker: { color: model, size: 0.6 * size * stroke },
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
    this.#explain(lines);
  }

  /** @param {Line[]} lines */
  #explain(lines) {
    const names = lines.map(({ name, kind }) => kind + name).join("\n");
    if (this.#legend.dataset.names === names) return;
    this.#legend.dataset.names = names;
    this.#legend.hidden = lines.length < 2;
    this.#legend.replaceChildren(...lines.toReversed().map(legendItem));
  }

  /**
   * @param {State} state
   * @param {(Range | null)[]} extents the smallest and the greatest of each line, the present run's last
   */
  #grow(state, extents) {
    const lengths = [state.losses.length, ...state.earlier.map(({ losses }) => losses.length)];
    const longest = Math.max(...lengths);
    this.#steps = doubled(this.#steps, longest, Math.max(state.run?.config.max_steps ?? 0, longest));
    for (const losses of extents.toReversed()) {
      if (losses === null) continue;
      const [lowest, highest] = losses;
      // The first loss sets the scale; only a higher one changes it. An earlier run may leave the picture.
      if (this.#top === 0) this.#top = (1 + ABOVE) * highest;
      else if (losses === extents.at(-1)) this.#top = doubled(this.#top, highest);
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

/**
 * @param {State} state
 * @returns {Line[]} in the order they are drawn: earlier runs, the test loss, the present run's losses
 */
function linesOf({ earlier, testLosses, losses, run }) {
  const before = earlier.map(
    ({ config, losses: theirs }, i) =>
      /** @type {Line} */ ({
        name: run ? label(config, run.config) : "",
        kind: "earlier",
        dash: DASHES[i],
        ...decimate(theirs.values, 250),
      }),
  );
  /** @type {Line[]} */
  const lines = before.reverse();
  if (testLosses.x.length > 0) lines.push({ name: t("test loss"), kind: "test", dash: "5 3", ...testLosses });
  lines.push({ name: t("loss"), kind: "loss", dash: "", ...decimate(losses.values) });
  return lines;
}

/** @param {Line} line */
function legendItem({ name, kind, dash }) {
  const item = document.createElement("li");
  item.className = `key-${kind}`;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 32 6");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M0 3h32");
  path.setAttribute("stroke-dasharray", dash);
  picture.append(path);
  item.append(picture, name);
  return item;
}

/** Plotly reads a little HTML in its labels; a formula is none. @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
