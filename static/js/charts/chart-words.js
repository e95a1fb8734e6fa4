// @ts-check
/** What the charts show, in words and numbers for those who do not see them. */

import { byId } from "../page/dom.js";
import { t, tn } from "../page/i18n.js";
import { figure, lossText, NONE } from "../page/numbers.js";
import { table } from "../page/table.js";

/** @typedef {import("../run/state.js").State} State */

export class ChartWords {
  #places = {
    fit: byId("fit-words"),
    fitTable: byId("fit-table"),
    loss: byId("loss-words"),
    lossTable: byId("loss-table"),
  };

  /** @param {State} state while nothing moves: a table that changes cannot be read */
  draw({ started, run, snapshot, past, losses }) {
    if (!started || !run) return;
    const { x } = started;
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
    this.#places.fitTable.replaceChildren(curveTable(t("Fitted curve"), started, prediction));
    this.#places.lossTable.replaceChildren(lossTable([t("loss")], [losses]));
  }
}

/**
 * The points, and the prediction for each.
 *
 * @param {string} caption
 * @param {{ x: number[], y: number[] }} points
 * @param {ArrayLike<number>} [prediction]
 */
export function curveTable(caption, { x, y }, prediction) {
  /** @param {number | undefined} value */
  const text = (value) => (value === undefined ? NONE : figure(value));
  return table({
    caption,
    headings: ["x", "y", "net(x)"],
    row: (i) => [x[i], y[i], prediction?.[i]].map(text),
    count: x.length,
  });
}

/**
 * The losses of one run or of several.
 *
 * @param {string[]} names of the runs
 * @param {import("../run/losses.js").Losses[]} losses of each
 */
export function lossTable(names, losses) {
  return table({
    caption: t("Loss at each step"),
    headings: [t("step"), ...names],
    row: (i) => [i + 1, ...losses.map(({ values }) => lossText(values[i] ?? null))],
    count: Math.max(...losses.map(({ length }) => length)),
  });
}
