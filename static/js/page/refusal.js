// @ts-check
/** Why a value or a request was refused: the words of it, and the place beside the field where they are shown. */

import { Refusal } from "./http.js";
import { t } from "./i18n.js";
import { set, write } from "./svg.js";

/** @typedef {import("../../types/protocol").Problem} Problem */

/**
 * Whether a refused field, as the server names it, is the one at `path` or inside it.
 *
 * @param {string} field such as "model.hidden[0]"
 * @param {string} path such as "model.hidden"
 */
export function concerns(field, path) {
  return field.startsWith(path) && /^($|[.[])/.test(field.slice(path.length));
}

/**
 * What a problem says of a field.
 *
 * @param {Problem | null} problem
 * @param {...string} paths those of the field
 * @returns {string} empty: nothing
 */
export function reasonAt(problem, ...paths) {
  const error = problem?.errors.find(({ field }) => paths.some((path) => concerns(field, path)));
  return error?.message ?? "";
}

/**
 * Why a request failed.
 *
 * @param {unknown} error what `request` threw
 */
export function reasonOf(error) {
  if (!(error instanceof Refusal)) return t("The server cannot be reached. Try again.");
  const { errors, detail } = error.problem;
  return errors.map(({ message }) => message).join("\n") || detail;
}

/**
 * Why a request failed, as the server tells a refusal.
 *
 * @param {unknown} error what `request` threw
 * @returns {Problem}
 */
export function problemOf(error) {
  if (error instanceof Refusal) return error.problem;
  const detail = t("The server did not answer. Try again.");
  return { type: "about:blank", title: detail, status: 0, detail, errors: [] };
}

/**
 * Shows why a field's value was refused, and marks the field; with an empty reason, takes both away.
 *
 * @param {HTMLElement} place beside the field
 * @param {string} reason empty: it was not
 * @param {Element} [field]
 */
export function showReason(place, reason, field) {
  place.hidden = reason === "";
  write(place, reason);
  if (field) set(field, "aria-invalid", String(reason !== ""));
}
