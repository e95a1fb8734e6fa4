// @ts-check
/** A weight or a bias set by hand: a small form beside what was pressed. */

import { typed } from "../../controls/settings.js";
import { byId, within } from "../../page/dom.js";
import { figure } from "../../page/numbers.js";
import { reasonAt, showReason } from "../../page/refusal.js";
import { write } from "../../page/svg.js";
import { addressOf, offsetOf, parameterName } from "../../run/layers.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/layers.js").Layer} Layer */
/** @typedef {import("../../run/layers.js").Element} Element */

export class ParameterEditor {
  #form = byId("network-editor");
  #places = {
    name: within(this.#form, "label code"),
    value: byId("edit-value", HTMLInputElement),
    now: byId("edit-now"), // Not an <output>: while the run plays it would be spoken again and again.
    reason: byId("edit-reason"),
  };
  #send;
  #goBack;
  /** @type {Element | null} */
  #element = null;
  /** @type {Layer[]} */
  #layers = [];
  /** Whether the field still has to be filled with the present value. */
  #fresh = false;

  /**
   * @param {import("../model/model.js").Actions["send"]} send
   * @param {() => void} goBack gives the focus to the place in the network that was pressed
   */
  constructor(send, goBack) {
    this.#send = send;
    this.#goBack = goBack;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    within(this.#form, "[data-close]").addEventListener("click", ({ detail }) => this.#close(detail === 0));
    this.#form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
  }

  /**
   * @param {Element} element
   * @param {Layer[]} layers
   * @param {{ x: number, y: number }} anchor in the picture, in px
   */
  open(element, layers, { x, y }) {
    this.#element = element;
    this.#layers = layers;
    this.#form.hidden = false;
    write(this.#places.name, `net.${parameterName(layers, element)} =`);
    this.#fresh = true;
    const room = /** @type {HTMLElement} */ (this.#form.parentElement).clientWidth - this.#form.offsetWidth;
    this.#form.style.left = `${Math.max(0, Math.min(room, x - this.#form.offsetWidth / 2))}px`;
    this.#form.style.top = `${y + 8}px`;
    this.#places.value.focus();
  }

  /** @param {boolean} [byKey] a press of the pointer leaves no focus, so that Space goes on meaning play */
  #close(byKey = true) {
    const focused = this.#form.contains(document.activeElement);
    this.#element = null;
    this.#form.hidden = true;
    if (focused && byKey) this.#goBack();
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
    // Another model has no such place, and what is past, or another's, cannot be changed.
    if (layers !== this.#layers || !state.control) {
      this.#close();
      return;
    }
    const { now, value, reason } = this.#places;
    const current = state.snapshot?.parameters[offsetOf(layers, this.#element)] ?? Number.NaN;
    write(now, figure(current, 6));
    if (this.#fresh) {
      this.#fresh = false;
      value.value = String(Number(current.toPrecision(4)));
      value.select();
    }
    const { problem } = state;
    const unnamed = problem?.errors.length === 0 ? problem.detail : "";
    showReason(reason, reasonAt(problem, "value", "index", "name") || unnamed, value);
  }
}
