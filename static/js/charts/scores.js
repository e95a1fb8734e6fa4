// @ts-check
/** Beside the picture of classes: the mark of each, how many points are right, and which are taken for which. */

import { byId, setHidden } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { svg, write } from "../page/svg.js";
import { table } from "../page/table.js";

/** @typedef {import("../run/state.js").State} State */

/** The marks of Plotly's symbols in a square of 10, in the order of `SYMBOLS`. */
const MARKS = [
  "M5 0a5 5 0 1 1 0 10a5 5 0 1 1 0-10",
  "M1 1h8v8h-8z",
  "M5 0.6 10 9H0z",
  "M5 0 10 5 5 10 0 5z",
  "M3.3 0h3.4v3.3H10v3.4H6.7V10H3.3V6.7H0V3.3h3.3z",
  "M5 0 6.2 3.6H10L6.9 5.9 8.1 9.6 5 7.3 1.9 9.6 3.1 5.9 0 3.6h3.8z",
];

export class Scores {
  #parts = {
    title: byId("fit-title"),
    curve: byId("fit-legend"),
    classes: byId("class-legend"),
    held: byId("fit-test"),
    place: byId("scores"),
    accuracy: byId("accuracy"),
    matrix: byId("confusion"),
    details: byId("confusion-table", HTMLDetailsElement),
  };
  /** @type {string} */
  #shown = "";
  #kind = "";

  /** @param {State} state as the pictures see it */
  draw({ started, run, snapshot }) {
    if (!started || !run) return;
    const { classes = null, features = 1 } = run.config.data;
    this.#caption(classes, features);
    const surface = snapshot?.surface ?? null;
    setHidden(this.#parts.place, classes === null, this.#parts.title);
    if (classes === null || surface === null || surface.confusion === null) return;
    const { accuracy, testAccuracy, confusion } = surface;
    const told = JSON.stringify([accuracy, testAccuracy, confusion]);
    if (told === this.#shown) return;
    this.#shown = told;
    write(this.#parts.accuracy, accuracyText(accuracy, testAccuracy));
    this.#parts.matrix.replaceChildren(confusionTable(confusion));
  }

  /**
   * @param {number | null} classes
   * @param {number} features
   */
  #caption(classes, features) {
    const kind = `${classes} ${features}`;
    if (kind === this.#kind) return;
    this.#kind = kind;
    const { title, curve, held, classes: legend } = this.#parts;
    const plane = features === 2 ? t("Fitted surface") : t("Fitted curve");
    write(title, classes === null ? plane : t("Which class the model sees where"));
    curve.hidden = classes !== null || features === 2;
    legend.hidden = classes === null;
    held.classList.toggle("key-rimmed", classes !== null || features === 2);
    legend.replaceChildren(...Array.from({ length: classes ?? 0 }, (_, kind) => classKey(kind)));
  }
}

/** @param {number} kind */
function classKey(kind) {
  const item = document.createElement("li");
  item.className = "key-class";
  const mark = svg(
    "svg",
    { viewBox: "0 0 10 10", "aria-hidden": "true" },
    svg("path", { d: MARKS[kind] ?? "" }),
  );
  item.append(mark, t("class {kind}", { kind }));
  return item;
}

/**
 * @param {number | null} accuracy
 * @param {number | null} testAccuracy
 */
export function accuracyText(accuracy, testAccuracy) {
  const percent = (/** @type {number | null} */ share) => `${((share ?? Number.NaN) * 100).toFixed(1)} %`;
  const values = { accuracy: percent(accuracy), test: percent(testAccuracy) };
  return testAccuracy === null
    ? t("{accuracy} of the points are right.", values)
    : t("{accuracy} of the points are right, {test} of the test points.", values);
}

/**
 * A row for each class: how many of its points are taken for which.
 *
 * @param {number[][]} confusion
 */
export function confusionTable(confusion) {
  return table({
    caption: t("Points of each class (rows), by the class the model sees (columns)"),
    headings: [t("class"), ...confusion.map((_, kind) => t("class {kind}", { kind }))],
    row: (i) => [t("class {kind}", { kind: i }), ...(confusion[i] ?? [])],
    count: confusion.length,
    named: true,
  });
}
