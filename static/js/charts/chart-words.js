// @ts-check
/** What the charts show, in words and numbers for those who do not see them. */

import { t } from "../page/i18n.js";
import { showTable } from "../page/table.js";
import { lossText } from "../run/words.js";

/** @typedef {import("../run/state.js").State} State */

/** Significant digits of a coordinate. */
const DIGITS = 4;

export class ChartWords {
  #places;

  /** @param {(id: string) => HTMLElement} find */
  constructor(find) {
    this.#places = {
      fit: find("fit-words"),
      fitTable: find("fit-table"),
      loss: find("loss-words"),
      lossTable: find("loss-table"),
    };
  }

  /** @param {State} state while nothing moves: a table that changes cannot be read */
  draw({ started, run, snapshot, past, losses }) {
    if (!started || !run) return;
    const { x, y } = started;
    const { step = run.step, prediction } = past?.snapshot ?? snapshot ?? {};
    const values = { count: x.length, step };
    this.#places.fit.textContent = t("{count} points, and the model's curve after {step} steps.", values);
    const newest = { step: run.step, loss: lossText(snapshot?.loss ?? null) };
    this.#places.loss.textContent = t("{step} losses; the newest is {loss}.", newest);
    showTable(this.#places.fitTable, {
      caption: t("Fitted curve"),
      headings: ["x", "y", "net(x)"],
      rows: (i) => [x[i], y[i], prediction?.[i]].map((value) => value?.toPrecision(DIGITS) ?? "–"),
      count: x.length,
    });
    showTable(this.#places.lossTable, {
      caption: t("Loss at each step"),
      headings: [t("step"), t("loss")],
      rows: (i) => [i + 1, lossText(losses.values[i] ?? null)],
      count: losses.length,
    });
  }
}
