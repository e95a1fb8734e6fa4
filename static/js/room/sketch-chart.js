// @ts-check
/** The points of a sketch's question, and curves over them: one's own, everybody's, torch's. */

import { set, svg } from "../page/svg.js";
import { acrossOf, axesOf, curvePath, downOf, HEIGHT, pathOf, WIDTH } from "./sketch.js";

/** @typedef {import("./sketch.js").Heights} Heights */

/** Room around the picture for round line ends. */
const EDGE = 12;

export class SketchChart {
  axes;
  element;
  #all = svg("g", { class: "sketch-all" });
  #torch = svg("path", { class: "sketch-torch" });
  #own = svg("path", { class: "sketch-own" });

  /**
   * @param {[number, number][]} points
   * @param {string} name for a screen reader
   */
  constructor(points, name) {
    this.axes = axesOf(points);
    const dots = points.map(([x, y]) =>
      svg("circle", { cx: acrossOf(x, this.axes), cy: downOf(y, this.axes), r: 6 }),
    );
    const ground = svg("rect", { class: "sketch-ground", width: WIDTH, height: HEIGHT });
    this.element = svg(
      "svg",
      {
        class: "sketch",
        viewBox: [-EDGE, -EDGE, WIDTH + 2 * EDGE, HEIGHT + 2 * EDGE].join(" "),
        role: "img",
        "aria-label": name,
      },
      ground,
      svg("g", { class: "sketch-points" }, ...dots),
      this.#all,
      this.#torch,
      this.#own,
    );
  }

  /** @param {Heights} heights */
  drawOwn(heights) {
    set(this.#own, "d", pathOf(heights, this.axes));
  }

  /** @param {Heights[]} sketches @param {number} round */
  drawAll(sketches, round) {
    this.#all.replaceChildren(
      ...sketches.map((heights) =>
        svg("path", { class: `sketch-of-${round}`, d: pathOf(heights, this.axes) }),
      ),
    );
  }

  /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys */
  drawTorch(xs, ys) {
    set(this.#torch, "d", curvePath(xs, ys, this.axes));
  }

  /** @param {Heights} heights */
  drawTruth(heights) {
    set(this.#torch, "d", pathOf(heights, this.axes));
  }
}
