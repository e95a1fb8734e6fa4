// @ts-check
/** A weight or a bias set by hand: a small form beside what was pressed. */

import { typed } from "../../controls/settings.js";
import { figure } from "../../page/numbers.js";
import { write } from "../../page/svg.js";
import { addressOf, nameOf, placeOf } from "../../run/layers.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/layers.js").Layer} Layer */
/** @typedef {import("../../run/layers.js").Element} Element */

export class ParameterEditor {
  #form;
  #send;
  #places;
  /** @type {Element | null} */
  #element = null;
  /** @type {Layer[]} */
  #layers = [];
  /** Whether the field still has to be filled with the present value. */
  #fresh = false;
  /** @type {HTMLElement | SVGElement | null} */
  #opener = null;

  /**
   * @param {HTMLElement} form
   * @param {(message: import("../../../types/protocol").Edit) => void} send
   */
  constructor(form, send) {
    this.#form = form;
    this.#send = send;
    /** @param {string} selector */
    const find = (selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
    this.#places = {
      name: find("label code"),
      value: /** @type {HTMLInputElement} */ (find("input")),
      now: find("output"),
      reason: find(".reason"),
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    find("[data-close]").addEventListener("click", () => this.#close());
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
  }

  /**
   * @param {Element} element
   * @param {Layer[]} layers
   * @param {{ x: number, y: number }} anchor in the picture, in px
   */
  open(element, layers, { x, y }) {
    this.#opener = /** @type {HTMLElement | SVGElement | null} */ (document.activeElement);
    this.#element = element;
    this.#layers = layers;
    this.#form.hidden = false;
    write(this.#places.name, `net.${nameOf(layers, element)} =`);
    this.#fresh = true;
    const room = /** @type {HTMLElement} */ (this.#form.parentElement).clientWidth - this.#form.offsetWidth;
    this.#form.style.left = `${Math.max(0, Math.min(room, x - this.#form.offsetWidth / 2))}px`;
    this.#form.style.top = `${y + 8}px`;
    this.#places.value.focus();
  }

  #close() {
    this.#hide();
    this.#opener?.focus();
  }

  #hide() {
    this.#element = null;
    this.#form.hidden = true;
  }

  #submit() {
    if (!this.#element) return;
    const value = /** @type {number} */ (typed(this.#places.value.value));
    this.#send({ type: "edit", ...addressOf(this.#layers, this.#element), value });
    this.#places.value.select();
  }

  /**
   * @param {State} state
   * @param {Layer[]} layers
   */
  draw(state, layers) {
    if (!this.#element) return;
    if (layers !== this.#layers) {
      this.#close(); // Another model has no such place.
      return;
    }
    if (state.past) {
      this.#hide(); // What was cannot be changed.
      return;
    }
    const { now, value, reason } = this.#places;
    const current = state.snapshot?.parameters[placeOf(layers, this.#element)] ?? Number.NaN;
    write(now, figure(current, 6));
    if (this.#fresh) {
      this.#fresh = false;
      value.value = String(Number(current.toPrecision(4)));
      value.select();
    }
    const { problem } = state;
    const refused = problem?.errors.find(
      ({ field }) => field === "value" || field === "index" || field === "name",
    );
    const why = refused?.message ?? (problem && problem.errors.length === 0 ? problem.detail : "");
    reason.hidden = why === "";
    write(reason, why);
    value.setAttribute("aria-invalid", String(why !== ""));
  }
}
