// @ts-check
/** Escape puts away whichever tip shows, until the pointer or the focus moves on (WCAG 2.2, 1.4.13). */

const AWAY = "tips-away";

export function bindTips() {
  const { classList } = document.body;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") classList.add(AWAY);
  });
  for (const moved of ["pointerover", "focusin"]) {
    document.addEventListener(moved, () => classList.remove(AWAY));
  }
}
