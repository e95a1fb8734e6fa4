// @ts-check
/** What the reader chose to see of a run: a reload keeps it. */

import { tab } from "../page/memory.js";

/**
 * @typedef {object} View
 * @property {boolean} log whether the axis of losses is logarithmic
 * @property {boolean} norms whether gradient norms are charted in place of losses
 * @property {boolean} gradients whether the network diagram shows gradients
 */

const KEY = "view";

/** @type {Readonly<View>} */
export const PLAIN = Object.freeze({ log: false, norms: false, gradients: false });

/** @returns {Partial<View>} what was chosen in this tab */
export function rememberedView() {
  try {
    const chosen = JSON.parse(tab.get(KEY) ?? "{}");
    return Object.fromEntries(Object.entries(chosen).filter(([, on]) => typeof on === "boolean"));
  } catch {
    return {};
  }
}

/** @param {Partial<View>} change */
export function rememberView(change) {
  tab.set(KEY, JSON.stringify({ ...rememberedView(), ...change }));
}
