// @ts-check
/** An address as a picture to be scanned. */

import { ROOT } from "../page/root.js";
import { roomPath } from "./room-requests.js";

/**
 * @param {string} id of the room
 * @param {string} address becomes part of another one, so it has no secret in it that lasts
 * @param {string} alt
 */
export function qrPicture(id, address, alt) {
  const picture = new Image();
  picture.alt = alt;
  picture.src = `${ROOT}${roomPath(id)}/qr.svg?address=${encodeURIComponent(address)}`;
  return picture;
}
