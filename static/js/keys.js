// @ts-check
/** Keyboard shortcuts of the whole page. They can be switched off, and stay so. */

const STORED = "keys";

/**
 * @param {HTMLInputElement} toggle the box that switches them
 * @param {Record<string, () => void>} actions by `KeyboardEvent.key`
 */
export function bindKeys(toggle, actions) {
  toggle.checked = localStorage.getItem(STORED) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(STORED, toggle.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || !toggle.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = /** @type {HTMLElement} */ (event.target);
    // Inside a field every key is the field's; Space also presses a focused button or link.
    if (place.closest("input, select, textarea")) return;
    if (event.key === " " && (event.repeat || place.closest("button, a, summary"))) return;
    event.preventDefault();
    action();
  });
}
