// @ts-check
/**
 * Texts in the reader's language, from the same catalogue as the page's own.
 *
 * English is the source text: `t("Step {step}", {step: 10})`. Write the text as one double-quoted string right
 * inside `t(...)`, or both forms inside `tn(...)` (or `N_(...)`, to mark a text that is shown later through
 * `t(variable)`):
 * that is what the extraction finds. The page carries the translations of all texts in static/js:
 *
 *     <script type="application/json" id="messages">{{ messages | tojson }}</script>
 *
 * so `t` works from the first line on, without a request. In English that element holds `{}`.
 */

/** A text that counts something has a form for each kind of number. @type {Record<string, string | string[]>} */
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
  const translated = messages[text];
  return filled(typeof translated === "string" ? translated : text, values);
}

/**
 * A text that counts something: `tn("{count} step", "{count} steps", count)`.
 *
 * Of the translation's forms, the first is for one and the last for any other number. That is enough for languages
 * with one form or two; one with more needs the rule of its catalogue's `Plural-Forms` here.
 *
 * @param {string} one
 * @param {string} many
 * @param {number} count also the field `{count}`
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function tn(one, many, count, values = {}) {
  const translated = messages[one];
  const forms = Array.isArray(translated) ? translated : [one, many];
  return filled(/** @type {string} */ (count === 1 ? forms[0] : forms.at(-1)), { count, ...values });
}

/**
 * A text with its fields filled in. Of `{n:point|points}`, which the server's texts have, the first form is for 1.
 *
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function filled(text, values) {
  return text.replace(/\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g, (field, name, one, many) => {
    const value = values[name];
    if (value === undefined || one === undefined) return String(value ?? field);
    return String(value) === "1" ? one : many;
  });
}

/**
 * Marks a text for the catalogue where it is declared; `t` translates it where it is shown.
 * @param {string} text
 * @returns {string}
 */
export function N_(text) {
  return text;
}
