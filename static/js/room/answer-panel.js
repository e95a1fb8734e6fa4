// @ts-check
/** A member's question: what is asked, their answer, and how far the question is. */

import { place as answerPlace, fill } from "../calculator/exercise/question-list.js";
import { when } from "../page/changes.js";
import { replaceChildren, setHidden, within } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { choicesOf, plainQuestion, pointsOf, questionText } from "./asked.js";
import { RankList } from "./rank-list.js";
import { revealView } from "./reveal-view.js";
import { answerNow, isSent, keyOf, sentAnswer } from "./room-state.js";
import { empty } from "./sketch.js";
import { SketchPad, sketchAnswer } from "./sketch-pad.js";
import { readAnswer, writtenOf } from "./written.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("./room-state.js").Answer} Answer */
/** @typedef {import("./room-state.js").Written} Written */
/** @typedef {import("../../types/protocol").QuestionState} QuestionState */

/** A control for answers: an element, and what draws it. @typedef {{ element: Element, draw: (state: State) => void }} Control */

/**
 * @typedef {object} Actions
 * @property {(answer: Answer | null, written?: Written) => void} draft
 * @property {(answer: Answer) => void} send
 */

export class AnswerPanel {
  #panel;
  #actions;
  #views;
  /** @type {Control | null} */
  #control = null;
  /** @type {State | null} */
  #state = null;

  /**
   * @param {HTMLElement} panel
   * @param {Actions} actions
   */
  constructor(panel, actions) {
    this.#panel = panel;
    this.#actions = actions;
    /** @param {string} part */
    const part = (part) => within(panel, `[data-part="${part}"]`);
    const [text, words, place, send] = ["text", "words", "answer", "send"].map(part);
    if (!text || !words || !place || !send) throw new TypeError("the panel lacks a part");
    const reveal = revealView(part("reveal"));
    within(panel, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = this.#state && wholeAnswer(this.#state);
      if (this.#state && answer && !isSent(this.#state)) actions.send(answer);
    });
    this.#views = [
      when(
        (/** @type {State} */ { room }) => [keyOf(room?.question ?? null)],
        (_) => {
          const question = this.#state?.room?.question ?? null;
          this.#control = question && this.#made(question);
          text.textContent = question ? questionText(question) : "";
          replaceChildren(place, ...(this.#control ? [this.#control.element] : []));
        },
      ),
      when(
        (/** @type {State} */ state) => [
          state.room?.question?.phase ?? "",
          answerWords(state),
          state.room?.question ? needsSending(state.room.question) : false,
          wholeAnswer(state) !== null && !isSent(state),
        ],
        (phase, said, sends, can) => {
          panel.dataset.phase = phase;
          words.textContent = said;
          setHidden(send, phase !== "open" || !sends, panel);
          send.setAttribute("aria-disabled", String(!can));
        },
      ),
      (/** @type {State} */ { room }) => reveal(room),
    ];
  }

  /** @param {State} state */
  draw(state) {
    this.#state = state;
    const question = state.room?.question ?? null;
    this.#panel.hidden = question === null;
    for (const view of this.#views) view(state);
    this.#control?.draw(state);
  }

  /** @param {QuestionState} question @returns {Control} */
  #made({ about }) {
    const { draft, send } = this.#actions;
    if (about.kind === "curve") {
      const pad = new SketchPad(pointsOf(about), (heights) => draft(sketchAnswer(heights)));
      return {
        element: pad.element,
        draw: (state) => pad.draw(heightsOf(answerNow(state)), isFixed(state)),
      };
    }
    if (about.kind === "order") {
      const labels = choicesOf(about);
      const list = new RankList(labels, (order) => draft({ kind: "rank", order }));
      return {
        element: list.element,
        draw: (state) => list.draw(orderOf(answerNow(state), labels.length), isFixed(state)),
      };
    }
    const plain = plainQuestion(about);
    if (plain === null) throw new TypeError("a question without a control");
    const question = { ...plain, id: "answer" };
    const element = answerPlace(question, (_, written) => {
      const answer = readAnswer(question, written);
      draft(answer, written);
      // What is chosen is meant; what is typed may go on.
      if (answer !== null && written.kind !== "typed") send(answer);
    });
    within(element, "legend").className = "unseen";
    return {
      element,
      draw: (state) => {
        const written = state.draft?.written ?? writtenOf(answerNow(state));
        fill(element, question, written, isFixed(state));
      },
    };
  }
}

/** The answer as it stands; a list that nobody has touched is in an order, too. @param {State} state */
function wholeAnswer(state) {
  const about = state.room?.question?.about;
  const answer = answerNow(state);
  if (answer !== null || about?.kind !== "order") return answer;
  return /** @type {Answer} */ ({ kind: "rank", order: orderOf(null, choicesOf(about).length) });
}

/** @param {State} state */
const isFixed = ({ room }) => room?.question?.phase !== "open";

/** @param {Answer | null} answer */
const heightsOf = (answer) => (answer?.kind === "sketch" ? answer.heights : empty());

/** @param {Answer | null} answer @param {number} count */
const orderOf = (answer, count) => (answer?.kind === "rank" ? answer.order : [...Array(count).keys()]);

/** Whether an answer is sent by a button: a choice is sent as it is made. @param {QuestionState} question */
function needsSending({ about }) {
  const plain = plainQuestion(about);
  return plain === null || plain.answers.some((kind) => kind === "number" || kind === "text");
}

/**
 * What is to be done now, and whether the answer has arrived.
 *
 * @param {State} state
 */
export function answerWords(state) {
  const question = state.room?.question;
  if (!question) return "";
  if (state.problem !== null) return state.problem.errors[0]?.message ?? state.problem.detail;
  switch (question.phase) {
    case "open": {
      if (isSent(state)) return t("✓ Your answer is in. You can change it until the lock.");
      if (sentAnswer(question) !== null) return t("Your changed answer is not sent yet.");
      if (question.round === 2) return t("Second round: talk with your neighbours, then answer again.");
      return t("Predict. Nobody sees your answer before torch has answered.");
    }
    case "locked":
      return sentAnswer(question) === null
        ? t("Locked. You have not answered this time.")
        : t("Locked: your answer stands.");
    case "revealing":
      return t("torch computes the answer now…");
    case "revealed":
      return question.truth?.answer === null &&
        question.about.kind !== "poll" &&
        question.about.kind !== "curve"
        ? t("torch gives no answer to this.")
        : "";
  }
}
