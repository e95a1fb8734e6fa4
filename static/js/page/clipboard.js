// @ts-check
/** Copying, also where the browser's own way is missing: on a classroom's plain http address. */

import { t } from "./i18n.js";

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** @param {boolean} copied */
export function copiedWords(copied) {
  return copied ? t("Copied.") : t("The browser does not let this page copy.");
}

/** @param {string} text */
function copySelected(text) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  // A menu closes when the focus leaves it, and nothing outside an open dialog can be selected.
  (before?.closest("details, dialog") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus();
  return copied;
}
