// @ts-check
/**
 * Texts in the reader's language, from the same catalogue as the page's own.
 *
 * English is the source text: `t("Run {count} steps", {count: 10})`. Write the text as one double-quoted
 * string right inside `t(...)` (or `N_(...)`, to mark a text that is shown later through `t(variable)`):
 * that is what the extraction finds. The page carries the translations of all texts in static/js:
 *
 *     <script type="application/json" id="messages">{{ messages | tojson }}</script>
 *
 * so `t` works from the first line on, without a request. In English that element holds `{}`.
 */

/** @type {Record<string, string>} */
const messages = JSON.parse(globalThis.document?.getElementById("messages")?.textContent || "{}");

/** The reader's language, as in `<html lang>`: "en" or "zh". */
export const language = globalThis.document?.documentElement.lang || "en";

/**
 * A text in the reader's language, with its `{name}` fields filled in.
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(text, values = {}) {
  return (messages[text] ?? text).replace(/\{(\w+)\}/g, (field, name) => String(values[name] ?? field));
}

/**
 * Marks a text for the catalogue where it is declared; `t` translates it where it is shown.
 * @param {string} text
 * @returns {string}
 */
export function N_(text) {
  return text;
}
