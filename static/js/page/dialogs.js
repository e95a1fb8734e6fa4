// @ts-check
/** Dialogs that a button opens. */

/**
 * Opens a dialog by its button, and closes it by any button inside that says so.
 *
 * @param {HTMLElement} opener
 * @param {HTMLDialogElement} dialog
 */
export function bindDialog(opener, dialog) {
  opener.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", ({ target }) => {
    const element = /** @type {Element} */ (target);
    if (element === dialog || element.closest("[data-close]")) dialog.close();
  });
}
