// @ts-check
/** Pointer and keyboard in the network: which place is pointed at, has the focus, or is pressed. */

import { keyOf, walk } from "../../run/places.js";
import { heightAt } from "./network-layout.js";

/** @typedef {import("../../run/places.js").Place} Place */
/** @typedef {import("./network-scene.js").Scene} Scene */
/** @typedef {import("../model/model.js").Actions} Actions */

/** How near to a unit's rim or a weight's line the pointer must be, in units of the text's size. */
const NEAR_UNIT = 0.45;
const NEAR_WEIGHT = 0.7;

/** As in `PointerEvent.pointerType`. */
const TOUCH = "touch";
const WALKS = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"];

/**
 * @typedef {object} Reached
 * @property {Scene} scene
 * @property {number[][]} shown the units of each column
 * @property {boolean[]} folded which columns have more
 * @property {number} radius of a unit
 * @property {Place | null} lit what is pointed at
 */

export class Reach {
  #light;
  #press;
  #reached;
  #describe;
  /** The place Tab leads to. @type {Place} */
  #home = { kind: "unit", column: 1, unit: 0 };

  /**
   * @param {HTMLElement} element the place of the picture
   * @param {Actions["light"]} light
   * @param {{ reached: () => Reached | null, press: (place: Place) => void, describe: (place: Place) => string }}
   *   picture what is drawn now; what to do when a place is pressed; and a place in words, with its numbers
   */
  constructor(element, light, { reached, press, describe }) {
    this.#light = light;
    this.#reached = reached;
    this.#press = press;
    this.#describe = describe;
    element.addEventListener("pointermove", (event) => {
      if (event.pointerType !== TOUCH) this.#point(this.#placeUnder(event));
    });
    element.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== TOUCH) light({ pointed: null });
    });
    // As in the control bar: a mouse does not take the focus, so that Space goes on meaning play.
    element.addEventListener("mousedown", (event) => event.preventDefault());
    element.addEventListener("click", (event) => this.#click(/** @type {PointerEvent} */ (event)));
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("focusin", (event) => this.#focused(event));
    element.addEventListener("focusout", () => light({ focused: null }));
  }

  /** Makes Tab lead where it led in the picture before. @param {Scene} scene a new one */
  renew({ places }) {
    // Folded units that were pressed are shown now: the first of them takes their place.
    const key = this.#home.kind === "more" ? keyOf({ ...this.#home, kind: "unit", unit: 0 }) : "";
    const home = places.get(keyOf(this.#home)) ?? places.get(key) ?? places.values().next().value;
    if (!home) return;
    this.#home = home.place;
    home.element.setAttribute("tabindex", "0");
  }

  /** Gives the focus to a place. @param {Place} to where that is not drawn, to the place that Tab leads to */
  focus(to) {
    const { places } = this.#reached()?.scene ?? {};
    const place = places?.has(keyOf(to)) ? to : this.#home;
    const element = places?.get(keyOf(place))?.element;
    if (!element) return;
    places?.get(keyOf(this.#home))?.element.setAttribute("tabindex", "-1");
    this.#home = place; // With the end that a weight was reached from, which the scene does not know.
    element.setAttribute("tabindex", "0");
    element.setAttribute("aria-label", this.#describe(place));
    element.focus();
  }

  /** @param {PointerEvent} event a finger cannot point: its first tap does, and its second one presses */
  #click(event) {
    const place = this.#placeUnder(event);
    const pointed = place !== null && this.#isPointed(place);
    if (event.pointerType === TOUCH && place?.kind !== "more" && !pointed) this.#point(place);
    else if (place) this.#press(place);
  }

  /** @param {Place} place */
  #isPointed(place) {
    const before = this.#reached()?.lit ?? null;
    return before !== null && keyOf(before) === keyOf(place);
  }

  /** @param {Place | null} place */
  #point(place) {
    const lit = this.#reached()?.lit ?? null;
    if (place === null ? lit !== null : !this.#isPointed(place)) this.#light({ pointed: place });
  }

  /**
   * @param {MouseEvent} event
   * @returns {Place | null}
   */
  #placeUnder(event) {
    const reached = this.#reached();
    if (!reached) return null;
    const over = /** @type {Element} */ (event.target).closest(".unit, .more")?.getAttribute("data-key");
    if (over) return reached.scene.places.get(over)?.place ?? null;
    const { left, top } = reached.scene.root.getBoundingClientRect();
    return nearest(reached, event.clientX - left, event.clientY - top);
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const reached = this.#reached();
    const key = /** @type {Element} */ (event.target).getAttribute("data-key");
    const place = key === null ? undefined : reached?.scene.places.get(key)?.place;
    if (!place) return;
    if (keyOf(place) !== keyOf(this.#home)) this.#home = place;
    this.#light({ focused: place });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") this.#press(this.#home);
    else if (WALKS.includes(event.key)) this.#walk(event.key);
    else return;
    // Not also the page's own shortcuts.
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key */
  #walk(key) {
    const reached = this.#reached();
    if (!reached) return;
    this.focus(walk(this.#home, key, reached.shown, reached.folded));
  }
}

/**
 * @param {Reached} reached
 * @param {number} x
 * @param {number} y
 * @returns {Place | null}
 */
function nearest({ scene, radius }, x, y) {
  for (const { place, middle } of scene.nodes) {
    if (Math.hypot(x - middle.x, y - middle.y) < radius + NEAR_UNIT * scene.em) return place;
  }
  let [best, distance] = [/** @type {Place | null} */ (null), NEAR_WEIGHT * scene.em];
  for (const { place, a, b } of scene.edges) {
    if (x < a.x || x > b.x) continue;
    const off = Math.abs(y - heightAt(a, b, x));
    if (off < distance) [best, distance] = [place, off];
  }
  return best;
}
