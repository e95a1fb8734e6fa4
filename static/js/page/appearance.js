// @ts-check
/**
 * How the pages look: dark or light, and large for a projector.
 *
 * Both are attributes of `<html>`, and cookies, so that the server writes the attributes and no page is first
 * shown in the wrong colours. Pictures that cannot read style sheets listen for `CHANGED`.
 */

import { ROOT } from "./root.js";

const YEAR = 365 * 24 * 3600;

/** An event of the document: colours or sizes have changed. */
export const CHANGED = "appearance";

const page = globalThis.document?.documentElement;

/** Where a browser sends a cookie: inside another site's page only one that is kept apart for that site. */
function reach() {
  const secure = location.protocol === "https:";
  if (secure && window.top !== window) return "; samesite=none; secure; partitioned";
  return secure ? "; samesite=lax; secure" : "; samesite=lax";
}

/**
 * @param {string} cookie a session's where it has no `lasting`
 * @param {string} [lasting]
 */
function remember(cookie, lasting = "") {
  // The only way that every browser has.
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox ESR.
  document.cookie = `${cookie}; path=${ROOT || "/"}${reach()}${lasting}`;
  document.dispatchEvent(new Event(CHANGED));
}

export const appearance = {
  get dark() {
    return page.dataset.theme === "dark";
  },
  set dark(dark) {
    page.dataset.theme = dark ? "dark" : "light";
    remember(`theme=${page.dataset.theme}`, `; max-age=${YEAR}`);
  },
  /** For as long as the browser is open: a class ends. */
  get projector() {
    return "projector" in page.dataset;
  },
  set projector(projector) {
    page.toggleAttribute("data-projector", projector);
    remember(`projector=${projector ? "on" : "off"}`);
  },
};
