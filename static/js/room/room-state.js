// @ts-check
/** What a page knows of its classroom, and how each message changes that. Pure: no DOM, no clock. */

import { withNews } from "./wall/curves.js";

/** @typedef {import("../../types/protocol").RoomState} RoomState */
/** @typedef {import("../../types/protocol").RoomMessage} RoomMessage */
/** @typedef {import("../../types/protocol").QuestionState} QuestionState */
/** @typedef {import("../../types/protocol").Problem} Problem */
/** @typedef {NonNullable<QuestionState["own"][number]>} Answer */
/** @typedef {import("../calculator/exercise/asking.js").Written} Written */
/** @typedef {RoomState["screen"]} Screen */
/** @typedef {import("./wall/curves.js").Curve} Curve */

/**
 * What a member has begun to answer. asked: to which question, in which round. answer: what it would be as it stands;
 * null: not one yet. written: what stands in a field.
 *
 * @typedef {{ asked: string, answer: Answer | null, written: Written | null }} Draft
 */

/**
 * ended: the room is over. removed: this member is no longer one. refused: the token no longer counts.
 *
 * @typedef {object} State
 * @property {import("../run/state.js").Link} link
 * @property {RoomState | null} room the newest that came
 * @property {"ended" | "removed" | "refused" | null} over
 * @property {Problem | null} problem why the last request was refused
 * @property {Draft | null} draft
 * @property {ReadonlyMap<number, Curve>} curves of the wall, by member
 */

/**
 * @typedef {RoomMessage | { type: "link", link: import("../run/state.js").Link, problem?: Problem }
 *   | { type: "drafted", answer: Answer | null, written?: Written }
 *   | { type: "refused", problem: Problem } | { type: "asked" } | { type: "curves", curves: Curve[] }} Message
 */

/** Problems after which the same token will not be heard either. */
const FINAL = [401, 403, 404];

/** @type {State} */
export const INITIAL = Object.freeze({
  link: "opening",
  room: null,
  over: null,
  problem: null,
  draft: null,
  curves: new Map(),
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  if (state.over !== null) return state;
  switch (message.type) {
    case "room":
      return following({ ...state, link: "open", room: message }, state);
    case "ended":
      return { ...state, over: message.reason };
    case "failed":
      if (state.room === null && FINAL.includes(message.problem.status)) return { ...state, over: "refused" };
      return { ...state, problem: message.problem };
    case "link":
      if (message.link === "gone") return { ...state, over: "ended" };
      return { ...state, link: message.link };
    case "curves":
      return { ...state, curves: withNews(state.curves, message.curves) };
    case "drafted":
      return drafted(state, message.answer, message.written ?? null);
    case "refused":
      return { ...state, problem: message.problem };
    case "asked":
      return { ...state, problem: null };
    default:
      return state;
  }
}

/**
 * A draft is for one round of one question, and is dropped with it, or once the server has just that answer.
 *
 * @param {State} state
 * @param {State} before
 * @returns {State}
 */
function following(state, before) {
  const question = state.room?.question ?? null;
  if (before.draft === null) return state;
  const same = keyOf(question) === before.draft.asked && question?.phase === "open";
  return same ? state : { ...state, draft: null };
}

/**
 * @param {State} state
 * @param {Answer | null} answer
 * @param {Written | null} written
 * @returns {State}
 */
function drafted(state, answer, written) {
  const question = state.room?.question;
  if (question?.phase !== "open") return state;
  return { ...state, problem: null, draft: { asked: keyOf(question), answer, written } };
}

/** Which question, and which round of it. @param {QuestionState | null} question */
export function keyOf(question) {
  return question === null ? "" : `${question.number}.${question.round}`;
}

/** The member's answer in this round, as the server has it. @param {QuestionState} question @returns {Answer | null} */
export function sentAnswer({ own, round }) {
  return own[round - 1] ?? null;
}

/** The answer as it stands on the page. @param {State} state @returns {Answer | null} */
export function answerNow({ room, draft }) {
  if (draft !== null) return draft.answer;
  return room?.question ? sentAnswer(room.question) : null;
}

/** Whether the server has the answer that stands on the page. @param {State} state */
export function isSent(state) {
  const question = state.room?.question;
  if (!question) return false;
  const sent = sentAnswer(question);
  return sent !== null && JSON.stringify(sent) === JSON.stringify(answerNow(state));
}

/**
 * The phases of a question that a page announces, as one text that differs wherever one is to be heard.
 *
 * @param {RoomState | null} room
 */
export function phaseKey(room) {
  const question = room?.question ?? null;
  return question === null ? "" : `${keyOf(question)} ${question.phase}`;
}

/**
 * What a screen is of, without where it looks: another one is another page.
 *
 * @param {Screen} screen
 */
export function screenKey(screen) {
  switch (screen.kind) {
    case "run":
      return `run ${screen.run}`;
    case "comparison":
      return `comparison ${screen.comparison}`;
    default:
      return screen.kind;
  }
}
