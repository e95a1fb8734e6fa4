// @ts-check
/** Questions, marks and drills from the server. */

import { request } from "../../page/http.js";
import { checked, list, number, optional, record, text } from "../../page/record.js";
import { answerOf } from "./answers.js";

/** @typedef {import("../../../types/protocol").Questions} Questions */
/** @typedef {import("../../../types/protocol").Marks} Marks */
/** @typedef {import("../../../types/protocol").Drill} Drill */
/** @typedef {import("./asking.js").State} State */
/** @typedef {import("./asking.js").Written} Written */
/** @typedef {import("./asking.js").DrillAddress} DrillAddress */

const question = record({
  id: text,
  about: text,
  text: optional(text),
  answers: list(text),
  choices: list(text),
});
const isQuestions = record({ questions: list(question) });
const isDrill = record({ kind: text, level: number, seed: number, program: text, questions: list(question) });
const isMarks = record({
  marks: list(record({ question: text, shown: optional(text), reason: optional(text), chain: list(text) })),
});

/** @param {string} program @param {AbortSignal} signal @returns {Promise<Questions>} */
export function ask(program, signal) {
  return checked(request("/api/questions", { method: "POST", body: { program }, signal }), isQuestions);
}

/** @param {DrillAddress} drill @param {AbortSignal} signal @returns {Promise<Drill>} */
export function drill({ kind, level, seed }, signal) {
  const path = `/api/drills/${encodeURIComponent(kind)}?level=${level}&seed=${seed}`;
  return checked(request(path, { signal }), isDrill);
}

/** @param {State} state all answered @param {AbortSignal} signal @returns {Promise<Marks>} */
export function mark({ program, questions, written }, signal) {
  const given = questions.map((question) => ({
    question,
    answer: answerOf(question, /** @type {Written} */ (written[question.id])),
  }));
  return checked(request("/api/answers", { method: "POST", body: { program, given }, signal }), isMarks);
}
