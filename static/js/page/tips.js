// @ts-check
/**
 * When tips go away: Escape hides those that show (WCAG 2.2, 1.4.13), and a press hides that of the control that is
 * pressed. A hidden tip stays away until neither the pointer nor the keyboard's focus is on its control.
 */

const AWAY = "data-tip-away";
/** A control whose tip shows, or would if it were not away. */
const SHOWING = ":hover, :has(:focus-visible), :has(.help:focus)";

export function bindTips() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const place of document.querySelectorAll(`.tipped:is(${SHOWING})`)) place.setAttribute(AWAY, "");
  });
  document.addEventListener("pointerdown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest(".help")) target.closest(".tipped")?.setAttribute(AWAY, "");
  });
  const release = () => {
    for (const place of document.querySelectorAll(`[${AWAY}]:not(:is(${SHOWING}))`))
      place.removeAttribute(AWAY);
  };
  // A frame later, when the browser knows what is hovered and focused.
  for (const event of ["pointerover", "focusin", "focusout"])
    document.addEventListener(event, () => requestAnimationFrame(release));
}
