// @ts-check
/** The runs a page showed before the present one: their losses stay in the picture for comparison. Pure. */

import { t } from "../page/i18n.js";
import { difference, flatten } from "./config.js";
import { fewOf, settingText } from "./setting-text.js";

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("./losses.js").Losses} Losses */

/** @typedef {{ config: RunConfig, losses: Losses }} Earlier */

/** How many stay. */
const MOST = 4;

/**
 * @param {{ trained: RunConfig | null, losses: Losses, earlier: Earlier[] }} state
 * @returns {Earlier[]} with the present run in front, which is about to end; one of each config
 */
export function remembered({ trained, losses, earlier }) {
  if (trained === null || losses.length === 0) return earlier;
  const config = JSON.stringify(trained);
  const others = earlier.filter((other) => JSON.stringify(other.config) !== config);
  return [{ config: trained, losses }, ...others].slice(0, MOST);
}

/**
 * How an earlier run differed from the present one, in few words: `lr 0.05, seed 7`.
 *
 * @param {RunConfig} earlier
 * @param {RunConfig} present
 */
export function differenceText(earlier, present) {
  const differences = Object.entries(difference(flatten(earlier), flatten(present)));
  if (differences.length === 0) return t("before");
  return fewOf(differences.map(([path, value]) => settingText(path, value, " ")));
}
