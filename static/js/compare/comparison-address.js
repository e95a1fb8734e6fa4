// @ts-check
/**
 * A comparison's settings as an address: `/compare?model.hidden=16&optimizer.lr=0.02&optimizer.lr=0.2`.
 *
 * As in the training page's address each setting stands by its path. One that is there once is for all runs; one
 * that is there several times is what they differ in: its first value is the first run's. An empty value leaves a
 * run as it is. Pure.
 */

import { formatValue, parseSetting, readable } from "../run/address.js";
import { flatten, nested } from "../run/config.js";

/** @typedef {import("../run/config.js").Settings} Settings */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/**
 * @typedef {object} Compared
 * @property {Settings} common by path, for all runs
 * @property {Settings[]} vary what each run has of its own
 */

/**
 * @param {string} search
 * @param {import("../run/config.js").Defaults} defaults which say what is a setting; all else is not ours
 * @returns {{ id: string | null, common: Settings, vary: Settings[] }} `vary` is empty where nothing differs
 */
export function parseQuery(search, defaults) {
  const parameters = new URLSearchParams(search);
  /** @type {Settings} */
  const common = {};
  /** @type {Settings[]} */
  const vary = [];
  for (const path of new Set(parameters.keys())) {
    if (!Object.hasOwn(defaults.config, /** @type {string} */ (path.split(".")[0]))) continue;
    const texts = parameters.getAll(path);
    if (texts.length === 1) common[path] = parseSetting(path, /** @type {string} */ (texts[0]), defaults);
    else {
      for (const [i, text] of texts.entries()) {
        vary[i] ??= {};
        if (text !== "") vary[i][path] = parseSetting(path, text, defaults);
      }
    }
  }
  return { id: parameters.get("comparison"), common, vary };
}

/**
 * @param {string | null} id
 * @param {Compared} compared
 * @returns {string} the query, with its "?"
 */
export function query(id, { common, vary }) {
  const varied = pathsOf(vary);
  /** @param {string} path @param {JsonValue | undefined} value */
  const pair = (path, value) => `${path}=${value === undefined ? "" : readable(formatValue(value))}`;
  const pairs = [
    ...Object.entries(common)
      .filter(([path]) => !varied.includes(path))
      .map(([path, value]) => pair(path, value)),
    ...varied.flatMap((path) => vary.map((own) => pair(path, own[path]))),
  ];
  if (id !== null) pairs.unshift(`comparison=${encodeURIComponent(id)}`);
  return `?${pairs.join("&")}`;
}

/**
 * The settings that any of the runs has of its own.
 *
 * @param {Settings[]} vary
 */
export function pathsOf(vary) {
  return [...new Set(vary.flatMap((own) => Object.keys(own)))];
}

/**
 * What `POST /api/comparisons` takes.
 *
 * @param {Compared} compared
 */
export function requestOf({ common, vary }) {
  return { config: nested(common), vary: vary.map(nested) };
}

/**
 * The opposite of `requestOf`.
 *
 * @param {{ config?: object, vary: object[] }} request
 * @returns {Compared}
 */
export function comparedBy({ config = {}, vary }) {
  return { common: flatten(config), vary: vary.map((patch) => flatten(patch)) };
}
