// @ts-check
/** What a teacher can do with a question next: lock it, have it answered again, reveal it, close it. */

import { when } from "../page/changes.js";
import { button, html, replaceChildren } from "../page/dom.js";
import { t, tn } from "../page/i18n.js";

/** @typedef {import("../../types/protocol").QuestionState} QuestionState */
/** @typedef {import("../../types/protocol").RoomState} RoomState */
/** @typedef {"lock" | "again" | "reveal" | "close"} Action */

/**
 * @param {QuestionState} question
 * @returns {Action[]} the most likely one first
 */
export function actionsOf({ phase, round, about, truth }) {
  switch (phase) {
    case "open":
      return ["lock", "close"];
    case "locked":
      return [
        ...(round === 1 ? /** @type {const} */ (["reveal", "again"]) : /** @type {const} */ (["reveal"])),
        "close",
      ];
    case "revealing":
      return [];
    case "revealed":
      // torch may have failed, and can be asked again.
      return truth?.answer === null && about.kind !== "poll" && about.kind !== "curve"
        ? ["close", "reveal"]
        : ["close"];
  }
}

/** @param {Action} action @param {QuestionState} question */
function words(action, { about, phase }) {
  switch (action) {
    case "lock":
      return t("Lock");
    case "again":
      return t("Second round");
    case "reveal":
      return about.kind === "poll" ? t("Show the answers") : t("Reveal by torch");
    case "close":
      return phase === "revealed" ? t("Done with it") : t("Drop it");
  }
}

/**
 * @param {HTMLElement} place
 * @param {(number: number, action: Action) => void} act
 * @returns {(room: RoomState | null) => void} draws
 */
export function questionControls(place, act) {
  return when(
    (/** @type {RoomState | null} */ room) => {
      const question = room?.question ?? null;
      const actions = question ? actionsOf(question).join() : "";
      return [`${question?.number} ${question?.phase} ${actions}`, countWords(room), room];
    },
    (key, count, room) => {
      const question = room?.question ?? null;
      const told = place.querySelector(".question-count");
      if (told && place.dataset.key === key) {
        told.textContent = count;
        return;
      }
      place.dataset.key = key;
      if (question === null) return replaceChildren(place);
      const buttons = actionsOf(question).map((action, i) => {
        const element = button(words(action, question), () => act(question.number, action));
        element.dataset.key = action;
        if (i === 0) element.classList.add("button-main");
        return element;
      });
      replaceChildren(place, html("span", "question-count", count), ...buttons);
    },
  );
}

/** How many have answered, and how far the question is. @param {RoomState | null} room */
export function countWords(room) {
  const question = room?.question;
  if (!room || !question) return "";
  if (question.phase === "revealing") return t("torch computes…");
  const count = t("{answered} of {present} answered", {
    answered: question.n_answered,
    present: Math.max(room.n_present, question.n_answered),
  });
  if (question.phase === "locked") return t("Locked · {count}", { count });
  return question.round === 2 ? t("Second round · {count}", { count }) : count;
}

/** @param {number} present */
export function presentWords(present) {
  return tn("{count} is here", "{count} are here", present);
}
