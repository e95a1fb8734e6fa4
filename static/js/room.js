// @ts-check
/** A member's page: the door, and then a seat in the class. */

import "./chrome.js";
import { byId } from "./page/dom.js";
import { Door } from "./room/door.js";
import { Seat } from "./room/seat.js";

let left = false;
const door = new Door((key) => {
  // Somebody who comes again gets a page as new as they are.
  if (left) return location.reload();
  byId("door").hidden = true;
  new Seat(key, (reason) => {
    left = true;
    byId("door").hidden = false;
    door.closed(key, reason);
  });
});
door.open();
