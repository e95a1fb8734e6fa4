// @ts-check
/** Keyboard shortcuts of the whole page. They can be switched off, and stay so. */

import { browser } from "./memory.js";

const STORED = "keys";

/** Whether single keys work as shortcuts. */
export const shortcuts = {
  get on() {
    return browser.get(STORED) !== "off";
  },
  set on(on) {
    browser.set(STORED, on ? "on" : "off");
  },
};

/** @param {Record<string, () => void>} actions by `KeyboardEvent.key`, letters in lower case */
export function bindKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || !shortcuts.on || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = /** @type {HTMLElement} */ (event.target);
    // Inside a field every key is the field's, as is Space on a focused button, box or link; a slider has a use
    // only for arrows; a text that has the focus is scrolled; a dialog takes all.
    if (place.closest("input:not([type=checkbox], [type=range]), select, textarea, pre, dialog")) return;
    if (event.key.startsWith("Arrow") && place.closest("[type=range]")) return;
    if (event.key === " " && (event.repeat || place.closest("button, a, summary, input:not([type=range])")))
      return;
    event.preventDefault();
    action();
  });
}
