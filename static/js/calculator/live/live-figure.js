// @ts-check
/** A figure of matplotlib's as data for Plotly. Every text in it is a stranger's and drawn as text. Pure. */

import { labelText } from "../../charts/plot.js";

/** @typedef {import("../../../types/protocol").Axes} Axes */
/** @typedef {import("../../../types/protocol").Axis} Axis */
/** @typedef {import("../../../types/protocol").Picture} Picture */
/** @typedef {import("../../../types/protocol").Plot} PlotData */
/** @typedef {import("../../../types/protocol").Trace} Trace */
/** @typedef {import("../../charts/theme.js").Look} Look */

/** A figure is drawn on white paper, as matplotlib does, whatever the page's theme: its colours were chosen for it. */
const PAPER = "#ffffff";
const INK = "#222222";
/** Letters of axes and titles are never smaller than this, in px. */
const SMALLEST = 10;

/** @param {number} place @returns {string} of Plotly's names: "", "2", "3", ... */
const suffix = (place) => (place === 0 ? "" : String(place + 1));

/** @param {Trace} trace @param {number} scale of what matplotlib gives in points */
function traceOf(trace, scale) {
  const one = trace.marker_color.length === 1 ? trace.marker_color[0] : trace.marker_color;
  const sizes = trace.marker_size.map((size) => scale * size);
  return {
    type: "scatter",
    x: trace.x,
    y: trace.y,
    mode: trace.mode,
    xaxis: trace.xaxis,
    yaxis: trace.yaxis,
    name: labelText(trace.name),
    showlegend: trace.showlegend,
    hoverinfo: "x+y",
    connectgaps: false,
    line: {
      color: trace.line_color ?? undefined,
      width: scale * trace.line_width,
      dash: trace.line_dash,
      shape: trace.line_shape,
    },
    marker: {
      color: one,
      size: sizes.length === 1 ? sizes[0] : sizes,
      symbol: trace.marker_symbol,
    },
    ...(trace.fillcolor ? { fill: "toself", fillcolor: trace.fillcolor } : {}),
    ...(trace.mode === "text"
      ? {
          text: trace.text.map(labelText),
          textposition: trace.textposition,
          textfont: { size: scale * trace.text_size, color: trace.text_color ?? INK },
          cliponaxis: false,
        }
      : {}),
  };
}

/** @param {Axis} axis @param {string} anchor */
function axisOf({ title, domain, range, log, visible, grid, ticks }, anchor) {
  return {
    title: { text: labelText(title), standoff: 6 },
    domain,
    range: log ? range.map((end) => Math.log10(end)) : range,
    type: log ? "log" : "linear",
    visible,
    showgrid: grid,
    anchor,
    zeroline: false,
    showline: true,
    mirror: true,
    linecolor: INK,
    tickcolor: INK,
    ticks: "outside",
    exponentformat: "e",
    fixedrange: true,
    ...(ticks ? { tickvals: ticks.values, ticktext: ticks.labels.map(labelText) } : {}),
  };
}

/** @param {Picture} picture */
function imageOf({ x, y, png, axes }) {
  return {
    source: `data:image/png;base64,${png}`,
    xref: `x${suffix(axes)}`,
    yref: `y${suffix(axes)}`,
    x: x[0],
    y: y[1],
    sizex: Math.abs(x[1] - x[0]),
    sizey: Math.abs(y[1] - y[0]),
    xanchor: "left",
    yanchor: "top",
    sizing: "stretch",
    layer: "below",
  };
}

/**
 * @param {PlotData} plot
 * @param {{ width: number, height: number, title: string, scale: number }} size in px; scale: beside matplotlib's own
 * @param {Look} look
 */
export function pictureOf(plot, { width, height, title, scale }, look) {
  const letters = Math.max(SMALLEST, 12 * scale);
  /** @type {Record<string, unknown>} */
  const axes = {};
  const titles = plot.axes.map((one, place) => {
    axes[`xaxis${suffix(place)}`] = axisOf(one.x, `y${suffix(place)}`);
    axes[`yaxis${suffix(place)}`] = {
      ...axisOf(one.y, `x${suffix(place)}`),
      ...(one.equal ? { scaleanchor: `x${suffix(place)}` } : {}),
    };
    return titleOf(one, (14 / 12) * letters);
  });
  const font = { family: look.family, size: letters, color: INK };
  return {
    data: plot.traces.map((trace) => traceOf(trace, scale)),
    layout: {
      ...axes,
      width,
      height,
      font,
      // The axes' places are parts of the whole figure.
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: PAPER,
      plot_bgcolor: PAPER,
      showlegend: plot.axes.some(({ legend }) => legend),
      legend: { x: 0.88, xanchor: "right", y: 0.86, bgcolor: "rgba(255,255,255,0.8)" },
      dragmode: false,
      hovermode: "closest",
      images: plot.images.map(imageOf),
      annotations: [...titles, ...(title ? [textAbove(title, 0.5, 1, (16 / 12) * letters, "top")] : [])],
    },
  };
}

/** @param {Axes} axes @param {number} size */
function titleOf({ title, x, y }, size) {
  return textAbove(title, (x.domain[0] + x.domain[1]) / 2, y.domain[1], size, "bottom");
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {"top" | "bottom"} yanchor
 */
function textAbove(text, x, y, size, yanchor) {
  return {
    text: labelText(text),
    xref: "paper",
    yref: "paper",
    x,
    y,
    xanchor: "center",
    yanchor,
    showarrow: false,
    font: { size },
  };
}
