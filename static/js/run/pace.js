// @ts-check
/** The pace that the reader last chose or saw, which a reload keeps. */

import { tab } from "../page/memory.js";
import { INITIAL } from "./state.js";

const KEY = "pace";
const FULL = "full";

/** @returns {number | null} steps per second; null: as fast as the server can */
export function rememberedPace() {
  const text = tab.get(KEY);
  return text === FULL ? null : Number(text) || INITIAL.pace;
}

/** @param {number | null} pace */
export function rememberPace(pace) {
  tab.set(KEY, pace === null ? FULL : String(pace));
}
