// @ts-check
/** An answer as it stands in the controls of an exercise, and back. Pure. */

import { answerOf, isReadable } from "../calculator/exercise/answers.js";
import { plain } from "../page/numbers.js";

/** @typedef {import("../../types/protocol").Question} Question */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */
/** @typedef {import("../calculator/exercise/asking.js").Written} Written */
/** @typedef {import("./room-state.js").Answer} Answer */

/**
 * @param {Question} question
 * @param {Written} written
 * @returns {Answer | null} null: it is no answer yet
 */
export function readAnswer(question, written) {
  return isReadable(question, written) ? /** @type {Answer} */ (answerOf(question, written)) : null;
}

/**
 * What stands in the controls for an answer that the server has.
 *
 * @param {Answer | null} answer
 * @returns {Written | undefined}
 */
export function writtenOf(answer) {
  switch (answer?.kind) {
    case "number":
      return { kind: "typed", text: numbersText(answer.numbers) };
    case "text":
      return { kind: "typed", text: answer.text };
    case "choice":
      return { kind: "choice", text: String(answer.choice) };
    case "none":
    case "error":
      return { kind: answer.kind, text: "" };
    default:
      return undefined;
  }
}

/** @param {JsonValue} numbers @returns {string} */
function numbersText(numbers) {
  if (typeof numbers === "number") return plain(numbers, 15);
  return Array.isArray(numbers) ? numbers.map(numbersText).join(", ") : "";
}
