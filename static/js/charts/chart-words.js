// @ts-check
/** What the charts show, in words and numbers for those who do not see them. */

import { t, tn } from "../page/i18n.js";
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
    this.#places.fit.textContent = tn(
      "{points} points, and the model's curve after {count} step.",
      "{points} points, and the model's curve after {count} steps.",
      step,
      { points: x.length },
    );
    const loss = lossText(snapshot?.loss ?? null);
    this.#places.loss.textContent = tn(
      "{count} loss; the newest is {loss}.",
      "{count} losses; the newest is {loss}.",
      run.step,
      { loss },
    );
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
