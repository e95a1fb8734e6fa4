// @ts-check
/** A lesson's text: an empty line begins a paragraph, and what is between backticks is code. */

import { html } from "../page/dom.js";

/**
 * The pieces of one paragraph, by turns text and code.
 *
 * @param {string} text
 * @returns {{ text: string, code: boolean }[]}
 */
export function pieces(text) {
  return text
    .replaceAll("\n", " ")
    .split("`")
    .map((piece, i) => ({ text: piece, code: i % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

/** One paragraph, or a line. @param {string} text @returns {(Node | string)[]} */
export function words(text) {
  return pieces(text).map((piece) => (piece.code ? html("code", "", piece.text) : piece.text));
}

/** @param {string} text @returns {HTMLElement[]} */
export function paragraphs(text) {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((part) => html("p", "", ...words(part)));
}
