// @ts-check
/** The address of the page that shows a lesson's scene. */

import { query as comparisonQuery } from "../compare/comparison-address.js";
import { toFragment } from "../page/program-link.js";
import { query } from "../run/address.js";
import { flatten } from "../run/config.js";
import { stepsAsked } from "./lesson-state.js";

/** @typedef {import("./lesson-state.js").Step} Step */

/**
 * @param {Step} step
 * @returns {Promise<string | null>} null: it shows nothing
 */
export async function sceneAddress(step) {
  const { scene } = step;
  if (scene === null) return null;
  if (scene.page === "calculator")
    return `/calculator${await toFragment({ program: scene.program, beside: null })}`;
  const steps = stepsAsked(step);
  // At least one, so that it is a run of its own, and not the one that this tab had last.
  const settings = flatten({ seed: 0, ...scene.settings, ...(steps === null ? {} : { max_steps: steps }) });
  if (scene.page === "comparison") {
    const vary = scene.vary.map((patch) => flatten(patch));
    return `/compare${comparisonQuery(null, { common: settings, vary })}`;
  }
  const free = step.ask === null ? scene.free : [];
  return `/${query(null, settings)}${free === null ? "" : `&free=${free.join(",")}`}`;
}
