// @ts-check
/** The numbers of a loop's rounds as a chart of Plotly's. Pure. */

import { decimate } from "../../charts/decimate.js";
import { labelText } from "../../charts/plot.js";
import { t } from "../../page/i18n.js";
import { columnsOf, roundAt } from "./live-state.js";

/** @typedef {import("../../charts/theme.js").Look} Look */
/** @typedef {import("./live-state.js").Loop} Loop */

/**
 * @param {Loop} loop
 * @param {number | null} mark the round that the reader looks at
 * @param {{ width: number, height: number }} size in px
 * @param {Look} look
 */
export function loopChart(loop, mark, { width, height }, look) {
  const columns = columnsOf(loop);
  const data = columns.map(({ name, values }, k) => {
    const { x, y } = decimate(
      Float32Array.from(values, (value) => value ?? Number.NaN),
      500,
    );
    return {
      type: "scatter",
      mode: x.length < 3 ? "lines+markers" : "lines",
      name: labelText(name),
      x: x.map((place) => roundAt(loop, place - 1)),
      y,
      line: { color: look.runs[k % look.runs.length], width: 2 * look.stroke },
    };
  });
  const axis = {
    gridcolor: look.line,
    zerolinecolor: look.line,
    linecolor: look.soft,
    fixedrange: true,
    exponentformat: "e",
  };
  const marked =
    mark === null
      ? []
      : [
          {
            type: "line",
            xref: "x",
            yref: "paper",
            x0: mark,
            x1: mark,
            y0: 0,
            y1: 1,
            line: { color: look.ink, width: 1.5, dash: "dot" },
          },
        ];
  return {
    data,
    layout: {
      width: width || undefined,
      height: height || undefined,
      margin: { l: 4 * look.size, r: look.size, t: 0.5 * look.size, b: 2.8 * look.size },
      font: { family: look.family, size: look.label * look.size, color: look.ink },
      paper_bgcolor: "rgba(0, 0, 0, 0)",
      plot_bgcolor: "rgba(0, 0, 0, 0)",
      showlegend: columns.length > 0,
      legend: { orientation: "h", y: 1, yanchor: "bottom", x: 0 },
      dragmode: false,
      hovermode: "x",
      shapes: marked,
      xaxis: { ...axis, exponentformat: "none", title: { text: t("round"), standoff: 4 } },
      yaxis: axis,
    },
  };
}
