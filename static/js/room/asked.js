// @ts-check
/** What a question asks, in the terms of the page: its runs' names, its choices, an answer in words. */

import { namesOf } from "../compare/member-names.js";
import { t } from "../page/i18n.js";
import { plain } from "../page/numbers.js";

/** @typedef {import("../../types/protocol").QuestionState} QuestionState */
/** @typedef {QuestionState["about"]} About */
/** @typedef {import("./room-state.js").Answer} Answer */
/** @typedef {import("../../types/protocol").Question} Question */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** Answers that one writes or chooses, as in an exercise; the others have controls of their own. */
const PLAIN = { id: "answer", name: null, line: null, repeated: false, tolerance: 0, text: null };

/**
 * A question as the exercise's controls take it.
 *
 * @param {About} about
 * @returns {Question | null} null: it is ranked or drawn
 */
export function plainQuestion(about) {
  switch (about.kind) {
    case "program":
      return about.question;
    case "poll":
    case "winner":
    case "diverges":
      return { ...PLAIN, about: "end", answers: ["choice"], choices: choicesOf(about) };
    case "loss":
      return { ...PLAIN, about: "grad", answers: ["number"], choices: [] };
    default:
      return null;
  }
}

/**
 * What there is to choose from, or to rank.
 *
 * @param {About} about
 * @returns {string[]}
 */
export function choicesOf(about) {
  if (about.kind === "program") return about.question.choices;
  if (about.kind === "poll") return about.choices;
  if (about.kind === "diverges") return [t("It settles down"), t("It diverges")];
  return about.kind === "winner" || about.kind === "order" ? runNames(about.trial) : [];
}

/**
 * The runs of a trial by what they differ in.
 *
 * @param {{ config: RunConfig, vary: Record<string, JsonValue>[] }} trial
 */
export function runNames({ config, vary }) {
  return namesOf(vary.map((patch) => ({ config: merged(config, patch), vary: patch })));
}

/**
 * @template {object} T
 * @param {T} config
 * @param {Record<string, any>} patch a merge patch (RFC 7396)
 * @returns {T}
 */
export function merged(config, patch) {
  const whole = /** @type {Record<string, any>} */ ({ ...config });
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete whole[name];
    else if (typeof value !== "object" || Array.isArray(value)) whole[name] = value;
    else whole[name] = merged(whole[name] ?? {}, value);
  }
  return /** @type {T} */ (whole);
}

/** The points of a curve that is asked for. @param {About} about @returns {[number, number][]} */
export function pointsOf(about) {
  if (about.kind !== "curve") return [];
  return /** @type {[number, number][]} */ (about.trial.config.data.points ?? []);
}

/**
 * @param {About} about
 * @param {Answer} answer
 */
export function answerText(about, answer) {
  switch (answer.kind) {
    case "number":
      return numbersText(answer.numbers);
    case "none":
      return "None";
    case "error":
      return t("an error");
    case "text":
      return answer.text.trimEnd() || t("(nothing)");
    case "choice":
      return choicesOf(about)[answer.choice] ?? "?";
    case "rank":
      return answer.order.map((place) => choicesOf(about)[place] ?? "?").join(" < ");
    case "sketch":
      return t("a sketch");
  }
}

/** @param {JsonValue} numbers @returns {string} */
function numbersText(numbers) {
  if (typeof numbers === "number") return plain(numbers);
  if (!Array.isArray(numbers)) return String(numbers);
  return `[${numbers.map(numbersText).join(", ")}]`;
}

/**
 * How the question reads: in the teacher's words, or in those of the server.
 *
 * @param {QuestionState} question
 */
export function questionText({ text, about }) {
  return text ?? (about.kind === "program" ? (about.question.text ?? about.question.id) : "");
}
