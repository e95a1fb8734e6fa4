// @ts-check
/** The losses of all runs of a comparison in one chart, with a legend and a table. */

import { lastStep } from "../charts/axes.js";
import { lossTable } from "../charts/chart-words.js";
import { decimate } from "../charts/decimate.js";
import { LossLegend } from "../charts/legend.js";
import { LossChart } from "../charts/loss-chart.js";
import { labelText } from "../charts/plot.js";
import { markOf } from "./marks.js";

/** @typedef {import("./comparison-state.js").Comparison} Comparison */
/** @typedef {import("../charts/loss-lines.js").Line} Line */

/**
 * @param {Comparison} comparison
 * @param {string[]} names
 * @returns {Line[]} one of each run, in their order
 */
export function memberLines({ runs }, names) {
  return runs.map(({ run, losses }, i) => {
    const { dash, symbol } = markOf(i);
    const name = names[i] ?? "";
    return {
      name,
      key: `key-line run-${i + 1}`,
      dash,
      colour: (look) => look.runs[i] ?? look.ink,
      width: 0.16,
      end: symbol,
      holds: run?.status === "diverged" ? "none" : "late",
      hover: `${labelText(name)}: %{y:.5g}`,
      ...decimate(losses.values),
    };
  });
}

export class MemberLosses {
  #chart;
  #legend;
  #table;
  /** @type {Comparison | null} */
  #drawn = null;

  /**
   * @param {import("../charts/chart-area.js").ChartArea} place
   * @param {{ legend: HTMLElement, table: HTMLElement }} places
   * @param {(at?: number) => void} ask asks for a frame
   */
  constructor(place, { legend, table }, ask) {
    this.#chart = new LossChart(place, ask);
    this.#legend = new LossLegend(legend);
    this.#table = table;
  }

  /**
   * @param {Comparison} comparison
   * @param {string[]} names
   * @param {number} now in ms
   */
  draw(comparison, names, now) {
    const { id, runs, together } = comparison;
    if (runs.length === 0) return;
    const before = this.#drawn;
    const { generation, view } = together;
    const same =
      id === before?.id && generation === before.together.generation && view === before.together.view;
    if (same && together.run?.status === "playing" && !this.#chart.due(now)) return;
    this.#drawn = comparison;
    const lines = memberLines(comparison, names);
    const longest = Math.max(...runs.map(({ losses }) => losses.length));
    this.#legend.draw(lines);
    this.#chart.draw({ lines, steps: lastStep(longest, together.run?.config.max_steps ?? 0), log: view.log });
  }

  /** The losses as a table; while nothing moves. @param {Comparison} comparison @param {string[]} names */
  tell({ runs }, names) {
    if (runs.length > 0)
      this.#table.replaceChildren(
        lossTable(
          names,
          runs.map(({ losses }) => losses),
        ),
      );
  }
}
