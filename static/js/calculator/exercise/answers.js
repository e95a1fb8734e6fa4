// @ts-check
/** What a reader writes, as an answer that the server can mark. Pure. */

import { isWritten } from "./asking.js";

/** @typedef {import("../../../types/protocol").Question} Question */
/** @typedef {import("../../../types/protocol").Given["answer"]} Answer */
/** @typedef {import("./asking.js").Written} Written */

const NUMBER = /[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)/gi;
/** What may stand around numbers: brackets, commas, and torch's own words. */
const AROUND = /^(?:[\s[\](),;]|tensor)*$/;

/**
 * @param {Question} question
 * @param {Written} written
 * @returns {Answer}
 */
export function answerOf({ about, answers }, { kind, text }) {
  if (kind === "none" || kind === "error") return { kind };
  if (kind === "choice") return { kind, choice: Number(text) };
  const plain = text.trim().replaceAll("\u2212", "-");
  if (about === "printed") return { kind: "text", text };
  if (plain === "None" && answers.includes("none")) return { kind: "none" };
  return { kind: "number", numbers: numbersIn(plain) ?? [] };
}

/**
 * The numbers of a text that is nothing but numbers; one alone, or a list.
 *
 * @param {string} text such as "12", "6, 8" or "tensor([6., 8.])"
 * @returns {number | number[] | null} null: it is something else
 */
export function numbersIn(text) {
  const numbers = text.match(NUMBER)?.map(Number) ?? [];
  if (numbers.length === 0 || !AROUND.test(text.replace(NUMBER, ""))) return null;
  return numbers.length === 1 ? /** @type {number} */ (numbers[0]) : numbers;
}

/**
 * Whether what was written can be an answer: a gradient is numbers, or None.
 *
 * @param {Question} question
 * @param {Written | undefined} written
 */
export function isReadable({ about }, written) {
  if (written === undefined || !isWritten(written)) return false;
  if (written.kind !== "typed" || about === "printed") return true;
  const plain = written.text.trim().replaceAll("\u2212", "-");
  return plain === "None" || numbersIn(plain) !== null;
}
