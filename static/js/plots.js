// @ts-check
/** The two charts. The only module that knows Plotly; the page hands it states, in animation frames. */

import { decimate } from "./decimate.js";
import { t } from "./i18n.js";
import { around, doubled, extent, grown } from "./ranges.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./ranges.js").Range} Range */

/** Between two drawings of the losses while they grow, in ms: about ten frames. The eye follows the curve. */
const LOSSES_EVERY = 160;
/** The curve may leave the data by this many of their spans before it leaves the picture. */
const MOST_ROOM = 10;
/** The loss axis begins with room for this many steps. */
const FIRST_STEPS = 50;

/** How far the loss axis reaches below 0, so that a line near 0 is seen, as a share of its height. */
const BELOW_ZERO = 0.04;

const CLEAR = "rgba(0, 0, 0, 0)";
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

/** @returns {Promise<void>} once Plotly's script has run; rejected if it cannot be had */
export function plotlyLoaded() {
  if ("Plotly" in globalThis) return Promise.resolve();
  const script = /** @type {HTMLScriptElement} */ (document.getElementById("plotly"));
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("Plotly did not load")));
  });
}

/** Colours and sizes of the page, for Plotly, which does not read style sheets. */
function theme() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    size: Number.parseFloat(style.fontSize),
    family: token("--sans"),
    ink: token("--ink"),
    soft: token("--ink-soft"),
    line: token("--line"),
    paper: token("--paper"),
    data: token("--data"),
    model: token("--model"),
  };
}

/**
 * @param {Range} range
 * @returns {string} a d3 format; empty for Plotly's own, which is too wide for large numbers
 */
function tickformat([low, high]) {
  return Math.max(-low, high) >= 1e4 ? "~e" : "";
}

/**
 * @param {ReturnType<typeof theme>} look
 * @param {{ title: string, range: Range }} x
 * @param {{ title: string, range: Range }} y
 */
function layout(look, x, y) {
  const axis = {
    fixedrange: true,
    gridcolor: look.line,
    zerolinecolor: look.line,
    zerolinewidth: 2,
    linecolor: look.soft,
    ticks: "outside",
    tickcolor: look.line,
    exponentformat: "e", // "power" sets its exponents by an inline style, which the policy forbids
    tickfont: { color: look.soft },
  };
  const { size } = look;
  const title = { standoff: 0.3 * size, font: { size: 0.95 * size } };
  return {
    margin: { l: 4.4 * size, r: 1.8 * size, t: 0.7 * size, b: 2.9 * size },
    font: { family: look.family, size: 0.9 * size, color: look.ink },
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    showlegend: false,
    dragmode: false,
    hovermode: "closest",
    hoverlabel: {
      bgcolor: look.ink,
      bordercolor: look.ink,
      font: { family: look.family, color: look.paper },
    },
    xaxis: {
      ...axis,
      title: { ...title, text: x.title },
      range: [...x.range],
      tickformat: tickformat(x.range),
    },
    yaxis: {
      ...axis,
      title: { ...title, text: y.title },
      range: [...y.range],
      tickformat: tickformat(y.range),
    },
  };
}

/**
 * Draws again whenever the chart's place changes size.
 *
 * @param {HTMLElement} element
 * @param {() => void} redraw
 */
function onResize(element, redraw) {
  let known = `${element.clientWidth}x${element.clientHeight}`;
  new ResizeObserver(() => {
    const size = `${element.clientWidth}x${element.clientHeight}`;
    if (size !== known) redraw();
    known = size;
  }).observe(element);
}

/** The points, and the model's curve through them. */
export class FitChart {
  #element;
  #busy = false;
  /** @type {State | null} */
  #shown = null;
  /** @type {Range} */
  #x = [-1, 1];
  /** @type {Range} */
  #y = [0, 1];

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    onResize(element, () => this.#redraw());
  }

  /**
   * @param {State} state
   * @returns {boolean} false if the picture before is still being drawn
   */
  draw(state) {
    if (this.#busy) return false;
    if (state.started === null) return true;
    const anew = state.generation !== this.#shown?.generation;
    const moved = state.snapshot !== this.#shown?.snapshot;
    this.#shown = state;
    if (anew) this.#frame(state.started);
    const wider = this.#holding(state.started.y, state.snapshot?.gridPrediction ?? []);
    if (anew || wider !== this.#y) {
      this.#y = wider;
      this.#redraw();
    } else if (moved && state.snapshot) {
      this.#move(state.snapshot.gridPrediction);
    }
    return true;
  }

  /** @param {{ x: number[], y: number[] }} data */
  #frame({ x, y }) {
    this.#x = around(x, 0.04);
    this.#y = around(y);
  }

