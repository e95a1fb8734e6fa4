// @ts-check
/** The playback's controls: start, back, play, on, a slider over all steps, and the speed. */

import { keepFocus, within } from "../../page/dom.js";
import { t, tn } from "../../page/i18n.js";
import { stepWords } from "./telling.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */

/** How long a step is shown at normal speed, in ms. */
const PACE = 1100;
/** The share of it in which numbers move along the edges. */
const FLOW = 0.75;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  #place;
  #scrub;
  #words;
  /** How many times the normal speed. */
  #pace = 1;
  #onStep;
  /** @type {Derivation | null} */
  #derivation = null;
  #count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} place
   * @param {(count: number, flow: number) => void} onStep shows how things stood after so many steps; flow:
   *   how long numbers move, in ms
   */
  constructor(place, onStep) {
    this.#place = place;
    this.#onStep = onStep;
    this.#scrub = within(place, 'input[type="range"]', HTMLInputElement);
    this.#words = within(place, ".player-words");
    const pace = within(place, "select", HTMLSelectElement);
    pace.value = String(this.#pace); // Browsers bring an earlier choice back on reload.
    pace.addEventListener("change", () => {
      this.#pace = Number(pace.value);
    });
    this.#scrub.addEventListener("input", () => this.#jump(Number(this.#scrub.value)));
    place.addEventListener("click", ({ target }) => {
      const action = /** @type {Element} */ (target).closest("button")?.dataset.play;
      if (action === "toggle") this.toggle();
      if (action === "back") this.step(-1);
      if (action === "on") this.step(1);
      if (action === "start") this.#jump(0);
    });
  }

  get #length() {
    return this.#derivation?.steps.length ?? 0;
  }

  /** @param {Derivation} derivation it stands at its end */
  show(derivation) {
    this.pause();
    this.#derivation = derivation;
    keepFocus(this.#place, () => {
      this.#place.hidden = this.#length === 0;
    });
    this.#scrub.max = String(this.#length);
    this.#jump(this.#length);
  }

  /** How many steps are shown; null: all. */
  get moment() {
    return this.#count >= this.#length ? null : this.#count;
  }

  /** Shows so many steps. @param {number | null} moment null: all */
  look(moment) {
    this.#jump(moment ?? this.#length);
  }

  toggle() {
    if (this.#timer !== undefined) this.pause();
    else this.#play();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    this.pause();
    this.#go(this.#count + direction, direction === 1);
  }

  /** @param {number} count */
  #jump(count) {
    this.pause();
    this.#go(count, false);
  }

  #play() {
    if (this.#length === 0) return;
    if (this.#count >= this.#length) this.#go(0, false);
    this.#place.toggleAttribute("data-playing", true);
    const next = () => {
      this.#go(this.#count + 1, true);
      if (this.#count < this.#length) this.#timer = setTimeout(next, this.#duration);
      else this.pause();
    };
    this.#timer = setTimeout(next, this.#duration / 2);
  }

  /** Stops where it is. */
  pause() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#place.toggleAttribute("data-playing", false);
  }

  get #duration() {
    return PACE / this.#pace;
  }

  /** @param {Derivation} derivation what the last step did, in words */
  #stepWords(derivation) {
    const step = derivation.steps[this.#count - 1];
    if (!step) return t("Before the first line.");
    const ended = this.#count === this.#length && step.event !== "error";
    return ended
      ? tn(
          "The end of {count} step. Play shows it again.",
          "The end of {count} steps. Play goes through them one by one.",
          this.#count,
        )
      : stepWords(step, derivation);
  }

  /**
   * @param {number} count
   * @param {boolean} flows whether numbers may be seen moving
   */
  #go(count, flows) {
    const derivation = this.#derivation;
    if (derivation === null) return;
    this.#count = Math.max(0, Math.min(this.#length, count));
    this.#scrub.value = String(this.#count);
    const words = this.#stepWords(derivation);
    this.#words.textContent = words;
    this.#scrub.setAttribute("aria-valuetext", words);
    this.#onStep(this.#count, flows && !calm.matches ? this.#duration * FLOW : 0);
  }
}
