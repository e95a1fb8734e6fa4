// @ts-check
/** The lines of the loss chart: the present run's losses, its test losses, and those of earlier runs. Pure. */

import { t } from "../page/i18n.js";
import { label } from "../run/earlier.js";
import { decimate } from "./decimate.js";

/** @typedef {import("../run/state.js").State} State */

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {"loss" | "test" | "earlier"} kind
 * @property {string} dash as in SVG's `stroke-dasharray`: with the name, what tells lines apart
 * @property {readonly number[]} x steps
 * @property {readonly (number | null)[]} y losses
 */

/** Of earlier runs, the newest first. */
const DASHES = ["8 5", "2 4", "8 4 2 4", "14 5"];
/** About how many points an earlier run keeps. */
const POINTS = 250;

/** A dash of SVG's in Plotly's form. @param {string} dash */
export function plotlyDash(dash) {
  return dash.replaceAll(/\d+/g, "$&px").replaceAll(" ", ",") || "solid";
}

/**
 * @param {State} state
 * @returns {Line[]} in the order they are drawn, the present run's losses last
 */
export function linesOf({ earlier, testLosses, losses, run }) {
  /** @type {Line[]} */
  const lines = earlier.map((before, i) => ({
    name: run ? label(before.config, run.config) : "",
    kind: "earlier",
    dash: DASHES[i] ?? "",
    ...decimate(before.losses.values, POINTS),
  }));
  lines.reverse();
  if (testLosses.x.length > 0) lines.push({ name: t("test loss"), kind: "test", dash: "5 3", ...testLosses });
  lines.push({ name: t("loss"), kind: "loss", dash: "", ...decimate(losses.values) });
  return lines;
}
