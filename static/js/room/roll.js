// @ts-check
/** The members of a room on the console: who is here, who has answered, who is stuck, and what can be done for them. */

import { when } from "../page/changes.js";
import { button, byId, html, replaceChildren } from "../page/dom.js";
import { t, tn } from "../page/i18n.js";
import { answerText } from "./asked.js";

/** @typedef {import("../../types/protocol").RoomState} RoomState */
/** @typedef {import("../../types/protocol").MemberState} MemberState */

/**
 * @typedef {object} Actions
 * @property {(member: MemberState) => void} admit
 * @property {(member: MemberState) => void} rename
 * @property {(member: MemberState) => void} remove
 */

/**
 * Those who wait to be let in, then those who are stuck or lost, then all others; the absent last.
 *
 * @param {MemberState[]} members
 */
export function sorted(members) {
  /** @param {MemberState} member */
  const rank = ({ admitted, present, stuck, feeling }) =>
    admitted ? (present ? (stuck || feeling === "lost" ? 1 : 2) : 3) : 0;
  return [...members].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
}

/** @param {Actions} actions @returns {(room: RoomState | null) => void} draws */
export function rollView(actions) {
  const [list, empty, count, stuck] = ["roll", "roll-empty", "members-count", "roll-stuck"].map((id) =>
    byId(id),
  );
  if (!list || !empty || !count || !stuck) throw new TypeError("the page lacks a part");
  return when(
    (/** @type {RoomState | null} */ room) => [JSON.stringify(room?.members ?? []), room],
    (key, room) => {
      if (list.dataset.key === key || room === null) return;
      list.dataset.key = key;
      empty.hidden = room.members.length > 0;
      count.textContent = t("{present} of {members} here", {
        present: room.n_present,
        members: room.n_members,
      });
      stuck.textContent = stuckWords(room.members);
      replaceChildren(list, ...sorted(room.members).map((member) => item(member, room, actions)));
    },
  );
}

/** How many are stuck, and what that means. @param {MemberState[]} members */
export function stuckWords(members) {
  const n = members.filter(({ stuck }) => stuck).length;
  if (n === 0) return "";
  return tn(
    "! {count} is stuck: the run has ended badly, or has not moved for half a minute.",
    "! {count} are stuck: their runs have ended badly, or have not moved for half a minute.",
    n,
  );
}

/** @param {MemberState} member @param {RoomState} room @param {Actions} actions */
function item(member, room, { admit, rename, remove }) {
  const { number, name, present, admitted, answer } = member;
  const shown = name ?? `#${number}`;
  const marks = html("span", "roll-marks", ...marksOf(member, room).map((mark) => html("span", "", mark)));
  const doing = [
    ...(admitted
      ? []
      : [
          named(
            button(t("Let in"), () => admit(member)),
            "admit",
            member,
          ),
        ]),
    named(
      button(t("Rename"), () => rename(member)),
      "rename",
      member,
    ),
    named(
      button(t("Remove"), () => remove(member)),
      "remove",
      member,
    ),
  ];
  const row = html(
    "li",
    "roll-item",
    html("span", "roll-name", shown),
    marks,
    html("span", "roll-do", ...doing),
  );
  if (answer !== null && room.question)
    row.append(html("span", "roll-answer", answerText(room.question.about, answer)));
  row.toggleAttribute("data-absent", !present);
  return row;
}

/** @param {HTMLElement} element @param {string} what @param {MemberState} member */
function named(element, what, { number, name }) {
  element.dataset.key = `${what} ${number}`;
  element.setAttribute("aria-label", `${element.textContent}: ${name ?? number}`);
  return element;
}

/** @param {MemberState} member @param {RoomState} room */
function marksOf({ present, admitted, answered, feeling, stuck }, { question }) {
  return [
    ...(admitted ? [] : [t("waits")]),
    ...(present ? [] : [t("away")]),
    ...(question && answered ? [t("✓ answered")] : []),
    ...(feeling === "lost" ? [t("? lost")] : feeling === "fast" ? [t("» too fast")] : []),
    ...(stuck ? [t("! stuck")] : []),
  ];
}
