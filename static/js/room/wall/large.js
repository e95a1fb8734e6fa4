// @ts-check
/** One member's run on the big screen, and what the teacher can do with it. */

import { when } from "../../page/changes.js";
import { byId } from "../../page/dom.js";
import { request } from "../../page/http.js";
import { t } from "../../page/i18n.js";
import { ROOT } from "../../page/root.js";
import { forkRun, pathOf, RUNS } from "../../run/runs.js";
import { labelOf } from "./tiles.js";

/** @typedef {import("../../../types/protocol").RoomState} RoomState */
/** @typedef {import("../../../types/protocol").MemberState} MemberState */
/** @typedef {import("./tiles.js").Wall} Wall */

/** Whose run is shown large. @param {RoomState | null} room @returns {MemberState | null} */
export function largeOf(room) {
  const screen = room?.screen;
  if (!room || screen?.kind !== "wall" || screen.member === null) return null;
  return room.members.find(({ number, run }) => number === screen.member && run !== null) ?? null;
}

/**
 * What a press on somebody's picture does: show their run, or ask them first.
 *
 * @param {RoomState} room
 * @param {number} number
 * @returns {import("../../../types/protocol").RoomChange | null} null: there is no wall
 */
export function picked({ screen, members }, number) {
  const member = members.find((one) => one.number === number);
  if (screen.kind !== "wall" || member === undefined) return null;
  return member.consents ? { screen: { ...screen, member: number } } : { asking: number };
}

/**
 * @param {(wall: Wall) => void} show
 * @param {(work: () => Promise<unknown>) => void} ask does something that may be refused
 * @returns {(room: RoomState | null) => void} draws
 */
export function largeView(show, ask) {
  const [place, words] = [byId("wall-large"), byId("wall-large-words")];
  /** @type {RoomState | null} */
  let room = null;
  byId("wall-back").addEventListener("click", () => {
    if (room?.screen.kind === "wall") show({ ...room.screen, member: null });
  });
  byId("wall-fork").addEventListener("click", () => {
    const run = largeOf(room)?.run;
    if (run) ask(() => forked(run));
  });
  const draw = when(
    (/** @type {MemberState | null} */ member) => [member && labelOf(member)],
    (who) => {
      place.hidden = who === null;
      words.textContent = who === null ? "" : t("On the big screen: {who}", { who });
    },
  );
  return (now) => {
    room = now;
    draw(largeOf(now));
  };
}

/** Opens a page with a run of one's own that goes on from where another stands. @param {string} run */
async function forked(run) {
  const { step } = await request(pathOf(run));
  const own = await forkRun(run, step);
  RUNS.owned.remember(own);
  // The new page is given what this one remembers of its runs.
  const address = `${ROOT}/?run=${encodeURIComponent(own.id)}`;
  if (open(address, "_blank") === null) location.assign(address);
}
