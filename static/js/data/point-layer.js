// @ts-check
/** The points as marks that can be taken hold of: an SVG over the plot. */

import { t } from "../i18n.js";
import { figure } from "../numbers.js";
import { set, svg } from "../svg.js";
import { placeOf } from "./frame.js";

/** @typedef {import("./points.js").Point} Point */
/** @typedef {import("./frame.js").Frame} Frame */

/** Around the origin, in units of the text's size: a circle to learn from, a diamond that is held out. */
const SHAPES = {
  train: "M-.36 0a.36 .36 0 1 0 .72 0a.36 .36 0 1 0 -.72 0Z",
  test: "M0 -.5L.5 0L0 .5L-.5 0Z",
};

export class PointLayer {
  /** Where a new point would come to lie. */
  #ghost = svg("path", { class: "point-ghost", d: SHAPES.train, visibility: "hidden" });
  #marks = svg("g");
  /** The point that Tab leads to. */
  #current = -1;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.root = svg(
      "svg",
      {
        class: "point-layer",
        role: "application",
        "aria-label": t("The points. Arrow keys move one, Page Up and Page Down lead to the next."),
      },
      this.#ghost,
      this.#marks,
    );
    place.append(this.root);
  }

  /**
   * @param {readonly Point[]} points
   * @param {Frame} frame
   * @param {number | null} selected
   */
  draw(points, frame, selected) {
    const em = Number.parseFloat(getComputedStyle(this.root).fontSize);
    const marks = this.#marks.children;
    while (marks.length > points.length) marks[marks.length - 1]?.remove();
    while (marks.length < points.length) {
      this.#marks.append(svg("path", { class: "point", role: "button", tabindex: -1 }));
    }
    for (const [i, point] of points.entries()) {
      const mark = /** @type {Element} */ (marks[i]);
      const { x, y } = placeOf(frame, point);
      set(mark, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${em})`);
      set(mark, "d", point.test ? SHAPES.test : SHAPES.train);
      set(mark, "data-kind", point.test ? "test" : "train");
      set(mark, "aria-label", nameOf(point, i, points.length));
      set(mark, "aria-pressed", String(i === selected));
    }
    this.#lead(selected ?? Math.min(Math.max(0, this.#current), points.length - 1));
  }

  /**
   * What a press would do.
   *
   * @param {{ x: number, y: number } | null} place in px, where it would add a point; null: nowhere
   * @param {boolean} near whether it would take hold of one
   */
  hover(place, near) {
    this.root.toggleAttribute("data-near", near);
    set(this.#ghost, "visibility", place ? "visible" : "hidden");
    if (!place) return;
    const em = Number.parseFloat(getComputedStyle(this.root).fontSize);
    set(this.#ghost, "transform", `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)}) scale(${em})`);
  }

  /** @param {number} index */
  focus(index) {
    this.#lead(index);
    /** @type {SVGElement | undefined} */ (this.#marks.children[index])?.focus({ preventScroll: true });
  }

  /** @param {EventTarget | null} target */
  indexOf(target) {
    return target instanceof Element ? [...this.#marks.children].indexOf(target) : -1;
  }

  /** Only one of them is a stop of Tab. @param {number} index */
  #lead(index) {
    const marks = this.#marks.children;
    if (index !== this.#current) marks[this.#current]?.setAttribute("tabindex", "-1");
    const mark = marks[index];
    if (mark) set(mark, "tabindex", 0);
    this.#current = index;
  }
}

/**
 * @param {Point} point
 * @param {number} index
 * @param {number} count
 */
function nameOf({ x, y, test }, index, count) {
  const values = { number: index + 1, count, x: figure(x), y: figure(y) };
  return test
    ? t("Test point {number} of {count}: x {x}, y {y}", values)
    : t("Point {number} of {count}: x {x}, y {y}", values);
}
