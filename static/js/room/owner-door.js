// @ts-check
/** How an owner gets the key: this browser has it, a ticket in the address gives one, or a room is opened. */

import { reasonOf } from "../page/refusal.js";
import { ROOT } from "../page/root.js";
import { newKey } from "../run/unsure.js";
import { codeOfPath } from "./code-entry.js";
import { OWNED } from "./room-keys.js";
import { openRoom, redeem } from "./room-requests.js";

/** @typedef {import("./room-keys.js").Key} Key */

/** Opens a room, which is this browser's from then on. @returns {Promise<Key>} @throws what `request` throws */
export async function openOwn() {
  const { id, code, owner_token } = await openRoom({}, newKey());
  const key = { id, code, token: owner_token };
  OWNED.keep(key);
  return key;
}

/**
 * @param {"console" | "projector"} page
 * @returns {Promise<{ key: Key | null, reason: string }>} reason: why there is none; "": this browser owns no such room
 */
export async function ownerKey(page) {
  const ticket = location.hash.slice(1);
  if (ticket === "") return { key: OWNED.find(codeOfPath(location.pathname)), reason: "" };
  // Neither the history nor a second look at the address shall show it.
  history.replaceState(null, "", location.pathname + location.search);
  try {
    const { id, code, owner_token } = await redeem(ticket);
    const key = { id, code, token: owner_token };
    OWNED.keep(key);
    history.replaceState(null, "", `${ROOT}/room/${code}/${page}`);
    return { key, reason: "" };
  } catch (error) {
    return { key: OWNED.find(codeOfPath(location.pathname)), reason: reasonOf(error) };
  }
}
