// @ts-check
/** A chart on the screen. The only module that names Plotly. */

import { byId } from "../page/dom.js";

/** @typedef {import("./ranges.js").Range} Range */
/** @typedef {import("./theme.js").Look} Look */
/** @typedef {import("./chart-area.js").ChartArea} Place */
/** @typedef {{ title: string, range: Range, type?: string, dtick?: number }} Axis */

/**
 * What a chart shows.
 *
 * @typedef {object} Picture
 * @property {Trace[]} traces Plotly's
 * @property {Axis} x
 * @property {Axis} y
 * @property {"closest" | "x"} [hovermode]
 *
 * @typedef {{ x: ArrayLike<number | null>, y: ArrayLike<number | null>, [style: string]: unknown }} Trace
 */

const CLEAR = "rgba(0, 0, 0, 0)";
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

/** A text for a label, escaped: Plotly reads some HTML in labels. @param {string} text */
export function labelText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("%{", "% {");
}

/** A dash of SVG's in Plotly's form. @param {string} dash */
export function plotlyDash(dash) {
  return dash.replaceAll(/\d+/g, "$&px").replaceAll(" ", ",") || "solid";
}

/**
 * Waits for Plotly's script, which the page's HTML asks for: it may have loaded or failed before this module runs.
 *
 * @returns {Promise<void>} once there is Plotly; rejected if its script cannot be had
 */
export function plotlyLoaded() {
  const script = byId("plotly", HTMLScriptElement);
  return new Promise((resolve, reject) => {
    const settle = () =>
      "Plotly" in globalThis ? resolve() : reject(new Error(`${script.src} did not bring Plotly`));
    // The page has loaded only when each of its scripts has run or failed.
    if ("Plotly" in globalThis || document.readyState === "complete") return settle();
    for (const event of ["load", "error"]) script.addEventListener(event, settle, { once: true });
    addEventListener("load", settle, { once: true });
  });
}

/** Asks for Plotly's script once more. @returns {Promise<void>} as `plotlyLoaded` */
export function loadPlotly() {
  const before = byId("plotly", HTMLScriptElement);
  const script = document.createElement("script");
  script.id = before.id;
  script.src = before.src;
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => plotlyLoaded().then(resolve, reject), { once: true });
    script.addEventListener("error", () => reject(new Error(`${script.src} did not load`)), { once: true });
    before.replaceWith(script);
  });
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
 * @param {Place} place
 * @param {Picture} picture
 */
function layoutOf({ theme, margin, width, height }, { x, y, hovermode = "closest" }) {
  const { look } = theme;
  const { size, label, family, ink, paper } = look;
  return {
    margin,
    width,
    height,
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
  #place;
  /** What is on the screen. @type {Trace[]} */
  #traces = [];
  /** How it looks, apart from the values: while this stays, they only move. */
  #frame = "";
  #moving = false;
  /** What came while values were moving. @type {Picture | null} */
  #next = null;
  #closed = false;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
  }

  get look() {
    return this.#place.theme.look;
  }

  /** Draws what has changed since the last picture, if anything. @param {Picture} picture */
  show(picture) {
    const { element, width } = this.#place;
    if (this.#closed || width === 0) return; // A chart that is not shown is drawn when it gets a size again.
    if (this.#moving) {
      this.#next = picture; // Plotly would end the move with the axes of before.
      return;
    }
    const layout = layoutOf(this.#place, picture);
    const { traces } = picture;
    const frame = JSON.stringify([layout, traces.map(({ x: _, y: __, ...style }) => style)]);
    const moved = traces.flatMap((trace, i) => (sameValues(trace, this.#traces[i]) ? [] : [i]));
    this.#traces = traces;
    if (frame !== this.#frame) {
      this.#frame = frame;
      Plotly.react(element, traces, layout, CONFIG);
    } else if (moved.length > 0) this.#move(moved);
  }

  /** Gives some traces their new values, three times as fast as drawing all anew. @param {number[]} moved */
  #move(moved) {
    const data = moved.map((i) => {
      const { x, y } = /** @type {Trace} */ (this.#traces[i]);
      return { x, y };
    });
    this.#moving = true;
    const done = () => {
      this.#moving = false;
      const next = this.#next;
      this.#next = null;
      if (next) this.show(next);
    };
    // Rejected when a later drawing takes over, which is just as well.
    Plotly.animate(this.#place.element, { data, traces: moved }, AT_ONCE).then(done, done);
  }

  /** Takes the chart off its place, with all that Plotly keeps of it. */
  close() {
    this.#closed = true;
    this.#place.close();
    Plotly.purge(this.#place.element);
  }
}

/**
 * @param {Trace} a
 * @param {Trace | undefined} b
 */
function sameValues(a, b) {
  return b !== undefined && same(a.x, b.x) && same(a.y, b.y);
}

/**
 * @param {ArrayLike<number | null>} a
 * @param {ArrayLike<number | null>} b
 */
function same(a, b) {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  // From the end: that is where a line that grows differs.
  for (let i = a.length - 1; i >= 0; i -= 1) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/**
 * Draws a whole figure in a place, or draws it anew.
 *
 * @param {HTMLElement} place
 * @param {{ data: object[], layout: object }} figure as Plotly takes it
 */
export function drawFigure(place, { data, layout }) {
  Plotly.react(place, data, layout, CONFIG);
}

/** Takes a figure off its place. @param {HTMLElement} place */
export function eraseFigure(place) {
  if ("Plotly" in globalThis) Plotly.purge(place);
}
