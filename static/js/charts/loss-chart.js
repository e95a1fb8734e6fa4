// @ts-check
/** The losses of one run or of several, step by step, on a linear or a logarithmic axis. */

import { lossAxes } from "./axes.js";
import { markerAt, markerTrace, valuesOf } from "./marker.js";
import { Plot, plotlyDash } from "./plot.js";

/** @typedef {import("./loss-lines.js").Line} Line */
/** @typedef {import("./theme.js").Look} Look */

/** Between two drawings while the losses grow, in ms: about ten frames. The eye follows the other chart. */
const PAUSE = 160;
/** The size of the point at the end of a line, in units of the text's size. */
const END = 0.65;

export class LossChart {
  #plot;
  #title;
  #ask;
  #next = 0;

  /**
   * @param {import("./chart-area.js").ChartArea} place
   * @param {(at?: number) => void} ask asks for a frame, not before a time in ms
   * @param {string} [title] of the axis
   */
  constructor(place, ask, title = "") {
    this.#plot = new Plot(place);
    this.#title = title;
    this.#ask = ask;
  }

  /**
   * @param {{ lines: Line[], steps: number, log: boolean,
   *   marked?: { step: number, loss: number | undefined } | null }} content steps: where their axis ends; log: whether
   *   the axis of losses is logarithmic; marked: the step that the reader looks back at
   */
  draw({ lines, steps, log, marked = null }) {
    const { look } = this.#plot;
    const { losses, decades } = lossAxes(lines);
    const title = this.#title;
    const marker = markerAt(marked?.step, marked?.loss, log ? valuesOf(decades) : losses);
    this.#plot.show({
      traces: [
        ...lines.map((line) => trace(line, look)),
        endsOf(lines, look),
        { ...markerTrace(look), ...marker },
      ],
      x: { title: "", range: [0, steps] },
      y: log ? { title, type: "log", range: decades, dtick: 1 } : { title, range: losses },
      hovermode: "x",
    });
  }

  /**
   * Whether it is time to draw losses that grow; where it is not, a frame is asked for when it will be.
   *
   * @param {number} now in ms
   */
  due(now) {
    if (now < this.#next) {
      this.#ask(this.#next);
      return false;
    }
    this.#next = now + PAUSE;
    return true;
  }
}

/**
 * @param {Line} line
 * @param {Look} look
 */
function trace({ dash, colour, width, opacity = 1, hover, x, y }, look) {
  return {
    type: "scatter",
    mode: "lines",
    x,
    y,
    opacity,
    line: {
      color: colour(look),
      width: width * look.size * look.stroke,
      dash: plotlyDash(dash),
      simplify: false,
    },
    hovertemplate: `${hover}<extra></extra>`,
  };
}

/**
 * The newest points of the lines that have a mark there.
 *
 * @param {Line[]} lines
 * @param {Look} look
 */
function endsOf(lines, look) {
  const ended = lines.filter(({ end }) => end !== null);
  return {
    type: "scatter",
    mode: "markers",
    x: ended.map(({ x }) => x.at(-1) ?? 0),
    y: ended.map(({ y }) => y.at(-1) ?? null),
    marker: {
      color: ended.map(({ colour }) => colour(look)),
      symbol: ended.map(({ end }) => end),
      size: END * look.size * look.stroke,
      line: { color: look.paper, width: 1 },
    },
    // What the axis holds is shown in full, also at its end.
    cliponaxis: ended.some(({ holds }) => holds !== "all"),
    hoverinfo: "skip",
  };
}