  /**
   * @param {number[]} data
   * @param {ArrayLike<number>} curve
   */
  #holding(data, curve) {
    const core = around(data, 0);
    return grown(this.#y, core, extent(curve), MOST_ROOM * (core[1] - core[0]));
  }

  /** @param {Float32Array} curve */
  #move(curve) {
    this.#busy = true;
    const done = () => {
      this.#busy = false;
    };
    // Rejected when a later drawing takes over, which is just as well.
    Plotly.animate(this.#element, { data: [{ y: curve }], traces: [1] }, AT_ONCE).then(done, done);
  }

  #redraw() {
    const state = this.#shown;
    if (!state?.started) return;
    const look = theme();
    const { x, y, grid } = state.started;
    const points = {
      type: "scatter",
      mode: "markers",
      x,
      y,
      marker: {
        color: look.data,
        size: 0.55 * look.size,
        opacity: 0.8,
        line: { color: look.paper, width: 1 },
      },
      hovertemplate: "x %{x:.3f}<br>y %{y:.3f}<extra></extra>",
    };
    const curve = {
      type: "scatter",
      mode: "lines",
      x: grid,
      y: state.snapshot?.gridPrediction ?? grid.map(() => null),
      line: { color: look.model, width: 0.27 * look.size, simplify: false },
      hovertemplate: "x %{x:.3f}<br>net(x) %{y:.3f}<extra></extra>",
    };
    const axes = layout(look, { title: "x", range: this.#x }, { title: "y", range: this.#y });
    Plotly.react(this.#element, [points, curve], axes, CONFIG);
  }
}

/** The loss of every step, on a linear or a logarithmic axis. */
export class LossChart {
  #element;
  #log;
  /** @type {State | null} */
  #shown = null;
  #next = 0;
  #steps = FIRST_STEPS;
  #top = 0;
  /** In decades.
   * @type {Range | null} */
  #decades = null;

  /**
   * @param {HTMLElement} element
   * @param {HTMLInputElement} log whether the axis is logarithmic
   */
  constructor(element, log) {
    this.#element = element;
    this.#log = log;
    log.addEventListener("change", () => this.#redraw());
    onResize(element, () => this.#redraw());
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
    this.#next = now + LOSSES_EVERY;
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
    const look = theme();
    const hovertemplate = `${t("step")} %{x}<br>${t("loss")} %{y:.5g}<extra></extra>`;
    const line = {
      type: "scatter",
      mode: "lines",
      x,
      y,
      line: { color: look.model, width: 0.16 * look.size, simplify: false },
      hovertemplate,
    };
    const newest = {
      type: "scatter",
      mode: "markers",
      x: x.slice(-1),
      y: y.slice(-1),
      marker: { color: look.model, size: 0.6 * look.size },
      cliponaxis: false,
      hovertemplate,
    };
    const axes = layout(
      look,
      { title: t("step"), range: [0, this.#steps] },
      { title: t("loss"), range: [-BELOW_ZERO * this.#top, this.#top || 1] },
    );
    if (this.#log.checked) {
      Object.assign(axes.yaxis, {
        type: "log",
        range: [...(this.#decades ?? [-3, 0])],
        dtick: 1,
        tickformat: "~g",
      });
    }
    Plotly.react(this.#element, [line, newest], { ...axes, hovermode: "x" }, CONFIG);
  }

  /**
   * @param {State} state
   * @param {Range | null} losses the smallest and the greatest
   */
  #grow(state, losses) {
    const last = state.run?.config.max_steps ?? FIRST_STEPS;
    this.#steps = doubled(this.#steps, state.losses.length, Math.max(last, state.losses.length));
    if (losses === null) return;
    const [lowest, highest] = losses;
    // The first loss sets the scale, with some room above; only a higher one changes it.
    if (this.#top === 0) this.#top = 1.15 * highest;
    else if (highest > this.#top) this.#top = doubled(this.#top, highest);
    if (lowest > 0) {
      const [low, high] = this.#decades ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      this.#decades = [
        Math.min(low, Math.floor(Math.log10(lowest))),
        Math.max(high, Math.ceil(Math.log10(highest))),
      ];
    }
  }
}
