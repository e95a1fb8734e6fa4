// @ts-check
/** Settings that a lesson leaves to its reader (`?free=optimizer.lr,model`); all others are fixed, and not shown. */

/**
 * @param {string} search of the address
 * @returns {string[] | null} null: all are free
 */
export function freeSettings(search) {
  const free = new URLSearchParams(search).get("free");
  return free === null ? null : free.split(",").filter(Boolean);
}

/**
 * @param {string} path of a setting, such as "optimizer.lr"
 * @param {readonly string[]} free settings, or groups of them
 */
export function isFree(path, free) {
  return free.some((name) => path === name || path.startsWith(`${name}.`));
}

/** What chooses points, where the data is fixed, and what leads to other settings altogether. */
const WAYS_TO_DATA = ".formula-field, #data-more, #data-open, #use-formula, .point-mode";
const WAYS_ELSEWHERE = ".offers";

/**
 * Marks on the page what is fixed, which leaves it out.
 *
 * @param {readonly string[]} free
 */
export function hideFixed(free) {
  /** @param {string} selector @param {(place: HTMLElement) => boolean} isFixed */
  const mark = (selector, isFixed) => {
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector)))
      place.toggleAttribute("data-fixed", isFixed(place));
  };
  mark("[data-field]", ({ dataset }) => !isFree(dataset.field ?? "", free));
  mark(WAYS_TO_DATA, () => !free.includes("data"));
  mark(WAYS_ELSEWHERE, () => true);
  mark(".settings fieldset", (set) => set.querySelector("[data-field]:not([data-fixed])") === null);
}
