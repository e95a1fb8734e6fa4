// @ts-check
/** What torch says to a question, and what all had answered: bars of both rounds, or all sketches over each other. */

import { when } from "../page/changes.js";
import { html } from "../page/dom.js";
import { t, tn } from "../page/i18n.js";
import { figure } from "../page/numbers.js";
import { svg } from "../page/svg.js";
import { answerText, pointsOf } from "./asked.js";
import { SketchChart } from "./sketch-chart.js";
import { rowsOf } from "./tallies.js";

/** @typedef {import("../../types/protocol").QuestionState} QuestionState */
/** @typedef {import("../../types/protocol").RoomState} RoomState */

/** The bars' places: a picture of its own for each, so that no style is written into the page. */
const BAR = 1000;

/**
 * @param {HTMLElement} place
 * @param {(chart: SketchChart, room: RoomState) => void} [begun] called with the chart of sketches once it is shown
 * @returns {(room: RoomState | null) => void} draws; nothing before the reveal
 */
export function revealView(place, begun = () => {}) {
  return when(
    (/** @type {RoomState | null} */ room) => [shownKey(room?.question ?? null), room],
    (key, room) => {
      if (place.dataset.shows === key) return;
      place.dataset.shows = key;
      const question = room?.question ?? null;
      place.hidden = key === "";
      if (room === null || question === null || key === "") place.replaceChildren();
      else place.replaceChildren(...parts(question, room, begun));
    },
  );
}

/**
 * What of a question is revealed, as a text that differs wherever something has to be drawn anew.
 *
 * @param {QuestionState | null} question
 */
function shownKey(question) {
  if (question?.phase !== "revealed") return "";
  const { number, round, tallies, truth, right } = question;
  return JSON.stringify([number, round, truth, right, tallies.map(({ n_answers }) => n_answers)]);
}

/**
 * @param {QuestionState} question
 * @param {RoomState} room
 * @param {(chart: SketchChart, room: RoomState) => void} begun
 */
function parts(question, room, begun) {
  const { truth, tallies, right, about } = question;
  const shown = [];
  if (truth !== null && about.kind !== "poll") shown.push(truthOf(truth));
  if (room.role === "member" && right !== null) {
    const verdict = html("p", "ask-verdict", right ? t("✓ You were right.") : t("✗ You were not right."));
    verdict.dataset.right = String(right);
    shown.unshift(verdict);
  }
  const own = question.own.findLast((answer) => answer !== null) ?? null;
  if (own !== null && own.kind !== "sketch")
    shown.push(html("p", "truth-own", t("Your answer: {answer}", { answer: answerText(about, own) })));
  if (question.distance !== null)
    shown.push(
      html(
        "p",
        "truth-own",
        t("Your sketch's mean squared distance: {distance}", { distance: figure(question.distance) }),
      ),
    );
  if (about.kind === "curve") {
    const chart = new SketchChart(pointsOf(about), t("All sketches, and torch's curve over them"));
    for (const [round, { sketches }] of tallies.entries())
      chart.drawAll(
        sketches.map(({ heights }) => heights),
        round + 1,
      );
    if (own?.kind === "sketch") chart.drawOwn(own.heights);
    if (truth?.answer?.kind === "sketch") chart.drawTruth(truth.answer.heights);
    shown.push(/** @type {any} */ (chart.element));
    begun(chart, room);
  } else shown.push(bars(question));
  if (tallies.length > 0) shown.push(legend(question));
  return shown;
}

/** @param {NonNullable<QuestionState["truth"]>} truth */
function truthOf({ shown, reason, chain }) {
  const told = html(
    "div",
    "truth",
    html("p", "truth-says", t("torch says")),
    html("pre", "truth-shown", shown),
  );
  for (const line of chain) told.append(html("pre", "truth-chain", line));
  if (reason) told.append(html("p", "truth-reason", reason));
  return told;
}

/** @param {QuestionState} question */
function bars(question) {
  const list = html("ol", "bars");
  for (const { label, right, rounds } of rowsOf(question)) {
    const name = html("p", "bars-label", html("span", "", label));
    if (right) name.append(html("strong", "bars-right", t("✓ torch")));
    const lines = rounds.map(({ count, share }, round) => {
      const width = Math.round(share * BAR);
      const bar = svg(
        "svg",
        { class: "bars-bar", viewBox: `0 0 ${BAR} 10`, preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { class: `bars-round-${round + 1}`, width, height: 10 }),
      );
      const words = html("span", "bars-count", `${count} · ${Math.round(100 * share)}%`);
      const line = html("div", "bars-line", words);
      line.prepend(bar);
      return line;
    });
    const row = html("li", "bars-row", name, ...lines);
    if (right) row.dataset.right = "";
    list.append(row);
  }
  return list;
}

/** @param {QuestionState} question */
function legend({ tallies }) {
  return html(
    "p",
    "bars-legend",
    ...tallies.map(({ n_answers, n_right }, round) => {
      const answers = tn("{count} answer", "{count} answers", n_answers);
      const right = n_right === null ? "" : t(", {count} right", { count: n_right });
      const name =
        tallies.length === 1
          ? `${answers}${right}`
          : t("Round {round}: {answers}{right}", { round: round + 1, answers, right });
      return html("span", `bars-key bars-key-${round + 1}`, name);
    }),
  );
}
