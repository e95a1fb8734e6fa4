// @ts-check
/** What all pages have around their content: appearance, languages, the list of keyboard shortcuts, tips. */

import { appearance } from "./page/appearance.js";
import { byId, keepFocus } from "./page/dom.js";
import { bindFrameLinks, embedded } from "./page/embedded.js";
import { bindKeys, shortcuts } from "./page/keys.js";
import { bindTips } from "./page/tips.js";

/**
 * A button that stays pressed.
 *
 * @param {string} id
 * @param {() => boolean} toggle the new state
 * @returns {() => void} presses it
 */
function bindToggle(id, toggle) {
  const button = byId(id);
  const press = () => button.setAttribute("aria-pressed", String(toggle()));
  button.addEventListener("click", press);
  return press;
}

function bindAppearance() {
  bindToggle("theme", () => {
    appearance.dark = !appearance.dark;
    return appearance.dark;
  });
  return bindToggle("projector", () => {
    // A class sees less: what has the focus may be among what is hidden.
    keepFocus(document.body, () => {
      appearance.projector = !appearance.projector;
    });
    return appearance.projector;
  });
}

/** @returns {() => void} opens the sheet */
function bindShortcuts() {
  const sheet = byId("shortcuts", HTMLDialogElement);
  const box = byId("keys", HTMLInputElement);
  const open = () => sheet.showModal();
  box.checked = shortcuts.on;
  box.addEventListener("change", () => {
    shortcuts.on = box.checked;
  });
  byId("shortcuts-open").addEventListener("click", open);
  byId("shortcuts-close").addEventListener("click", () => sheet.close());
  return open;
}

/** Another language shows the same run and the same settings: the rest of the address stays. */
function bindLanguages() {
  for (const link of document.querySelectorAll(".languages a")) {
    const anchor = /** @type {HTMLAnchorElement} */ (link);
    anchor.addEventListener("click", () => {
      const rest = location.search.slice(1).replace(/(^|&)lang=[^&]*/, "");
      anchor.search = [`lang=${anchor.lang}`, rest].filter(Boolean).join("&");
    });
  }
}

if (embedded === null) {
  bindKeys({ p: bindAppearance(), "?": bindShortcuts() });
  bindLanguages();
} else bindFrameLinks();
bindTips();
