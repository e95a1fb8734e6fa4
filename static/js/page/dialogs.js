// @ts-check
/** Dialogs that a button opens. */

/**
 * Opens a dialog by its button, and closes it by any button inside with `data-close`, or by a press beside it.
 *
 * @param {HTMLElement} opener
 * @param {HTMLDialogElement} dialog
 * @param {() => boolean} [may] whether it may be opened now
 */
export function bindDialog(opener, dialog, may = () => true) {
  opener.addEventListener("click", () => may() && dialog.showModal());
  // A selection of text may begin inside and end beside the dialog: both ends of a press must lie there.
  let began = false;
  dialog.addEventListener("pointerdown", (event) => {
    began = isBeside(dialog, event);
  });
  dialog.addEventListener("click", (event) => {
    const closes = /** @type {Element} */ (event.target).closest("[data-close]") !== null;
    if (closes || (began && isBeside(dialog, event))) dialog.close();
    began = false;
  });
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {MouseEvent} event
 */
function isBeside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}
