// @ts-check
/**
 * Whether the class follows this very page. Pure.
 *
 * Several pages may belong to one room's owner; the one that showed last is followed, and the others notice. What torch
 * reveals is shown in between: then the page is followed again.
 */

import { screenKey } from "./room-state.js";

/** @typedef {import("./room-state.js").Screen} Screen */

/**
 * @typedef {object} Showing
 * @property {boolean} on
 * @property {string | null} sent the screen that this page sent last, without where it looks; it may be away for a reveal
 * @property {boolean} seen whether the room has shown that
 */

/** @type {Showing} */
export const OFF = Object.freeze({ on: false, sent: null, seen: false });

/** @typedef {{ type: "pressed" } | { type: "sent", screen: Screen } | { type: "room", screen: Screen, reveals: boolean }} Message */

/**
 * @param {Showing} showing
 * @param {Message} message
 * @returns {Showing}
 */
export function reduce(showing, message) {
  switch (message.type) {
    case "pressed":
      return { ...OFF, on: !showing.on };
    case "sent": {
      const sent = screenKey(message.screen);
      return sent === showing.sent ? showing : { ...showing, sent, seen: false };
    }
    case "room": {
      if (showing.sent === null) return showing;
      if (screenKey(message.screen) === showing.sent)
        return showing.on && showing.seen ? showing : { ...showing, on: true, seen: true };
      // Until the room has followed, it still shows what was there before.
      if (!showing.seen) return showing;
      return message.reveals ? { ...showing, on: false } : OFF;
    }
  }
}
