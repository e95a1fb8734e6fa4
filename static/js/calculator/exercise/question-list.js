// @ts-check
/** The questions on the page: a place for each answer, and what torch says to it. */

import { when } from "../../page/changes.js";
import { html, replaceChildren, within } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { isReadable } from "./answers.js";
import { isComplete, isWritten, rightOnes } from "./asking.js";

/** @typedef {import("../../../types/protocol").Mark} Mark */
/** @typedef {import("../../../types/protocol").Question} Question */
/** @typedef {import("./asking.js").State} State */
/** @typedef {import("./asking.js").Written} Written */

/** @typedef {(id: string, written: Written) => void} Write */

/**
 * @param {HTMLElement} panel
 * @param {Write} write
 * @returns {(state: State) => void} draws a state
 */
export function exerciseView(panel, write) {
  const [list, words, check, score] = ["questions", "words", "check", "score"].map((part) =>
    within(panel, `[data-part="${part}"]`),
  );
  if (!list || !words || !check || !score) throw new TypeError("the panel lacks a part");
  const views = [
    when(
      ({ questions }) => [questions],
      (questions) => {
        replaceChildren(list, ...questions.map((/** @type {Question} */ one) => place(one, write)));
      },
    ),
    when(
      ({ questions, written, marks, phase }) => [questions, written, marks, phase],
      (questions, written, marks, phase) => {
        for (const question of questions) {
          const row = within(list, `[data-question="${CSS.escape(question.id)}"]`);
          fill(row, question, written[question.id], phase !== "asked");
          tell(within(row, ".ask-told"), marks[question.id]);
        }
      },
    ),
  ];
  return (state) => {
    panel.dataset.phase = state.phase;
    panel.setAttribute("aria-busy", String(state.phase === "asking" || state.phase === "marking"));
    for (const view of views) view(state);
    words.textContent = wordsOf(state);
    score.textContent = scoreOf(state);
    check.setAttribute("aria-disabled", String(!(state.phase === "asked" && isComplete(state))));
    check.hidden = state.phase !== "asked" && state.phase !== "marking";
  };
}

/** @param {State} state what is to be done now, or how it went */
export function wordsOf(state) {
  if (state.refusal) return state.refusal;
  switch (state.phase) {
    case "asking":
      return t("Asking…");
    case "marking":
      return t("Running…");
    case "stale":
      return t("The program has changed: ask about it again.");
    case "marked": {
      const told = Object.values(state.marks).filter(({ right }) => right !== null).length;
      return t("{right} of {told} right.", { right: rightOnes(state), told });
    }
    case "asked":
      if (state.questions.length === 0)
        return t("Python cannot read this program, so there is nothing to ask.");
      return t("Answer first, then torch runs it. A number may be off by a hundredth.");
    default:
      return "";
  }
}

/** @param {State} state */
function scoreOf({ score }) {
  if (score.answered === 0) return "";
  return t("This session: {right} of {answered}", { right: score.right, answered: score.answered });
}

/**
 * A question with a place for its answer.
 *
 * @param {Question} question
 * @param {Write} write
 */
export function place(question, write) {
  const { id, text, answers, choices } = question;
  const legend = html("legend", "", text ?? id);
  const typed = answers.includes("number") || answers.includes("text");
  const ways = [
    ...(typed ? [field(question, write)] : []),
    ...(answers.includes("none") ? [way("none", "None", id, write)] : []),
    ...(answers.includes("error") ? [way("error", t("an error"), id, write)] : []),
    ...choices.map((choice, i) => way("choice", choice, id, write, String(i))),
  ];
  const set = html("fieldset", "ask", legend, html("div", "ask-ways", ...ways), html("div", "ask-told"));
  set.dataset.question = id;
  return set;
}

/** @param {Question} question @param {Write} write */
function field({ id, text, about }, write) {
  const input = /** @type {HTMLInputElement} */ (html("input", "ask-typed"));
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.setAttribute("autocapitalize", "off");
  input.setAttribute("aria-label", text ?? id);
  input.placeholder = about === "printed" ? t("what is printed") : t("a number, or several: 6, 8");
  input.dataset.key = `typed ${id}`;
  input.addEventListener("input", () => write(id, { kind: "typed", text: input.value }));
  return input;
}

/**
 * @param {"none" | "error" | "choice"} kind
 * @param {string} label
 * @param {string} id
 * @param {Write} write
 * @param {string} [text]
 */
function way(kind, label, id, write, text = "") {
  const button = html("button", "button button-small", label);
  button.setAttribute("type", "button");
  button.dataset.way = kind + text;
  button.dataset.key = `${kind}${text} ${id}`;
  button.addEventListener("click", () => write(id, { kind, text }));
  return button;
}

/**
 * Shows what is answered so far.
 *
 * @param {Element} row what `place` made
 * @param {Question} question
 * @param {Written | undefined} written
 * @param {boolean} fixed whether it cannot be changed now
 */
export function fill(row, question, written, fixed) {
  for (const button of row.querySelectorAll("[data-way]")) {
    const way = /** @type {HTMLElement} */ (button).dataset.way;
    const chosen = written !== undefined && written.kind !== "typed" && way === written.kind + written.text;
    button.setAttribute("aria-pressed", String(chosen));
    button.setAttribute("aria-disabled", String(fixed));
  }
  const input = row.querySelector("input");
  if (!input) return;
  const text = written?.kind === "typed" ? written.text : "";
  if (input.value !== text) input.value = text;
  input.readOnly = fixed;
  const wrong = isWritten(written) && !isReadable(question, written);
  input.setAttribute("aria-invalid", String(wrong));
}

/** @param {Element} place @param {Mark | undefined} mark */
function tell(place, mark) {
  place.replaceChildren(...(mark === undefined ? [] : told(mark)));
}

/** @param {Mark} mark */
function told({ right, shown, reason }) {
  const verdict = html("p", "ask-verdict", verdictOf(right));
  verdict.dataset.right = String(right);
  const parts = [verdict];
  if (right !== null) parts.push(html("pre", "ask-shown", shown?.trim() ? shown.trimEnd() : t("(nothing)")));
  if (reason) parts.push(html("p", "ask-reason", reason));
  return parts;
}

/** @param {boolean | null} right */
function verdictOf(right) {
  if (right === null) return t("It ran too long to be watched to its end: this cannot be told.");
  return right ? t("✓ Right. torch says:") : t("✗ Not so. torch says:");
}
