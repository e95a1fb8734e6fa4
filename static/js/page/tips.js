// @ts-check
/**
 * When tips go away: Escape hides whichever shows (WCAG 2.2, 1.4.13), and so does pressing the control it is
 * about. It stays away until the pointer or the focus moves on to another one.
 */

const AWAY = "tips-away";

export function bindTips() {
  const { classList } = document.body;
  /** @type {Element | null} */
  let about = null;

  /** @param {Event} event */
  const place = (event) => /** @type {Element} */ (event.target).closest(".tipped");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") classList.add(AWAY);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!(/** @type {Element} */ (event.target).closest(".help"))) classList.add(AWAY);
  });
  for (const moved of ["pointerover", "focusin"]) {
    document.addEventListener(moved, (event) => {
      if (place(event) !== about) classList.remove(AWAY);
      about = place(event);
    });
  }
}
