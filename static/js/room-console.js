// @ts-check
/** The console's page. */

import "./chrome.js";
import { LessonLead } from "./lesson/lesson-lead.js";
import { byId } from "./page/dom.js";
import { t } from "./page/i18n.js";
import { Desk } from "./room/desk.js";
import { ownerKey } from "./room/owner-door.js";
import { OWNED } from "./room/room-keys.js";

/** @param {string} text */
function say(text) {
  byId("desk").hidden = true;
  byId("console-words").textContent = text;
}

const { key, reason } = await ownerKey("console");
if (key === null)
  say(
    reason ||
      t(
        "This browser does not own that room. Open the console from the teacher's page, or by a helper's link.",
      ),
  );
else
  new Desk(
    key,
    (over) => {
      OWNED.forget(key.id);
      say(over === "ended" ? t("The room is over.") : t("This browser does not own that room any more."));
    },
    (ask) => new LessonLead(ask).draw,
  );
