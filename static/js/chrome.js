// @ts-check
/** What all pages have around their content: looks, languages, the sheet of keyboard shortcuts, tips. */

import { appearance } from "./page/appearance.js";
import { bindKeys, shortcuts } from "./page/keys.js";
import { bindTips } from "./page/tips.js";

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * A button that stays pressed.
 *
 * @param {string} id
 * @param {() => boolean} toggle the new state
 * @returns {() => void} presses it
 */
function bindToggle(id, toggle) {
  const button = find(id);
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
    appearance.projector = !appearance.projector;
    return appearance.projector;
  });
}

/** @returns {() => void} opens the sheet */
function bindShortcuts() {
  const sheet = /** @type {HTMLDialogElement} */ (find("shortcuts"));
  const box = /** @type {HTMLInputElement} */ (find("keys"));
  const open = () => sheet.showModal();
  box.checked = shortcuts.on;
  box.addEventListener("change", () => {
    shortcuts.on = box.checked;
  });
  find("shortcuts-open").addEventListener("click", open);
  find("shortcuts-close").addEventListener("click", () => sheet.close());
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

bindKeys({ p: bindAppearance(), "?": bindShortcuts() });
bindLanguages();
bindTips();
