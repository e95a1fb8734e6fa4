// @ts-check
/** A checkbox for a choice that the state holds. */

/**
 * @param {HTMLInputElement} box
 * @param {(on: boolean) => void} choose
 * @returns {(on: boolean) => void} shows what is chosen
 */
export function bindChoice(box, choose) {
  box.addEventListener("change", () => choose(box.checked));
  return (on) => {
    if (box.checked !== on) box.checked = on;
  };
}
