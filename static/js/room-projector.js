// @ts-check
/** The projector's page. */

import { byId } from "./page/dom.js";
import { t } from "./page/i18n.js";
import { Hall } from "./room/hall.js";
import { ownerKey } from "./room/owner-door.js";
import { OWNED } from "./room/room-keys.js";

/** @param {string} text */
function say(text) {
  byId("hall-place").hidden = true;
  byId("hall-words").textContent = text;
}

const { key, reason } = await ownerKey("projector");
if (key === null)
  say(
    reason ||
      t("This browser does not own that room. Open the projector from the teacher's page or console."),
  );
else
  new Hall(key, (over) => {
    if (over === "refused") OWNED.forget(key.id);
    say(over === "ended" ? t("The room is over.") : t("This browser does not own that room any more."));
  });
