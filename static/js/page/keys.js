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

/** Where every key is the element's own: fields, texts that are scrolled, widgets of several parts, dialogs. */
const TAKES_ALL = [
  "input:not([type=checkbox], [type=range]), select, textarea",
  "pre, [role=region][tabindex], [role=note][tabindex]",
  "[role=application], [role=listbox]",
  "dialog",
].join();
/** Where Space presses or chooses. */
const PRESSED = "button, a, summary, [type=checkbox], [role=button], [role=option]";
/** Where arrows move something. A slider has no use for Space. */
const MOVED = "[type=range], [role=slider]";

/**
 * Whether a key means something to the element that has the focus, so that the page leaves it alone.
 *
 * @param {string} key as in `KeyboardEvent.key`
 * @param {Element} focused
 */
function isTaken(key, focused) {
  if (focused.closest(TAKES_ALL)) return true;
  if (key === " ") return focused.closest(PRESSED) !== null;
  return key.startsWith("Arrow") && focused.closest(MOVED) !== null;
}

/** @param {Record<string, () => void>} actions by `KeyboardEvent.key`, letters in lower case */
export function bindKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || !shortcuts.on || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTaken(event.key, /** @type {Element} */ (event.target)) || (event.key === " " && event.repeat))
      return;
    event.preventDefault();
    action();
  });
}
