// @ts-check
/** Settings in few words, for legends and names, however long their values are. Pure. */

import { t } from "../page/i18n.js";
import { literal } from "../page/recipes.js";

/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** A longer value is cut, in characters. */
const LONGEST = 40;
/** So many settings are named; others are counted. */
const MOST = 3;

/**
 * A value as Python writes it, though a name without quotes.
 *
 * @param {JsonValue} value
 */
export function valueText(value) {
  const text = typeof value === "string" ? value : literal(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/**
 * A setting by its name and its value; of points only how many there are.
 *
 * @param {string} path such as "optimizer.lr"
 * @param {JsonValue} value
 * @param {string} sign between them
 */
export function settingText(path, value, sign) {
  if (path === "data.points" && Array.isArray(value)) return t("{count} points", { count: value.length });
  return `${path.split(".").at(-1)}${sign}${valueText(value)}`;
}

/**
 * Settings one after the other, the first few by name.
 *
 * @param {string[]} settings such as "lr 0.05"
 */
export function fewOf(settings) {
  const named = settings.slice(0, MOST).join(", ");
  const count = settings.length - MOST;
  return count > 0 ? t("{settings} and {count} more", { settings: named, count }) : named;
}
