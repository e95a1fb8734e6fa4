// @ts-check
/** The points as marks that can be focused and dragged: an SVG over the plot. */

import { positionOf } from "../charts/frame.js";
import { t } from "../page/i18n.js";
import { figure } from "../page/numbers.js";
import { set, svg } from "../page/svg.js";

/** @typedef {import("./points.js").Point} Point */
/** @typedef {import("../charts/frame.js").Frame} Frame */

/** From its middle to its edge, in units of the text's size. */
const CIRCLE = 0.36;
const DIAMOND = 0.5;

/**
 * Around the origin: a circle to learn from, a diamond that is held out.
 *
 * @param {number} em in px
 */
function shapesOf(em) {
  const r = (CIRCLE * em).toFixed(1);
  const d = (DIAMOND * em).toFixed(1);
  return {
    train: `M-${r} 0a${r} ${r} 0 1 0 ${2 * Number(r)} 0a${r} ${r} 0 1 0 -${2 * Number(r)} 0Z`,
    test: `M0 -${d}L${d} 0L0 ${d}L-${d} 0Z`,
  };
}

export class PointLayer {
  /** Where a new point would come to lie. */
  #ghost = svg("path", { class: "handle-ghost", visibility: "hidden" });
  #marks = svg("g");
  /** @type {{ points: readonly Point[], frame: string, selected: number | null } | null} */
  #drawn = null;
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
    const shapes = shapesOf(Number.parseFloat(getComputedStyle(this.root).fontSize));
    set(this.#ghost, "d", shapes.train);
    const marks = this.#marks.children;
    const focused = this.indexOf(document.activeElement);
    while (marks.length > points.length) marks[marks.length - 1]?.remove();
    while (marks.length < points.length) {
      this.#marks.append(svg("path", { class: "handle", role: "button", tabindex: -1 }));
    }
    const before = this.#drawn;
    const same = before?.points.length === points.length && before.frame === JSON.stringify(frame);
    this.#drawn = { points, frame: JSON.stringify(frame), selected };
    for (const [i, point] of points.entries()) {
      // Of a thousand points one moves.
      if (same && point === before.points[i] && (i === selected) === (i === before.selected)) continue;
      const mark = /** @type {Element} */ (marks[i]);
      const { x, y } = positionOf(frame, point);
      set(mark, "transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      set(mark, "d", point.test ? shapes.test : shapes.train);
      set(mark, "data-kind", point.test ? "test" : "train");
      set(mark, "aria-label", labelOf(point, i, points.length));
      set(mark, "aria-pressed", String(i === selected));
    }
    this.#lead(selected ?? Math.min(Math.max(0, this.#current), points.length - 1));
    if (focused >= points.length) this.focus(points.length - 1);
  }

  /**
   * Shows what a press would do.
   *
   * @param {{ x: number, y: number } | null} place in px, where it would add a point; null: nowhere
   * @param {boolean} near whether it would take hold of one
   */
  hover(place, near) {
    this.root.toggleAttribute("data-near", near);
    set(this.#ghost, "visibility", place ? "visible" : "hidden");
    if (place) set(this.#ghost, "transform", `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`);
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

  /** Makes one point the only one that Tab leads to. @param {number} index */
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
function labelOf({ x, y, test }, index, count) {
  const values = { number: index + 1, count, x: figure(x), y: figure(y) };
  return test
    ? t("Test point {number} of {count}: x {x}, y {y}", values)
    : t("Point {number} of {count}: x {x}, y {y}", values);
}
