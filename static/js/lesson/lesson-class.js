// @ts-check
/** From a lesson's page to the class: its step goes to the teacher's room, and the teacher to the console. */

import { byId } from "../page/dom.js";
import { Refusal } from "../page/http.js";
import { reasonOf } from "../page/refusal.js";
import { ROOT } from "../page/root.js";
import { openOwn } from "../room/owner-door.js";
import { OWNED } from "../room/room-keys.js";
import { RoomRequests } from "../room/room-requests.js";

/** @typedef {import("../../types/protocol").LessonPlace} Place */

/** Refusals of a room that is over, or no longer this browser's. */
const OVER = [401, 403, 404];

/** @param {() => Place} place where the reader is; called once the lesson is there */
export function bindClass(place) {
  const element = byId("lesson-class");
  element.hidden = false;
  element.addEventListener("click", async () => {
    try {
      const code = await lead(place());
      location.assign(`${ROOT}/room/${code}/console`);
    } catch (error) {
      byId("lesson-class-reason").textContent = reasonOf(error);
    }
  });
}

/** Takes the class there, in the room that this browser has, or in a new one. @param {Place} place */
async function lead(place) {
  const known = OWNED.newest;
  if (known !== null) {
    try {
      await new RoomRequests(known).lead(place);
      return known.code;
    } catch (error) {
      if (!(error instanceof Refusal && OVER.includes(error.problem.status))) throw error;
      OWNED.forget(known.id);
    }
  }
  const key = await openOwn();
  await new RoomRequests(key).lead(place);
  return key.code;
}
