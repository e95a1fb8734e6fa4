// @ts-check
/** All answers of a class as bars: both rounds beside each other. Pure. */

import { t } from "../page/i18n.js";
import { answerText, choicesOf } from "./asked.js";

/** @typedef {import("../../types/protocol").QuestionState} QuestionState */
/** @typedef {import("./room-state.js").Answer} Answer */

/**
 * @typedef {object} Row
 * @property {string} label
 * @property {boolean | null} right null: there is no right one
 * @property {{ count: number, share: number }[]} rounds share: of all answers of that round
 */

/** More kinds of answers are counted together. */
const MOST = 8;

/**
 * @param {QuestionState} question once revealed; before, there are no tallies and so no rows
 * @returns {Row[]} of choices all, in their order; else the most frequent first
 */
export function rowsOf({ about, tallies, truth }) {
  if (tallies.length === 0) return [];
  /** @type {Map<string, { answer: Answer, right: boolean | null, counts: number[] }>} */
  const kinds = new Map();
  const choosing = choicesOf(about).length > 0 && about.kind !== "order";
  if (choosing) for (const [choice] of choicesOf(about).entries()) add(kinds, { kind: "choice", choice });
  for (const [round, { counts }] of tallies.entries()) {
    for (const { answer, count, right } of counts) {
      const kind = add(kinds, answer);
      kind.counts[round] = (kind.counts[round] ?? 0) + count;
      kind.right = right;
    }
  }
  const right = truth?.answer ?? null;
  if (right !== null && right.kind !== "sketch") add(kinds, right).right = true;
  const all = [...kinds.values()];
  if (!choosing) all.sort((a, b) => total(b.counts) - total(a.counts));
  const shown = all.filter((kind, i) => i < MOST || kind.right);
  const rest = all.filter((kind) => !shown.includes(kind));
  /** @param {number[]} counts */
  const rounds = (counts) =>
    tallies.map(({ n_answers }, round) => {
      const count = counts[round] ?? 0;
      return { count, share: n_answers === 0 ? 0 : count / n_answers };
    });
  const rows = shown.map((kind) => ({
    label: answerText(about, kind.answer),
    right: kind.right,
    rounds: rounds(kind.counts),
  }));
  if (rest.length === 0) return rows;
  const others = tallies.map((_, round) => total(rest.map(({ counts }) => counts[round] ?? 0)));
  return [...rows, { label: t("others"), right: null, rounds: rounds(others) }];
}

/**
 * @param {Map<string, { answer: Answer, right: boolean | null, counts: number[] }>} kinds
 * @param {Answer} answer
 */
function add(kinds, answer) {
  const key = JSON.stringify(Object.entries(answer).sort());
  const kind = kinds.get(key) ?? { answer, right: null, counts: [] };
  kinds.set(key, kind);
  return kind;
}

/** @param {number[]} counts */
const total = (counts) => counts.reduce((sum, count) => sum + (count ?? 0), 0);
