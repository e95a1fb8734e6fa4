// @ts-check
/** A plot of a function around one value, with its tangent (autograd) and a secant (two values of the function). */

import { around, extent, scale } from "../../charts/ranges.js";
import { plain } from "../../page/numbers.js";
import { svg } from "../../page/svg.js";

/** @typedef {[number, number]} Point */
/** @typedef {{ x: number, y: number, slope: number, secant: [Point, Point] | null }} At */

const [WIDTH, HEIGHT] = [360, 220];
const MARGIN = { left: 52, right: 12, top: 12, bottom: 30 };
const SPARE = 0.08;
const DIGITS = 3;

export class SlopePlot {
  /** @type {SVGElement} */
  element;
  #layers = svg("g");

  /** @param {string} label for ears */
  constructor(label) {
    this.element = svg(
      "svg",
      { class: "slope-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
      this.#layers,
    );
  }

  /**
   * @param {Point[]} curve
   * @param {string} name of the variable along the bottom
   * @param {At} at where the lines touch
   */
  draw(curve, name, { x, y, slope, secant }) {
    const xs = curve.map(([value]) => value);
    const ys = curve.map(([, value]) => value);
    const [left, right] = extent(xs) ?? [x, x];
    const [least, greatest] = extent(ys) ?? [y, y];
    const toX = scale([left, right], MARGIN.left, WIDTH - MARGIN.right);
    const toY = scale(around(ys, SPARE), HEIGHT - MARGIN.bottom, MARGIN.top);
    const place = (/** @type {Point} */ [a, b]) => `${toX(a).toFixed(1)} ${toY(b).toFixed(1)}`;
    const line = (/** @type {string} */ className, /** @type {Point[]} */ points) =>
      svg("path", { class: className, d: `M${points.map(place).join("L")}` });
    /** @type {[Point, Point]} */
    const tangent = [
      [left, y + slope * (left - x)],
      [right, y + slope * (right - x)],
    ];
    const frame = {
      x: MARGIN.left,
      y: MARGIN.top,
      width: WIDTH - MARGIN.left - MARGIN.right,
      height: HEIGHT - MARGIN.top - MARGIN.bottom,
    };
    const inside = svg("svg", {
      ...frame,
      viewBox: `${frame.x} ${frame.y} ${frame.width} ${frame.height}`,
      overflow: "hidden",
    });
    inside.append(line("plot-curve", curve), line("plot-tangent", tangent));
    if (secant) {
      inside.append(line("plot-secant", extended(secant, left, right)));
      for (const [a, b] of secant)
        inside.append(svg("circle", { class: "plot-end", cx: toX(a), cy: toY(b), r: 4.5 }));
    }
    inside.append(svg("circle", { class: "plot-at", cx: toX(x), cy: toY(y), r: 5.5 }));
    this.#layers.replaceChildren(
      svg("rect", { ...frame, class: "plot-frame" }),
      inside,
      ...[left, x, right].map((value) => text("middle", toX(value), HEIGHT - 10, plain(value, DIGITS))),
      ...[least, greatest].map((value) => text("end", MARGIN.left - 6, toY(value) + 4, plain(value, DIGITS))),
      text("end", WIDTH - MARGIN.right - 6, HEIGHT - MARGIN.bottom - 6, name),
      text("start", MARGIN.left + 6, MARGIN.top + 16, "f"),
    );
  }
}

/**
 * @param {"start" | "middle" | "end"} anchor
 * @param {number} x
 * @param {number} y
 * @param {string} words
 */
function text(anchor, x, y, words) {
  return svg("text", { class: "plot-text", "text-anchor": anchor, x, y }, words);
}

/**
 * @param {[Point, Point]} secant
 * @param {number} left
 * @param {number} right
 * @returns {Point[]}
 */
function extended([[a, fa], [b, fb]], left, right) {
  const slope = (fb - fa) / (b - a);
  return [
    [left, fa + slope * (left - a)],
    [right, fa + slope * (right - a)],
  ];
}
