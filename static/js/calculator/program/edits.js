// @ts-check
/** Edits of a program's text, as the server gives them: by lines and columns, in characters. */

/** @typedef {import("../../../types/protocol").TextEdit} TextEdit */
/** @typedef {{ start: number, end: number, text: string }} Span in UTF-16 units, as a text field counts */

/**
 * @param {string} program
 * @param {number} line from 1
 * @param {number} column from 1
 */
export function offset(program, line, column) {
  const lines = program.split("\n");
  const before = lines.slice(0, line - 1).reduce((total, text) => total + text.length + 1, 0);
  return before + units(lines[line - 1] ?? "", column - 1);
}

/**
 * @param {string} text
 * @param {number} characters
 * @returns {number} how many UTF-16 units so many characters take
 */
export function units(text, characters) {
  return Array.from(text).slice(0, Math.max(0, characters)).join("").length;
}

/**
 * @param {string} program
 * @param {TextEdit[]} edits in the order of their places
 */
export function edited(program, edits) {
  return edits.toReversed().reduce((text, { line, column, end_line, end_column, text: inserted }) => {
    const head = text.slice(0, offset(text, line, column));
    return head + inserted + text.slice(offset(text, end_line, end_column));
  }, program);
}

/**
 * Finds the one stretch in which two texts, or lists of lines, differ: its start, and how much behind it is equal.
 *
 * @template {string | string[]} T
 * @param {T} before
 * @param {T} after
 */
export function stretch(before, after) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { start, same };
}

/**
 * The one stretch in which two texts differ, and what stands there in the second.
 *
 * @param {string} before
 * @param {string} after
 * @returns {Span}
 */
export function difference(before, after) {
  const { start, same } = stretch(before, after);
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/**
 * The lines that edits change, before and after.
 *
 * @param {string} program
 * @param {TextEdit[]} edits
 * @returns {{ before: string[], after: string[] }}
 */
export function changedLines(program, edits) {
  const [before, after] = [program.split("\n"), edited(program, edits).split("\n")];
  const { start, same } = stretch(before, after);
  return {
    before: before.slice(start, before.length - same),
    after: after.slice(start, after.length - same),
  };
}

/**
 * Numbers as nested lists of floats in Python.
 *
 * @param {number[]} numbers
 * @param {number[]} shape
 * @returns {string}
 */
export function nested(numbers, shape) {
  const [length, ...rest] = shape;
  if (length === undefined) return float(numbers[0] ?? 0);
  const size = numbers.length / length;
  const parts = Array.from({ length }, (_, k) => nested(numbers.slice(k * size, (k + 1) * size), rest));
  return `[${parts.join(", ")}]`;
}

/** @param {number} number */
function float(number) {
  const text = String(number);
  return /^-?\d+$/.test(text) ? `${text}.` : text;
}
