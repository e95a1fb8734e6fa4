// @ts-check
/** The lines of the training page's loss chart: the run's losses, its test losses, and those of earlier runs. Pure. */

import { t } from "../page/i18n.js";
import { differenceText } from "../run/earlier.js";
import { decimate } from "./decimate.js";
import { labelText } from "./plot.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./theme.js").Look} Look */

/**
 * A line of a loss chart.
 *
 * @typedef {object} Line
 * @property {string} name
 * @property {string} key the class of its entry in the legend
 * @property {string} dash as in SVG's `stroke-dasharray`: with the name, what tells lines apart
 * @property {(look: Look) => string} colour
 * @property {number} width in units of the text's size
 * @property {number} [opacity]
 * @property {string | null} end Plotly's symbol at its newest point; null: none
 * @property {"all" | "late" | "none"} holds which of its losses the linear axis is made to hold: all; those after
 *   the first few steps, within limits; none, so that they may leave the picture
 * @property {string} hover what is said of a point of it
 * @property {readonly number[]} x steps
 * @property {readonly (number | null)[]} y losses
 */

/** Of earlier runs, the newest first. */
const DASHES = ["8 5", "2 4", "8 4 2 4", "14 5"];
/** About how many points an earlier run keeps. */
const POINTS = 250;

/**
 * @param {State} state
 * @returns {Line[]} in the order they are drawn, the present run's losses last
 */
export function runLines({ earlier, testLosses, losses, run }) {
  const before = earlier.map((other, i) =>
    line("earlier", run ? differenceText(other.config, run.config) : "", {
      dash: DASHES[i] ?? "",
      colour: ({ soft }) => soft,
      opacity: 0.75,
      ...decimate(other.losses.values, POINTS),
    }),
  );
  const test = line("test", t("test loss"), { dash: "5 3", colour: (look) => look.test, ...testLosses });
  const present = line("loss", t("loss"), {
    dash: "",
    colour: ({ model }) => model,
    width: 0.16,
    end: "circle",
    holds: "all",
    ...decimate(losses.values),
  });
  const lines = [...before.reverse(), ...(testLosses.x.length > 0 ? [test] : []), present];
  const named = lines.length > 1;
  return lines.map((each) => (named ? { ...each, hover: `${labelText(each.name)}<br>${each.hover}` } : each));
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {Pick<Line, "dash" | "colour" | "x" | "y"> & Partial<Line>} rest
 * @returns {Line}
 */
function line(kind, name, rest) {
  const hover = `${t("step")} %{x}<br>${t("loss")} %{y:.5g}`;
  return { name, key: `key-${kind}`, width: 0.11, end: null, holds: "none", hover, ...rest };
}
