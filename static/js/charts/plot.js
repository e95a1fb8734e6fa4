// @ts-check
/** A plot in a place of the page. The only module that names Plotly. */

import { CHANGED } from "../page/appearance.js";

/** @typedef {import("./ranges.js").Range} Range */
/** @typedef {{ title: string, range: Range, type?: string, dtick?: number }} Axis */
/** @typedef {ReturnType<typeof theme>} Look */

const CLEAR = "rgba(0, 0, 0, 0)";
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

/** Between the plot's edge and its axes, in units of the text's size. */
const MARGIN = { l: 4.7, r: 1.8, t: 0.7, b: 2.9 };
/** The same for a small plot, whose axes have no titles. */
export const NARROW = { l: 3, r: 0.7, t: 0.5, b: 1.6 };

/** A text as a label's: Plotly reads a little HTML there, and what somebody typed is none. @param {string} text */
export function labelText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("%{", "% {");
}

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
    test: token("--test"),
    /** Of runs beside each other. */
    runs: Array.from({ length: 8 }, (_, i) => token(`--run-${i + 1}`)),
    /** How thick lines are drawn, as a multiple of what they are for one reader. */
    stroke: Number(token("--stroke")),
    /** How large their text is, as a multiple of the page's. */
    label: Number(token("--label")),
  };
}

/**
 * @param {Axis} axis
 * @returns {string} a d3 format; empty for Plotly's own, which is too wide for large numbers
 */
function tickformat({ type, range: [low, high] }) {
  if (type === "log") return "~g";
  return Math.max(-low, high) >= 1e4 ? ".3~g" : "";
}

/**
 * @param {Look} look
 * @param {Axis} axis
 */
function axisLayout(look, axis) {
  const { title, range, ...rest } = axis;
  return {
    ...rest,
    title: { text: title, standoff: 0.3 * look.size, font: { size: Math.max(0.95, look.label) * look.size } },
    range: [...range],
    tickformat: tickformat(axis),
    exponentformat: "e", // "power" sets its exponents by an inline style, which the policy forbids
    fixedrange: true,
    gridcolor: look.line,
    zerolinecolor: look.line,
    zerolinewidth: 2,
    linecolor: look.soft,
    ticks: "outside",
    tickcolor: look.line,
    tickfont: { color: look.soft },
  };
}

/**
 * @param {number} size the text's, in px
 * @param {typeof MARGIN} margin
 */
function marginOf(size, { l, r, t, b }) {
  return { l: l * size, r: r * size, t: t * size, b: b * size };
}

/**
 * @param {Look} look
 * @param {Axis} x
 * @param {Axis} y
 * @param {"closest" | "x"} hovermode
 * @param {typeof MARGIN} margin
 */
function layout(look, x, y, hovermode, margin) {
  const { size, label, family, ink, paper } = look;
  return {
    margin: marginOf(size, margin),
    font: { family, size: label * size, color: ink },
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    showlegend: false,
    dragmode: false,
    hovermode,
    hoverlabel: { bgcolor: ink, bordercolor: ink, font: { family, color: paper } },
    xaxis: axisLayout(look, x),
    yaxis: axisLayout(look, y),
  };
}

export class Plot {
  #element;
  #margin;
  #busy = false;
  /** Whether the place has changed size in the middle of a `move`. */
  #late = false;
  #redraw;

  /**
   * @param {HTMLElement} element
   * @param {() => void} redraw called when the place changes size, or the page its looks
   * @param {typeof MARGIN} [margin]
   */
  constructor(element, redraw, margin = MARGIN) {
    this.#element = element;
    this.#margin = margin;
    const measure = () => `${element.clientWidth}x${element.clientHeight}`;
    let known = measure();
    this.#redraw = redraw;
    new ResizeObserver(() => {
      if (measure() === known) return;
      known = measure();
      // Plotly would end the move with the axes of the size before.
      if (this.#busy) this.#late = true;
      else redraw();
    }).observe(element);
    document.addEventListener(CHANGED, redraw);
  }

  /** Whether the last `move` is still being drawn. */
  get busy() {
    return this.#busy;
  }

  /** Where it is between the axes, in px of the plot. */
  get area() {
    const { clientWidth, clientHeight } = this.#element;
    const { l, r, t, b } = marginOf(
      Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
      this.#margin,
    );
    return { left: l, top: t, width: clientWidth - l - r, height: clientHeight - t - b };
  }

  /**
   * Draws everything anew.
   *
   * @param {(look: Look) => object[]} traces
   * @param {Axis} x
   * @param {Axis} y
   * @param {"closest" | "x"} [hovermode]
   */
  draw(traces, x, y, hovermode = "closest") {
    if (this.#hidden) return;
    const look = theme();
    // Plotly would keep the size it had first.
    const { clientWidth: width, clientHeight: height } = this.#element;
    const frame = layout(look, x, y, hovermode, this.#margin);
    Plotly.react(this.#element, traces(look), { ...frame, width, height }, CONFIG);
  }

  /** A picture that is not shown is not drawn; it is drawn anew when it gets a size again. */
  get #hidden() {
    return this.#element.clientWidth === 0;
  }

  /**
   * Gives some traces other values, which is three times as fast; axes stay as they are.
   *
   * @param {number[]} traces
   * @param {{ x?: ArrayLike<number>, y: ArrayLike<number | null> }[]} data of each
   */
  move(traces, data) {
    if (this.#hidden) return;
    this.#busy = true;
    const done = () => {
      this.#busy = false;
      if (this.#late) this.#redraw();
      this.#late = false;
    };
    // Rejected when a later drawing takes over, which is just as well.
    Plotly.animate(this.#element, { data, traces }, AT_ONCE).then(done, done);
  }
}
