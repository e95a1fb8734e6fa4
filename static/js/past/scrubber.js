// @ts-check
/** The slider under the loss chart, by which the reader looks back at earlier steps. */

import { lastStepOf } from "../charts/axes.js";
import { byId } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { lossText } from "../page/numbers.js";

/** @typedef {import("../run/state.js").State} State */

/**
 * @typedef {object} Actions
 * @property {() => void} approach the reader may be about to look back
 * @property {(step: number | null) => void} look null: at the present again
 * @property {(step: number) => void} trainOn
 */

export class Scrubber {
  #places;
  #actions;
  /** @type {State | null} */
  #drawn = null;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#places = { range: byId("scrub", HTMLInputElement), now: byId("to-now"), trainOn: byId("train-on") };
    this.#actions = actions;
    const { range, now, trainOn } = this.#places;
    for (const event of ["pointerenter", "pointerdown", "focus"]) {
      range.addEventListener(event, () => actions.approach());
    }
    range.addEventListener("input", () => this.#moved());
    for (const button of [now, trainOn])
      button.addEventListener("mousedown", (event) => event.preventDefault());
    now.addEventListener("click", () => actions.look(null));
    trainOn.addEventListener("click", () => {
      const { past, link } = this.#drawn ?? {};
      if (past && link === "open") actions.trainOn(past.step);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#drawn?.past == null) return;
      // What opens and closes has a use of its own for it.
      if (
        !(
          /** @type {Element} */ (event.target).closest(
            "dialog, .menu[open], .network-editor, .script-editor",
          )
        )
      )
        actions.look(null);
    });
  }

  /** The end of the axis may lie beyond the newest step, which is as far as one gets. */
  #moved() {
    const step = Number(this.#places.range.value);
    const newest = this.#drawn?.run?.step ?? 0;
    this.#actions.look(step < newest ? step : null);
    this.#set(Math.min(step, newest));
  }

  /** @param {number} step */
  #set(step) {
    const { range } = this.#places;
    range.value = String(step);
    range.setAttribute("aria-valuetext", this.#text(step));
  }

  /** @param {number} step */
  #text(step) {
    const newest = this.#drawn?.run?.step ?? 0;
    if (step === 0) return t("step 0: the initial weights");
    const values = { step, loss: lossText(this.#drawn?.losses.values[step - 1] ?? null) };
    return step < newest ? t("step {step}, loss {loss}", values) : t("now: step {step}, loss {loss}", values);
  }

  /** @param {State} state */
  draw(state) {
    if (state === this.#drawn) return;
    this.#drawn = state;
    const { range, now, trainOn } = this.#places;
    const { run, past, link } = state;
    range.max = String(Math.max(lastStepOf(state), run?.step ?? 0)); // Where the chart's axis ends.
    // Not `disabled`: that would take the focus. With no step to go to, each move ends where it began.
    range.setAttribute("aria-disabled", String(run === null || run.step === 0));
    this.#set(past?.step ?? run?.step ?? 0);
    // A button that goes away leaves the focus to the slider.
    const left = past === null && (document.activeElement === now || document.activeElement === trainOn);
    if (left) range.focus();
    document.body.toggleAttribute("data-past", past !== null);
    trainOn.setAttribute("aria-disabled", String(past === null || link !== "open"));
  }
}
