// @ts-check
/** The list of lessons. */

import "./chrome.js";
import { lessonCards } from "./lesson/lesson-list.js";
import { byId, replaceChildren } from "./page/dom.js";
import { request } from "./page/http.js";
import { reasonOf } from "./page/refusal.js";

try {
  const { lessons } = await request("/api/lessons");
  replaceChildren(byId("lessons"), ...lessonCards(lessons));
} catch (error) {
  byId("lessons-reason").textContent = reasonOf(error);
}
