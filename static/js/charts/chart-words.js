// @ts-check
/** What the charts show, in words and numbers for those who do not see them. */

import { byId } from "../page/dom.js";
import { t, tn } from "../page/i18n.js";
import { figure, lossText, NONE } from "../page/numbers.js";
import { table } from "../page/table.js";
import { accuracyText } from "./scores.js";

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
    const shownSurface = (past?.snapshot ?? snapshot)?.surface ?? null;
    const curve = tn(
      "{points} points, and the model's curve after {count} step.",
      "{points} points, and the model's curve after {count} steps.",
      step,
      { points: x.length },
    );
    const plane = tn(
      "{points} points, and the model over the plane after {count} step.",
      "{points} points, and the model over the plane after {count} steps.",
      step,
      { points: x.length },
    );
    const right =
      shownSurface?.confusion == null ? "" : accuracyText(shownSurface.accuracy, shownSurface.testAccuracy);
    this.#places.fit.textContent = started.area ? `${plane} ${right}`.trim() : curve;
    const loss = lossText(snapshot?.loss ?? null);
    this.#places.loss.textContent = tn(
      "{count} loss; the newest is {loss}.",
      "{count} losses; the newest is {loss}.",
      run.step,
      { loss },
    );
    const caption = started.area ? t("The points, and what the model makes of them") : t("Fitted curve");
    this.#places.fitTable.replaceChildren(curveTable(caption, started, prediction));
    this.#places.lossTable.replaceChildren(lossTable([t("loss")], [losses]));
  }
}

/**
 * The points, and the prediction for each.
 *
 * @param {string} caption
 * @param {{ x: number[], x2?: number[], y: number[] }} points
 * @param {ArrayLike<number>} [prediction]
 */
export function curveTable(caption, { x, x2 = [], y }, prediction) {
  /** @param {number | undefined} value */
  const text = (value) => (value === undefined ? NONE : figure(value));
  return table({
    caption,
    headings: x2.length > 0 ? ["x1", "x2", "y", "net(x)"] : ["x", "y", "net(x)"],
    row: (i) => [x[i], ...(x2.length > 0 ? [x2[i]] : []), y[i], prediction?.[i]].map(text),
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
