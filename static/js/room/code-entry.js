// @ts-check
/** A room's code, as people read, type and say it. Pure. */

const LENGTH = 6;
const ALPHABET = /[^2-9A-HJKMNP-Z]/g;

/**
 * What was typed or pasted, as far as it can be a code: in capitals, without spaces and signs.
 *
 * @param {string} text such as "k7m 2px" or a whole address that ends with the code
 */
export function codeIn(text) {
  const linked = /\/room\/([^/?#]+)/.exec(text)?.[1] ?? text;
  // Full-width letters and digits, as an input method types them.
  return linked.normalize("NFKC").toUpperCase().replaceAll(ALPHABET, "").slice(0, LENGTH);
}

/** @param {string} code */
export function isWhole(code) {
  return code.length === LENGTH;
}

/** In two halves, which are easier to read out and to type. @param {string} code */
export function spaced(code) {
  return `${code.slice(0, LENGTH / 2)} ${code.slice(LENGTH / 2)}`.trim();
}

/** @param {string} path of the page @returns {string} the code in it, "" where there is none */
export function codeOfPath(path) {
  const [, named = ""] = /\/room\/([^/]+)/.exec(path) ?? [];
  return codeIn(safelyDecoded(named));
}

/** @param {string} text */
function safelyDecoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
