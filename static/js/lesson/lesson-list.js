// @ts-check
/** The lessons there are, as a list of links. */

import { html } from "../page/dom.js";
import { tn } from "../page/i18n.js";
import { ROOT } from "../page/root.js";
import { words } from "./lesson-text.js";

/** @param {import("../../types/protocol").LessonOffer[]} lessons @returns {HTMLElement[]} */
export function lessonCards(lessons) {
  return lessons.map(({ id, title, about, minutes, steps }) => {
    const link = /** @type {HTMLAnchorElement} */ (html("a", "lesson-link", title));
    link.href = `${ROOT}/lessons/${encodeURIComponent(id)}`;
    const facts = [
      tn("{count} step", "{count} steps", steps),
      tn("{count} minute", "{count} minutes", minutes),
    ];
    return html(
      "li",
      "lesson-card",
      html("h2", "", link),
      html("p", "", ...words(about)),
      html("p", "lesson-facts", facts.join(" · ")),
    );
  });
}
