// @ts-check
/** The hinge picture as SVG: axes, points, a thin curve for each unit, and their sum. */

import { around, extent, grown, scale } from "../../charts/ranges.js";
import { ticks } from "../../charts/ticks.js";
import { set, svg } from "../../page/svg.js";

/** @typedef {import("../../charts/ranges.js").Range} Range */

/**
 * One unit's part of the picture.
 *
 * @typedef {object} Hinge
 * @property {Float64Array} values at each grid point
 * @property {number[]} kinks
 * @property {boolean} straight whether it is straight on both sides of its only kink, where it is 0
 * @property {boolean} dead
 */

/** Lengths, in units of the text's size. */
const MARGIN = { left: 3, right: 0.9, top: 0.7, bottom: 3.5 };
const POINT = 0.19;
const KINK = 0.75;
/** The curves may leave the data by this many of their spans before they leave the picture. */
const MOST_ROOM = 10;
/** About how many points a smooth curve is drawn with. */
const POINTS = 100;

export class HingeChart {
  #em;
  #size;
  #x;
  #grid;
  #data;
  /** @type {Range} */
  #y;
  #axes = svg("g", { class: "axes", "aria-hidden": "true" });
  #points = svg("g", { class: "hinge-points", "aria-hidden": "true" });
  #units = svg("g", { class: "hinges" });
  #kinks = svg("g", { class: "kinks", "aria-hidden": "true" });
  #bias = svg("line", { class: "bias" });
  #fit = svg("path", { class: "fit", fill: "none" });
  /** @type {Hinge[]} */
  hinges = [];
  root;

  /**
   * @param {{ x: number[], y: number[], grid: number[] }} data the points, and where curves are drawn
   * @param {string[]} names of the units
   * @param {{ width: number, height: number, em: number }} size in px
   */
  constructor({ x, y, grid }, names, size) {
    this.#size = size;
    this.#em = size.em;
    this.#grid = grid;
    this.#data = { x, y };
    this.#x = around(grid, 0);
    this.#y = around(y);
    const { left, right, top, bottom } = this.#box();
    this.root = svg("svg", {
      class: "hinge-chart",
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: "group",
    });
    for (const side of /** @type {const} */ (["width", "height"])) set(this.root, side, size[side]);
    const clip = svg("rect", { x: left, y: top, width: Math.max(0, right - left), height: bottom - top });
    const curves = svg("g", { "clip-path": "url(#hinge-box)" }, this.#points, this.#units, this.#fit);
    this.root.append(
      svg("defs", {}, svg("clipPath", { id: "hinge-box" }, clip)),
      ...[this.#axes, this.#bias, curves, this.#kinks],
    );
    if (names.length > 0) set(this.#units, "role", "listbox");
    for (const [unit, name] of names.entries()) {
      const attributes = {
        class: "hinge",
        fill: "none",
        role: "option",
        tabindex: -1,
        "data-unit": unit,
        "data-key": unit,
      };
      this.#units.append(svg("path", { ...attributes, "aria-label": name, "aria-selected": "false" }));
      this.#kinks.append(svg("path", { class: "kink", fill: "none" }));
    }
    set(this.#bias, "x1", left);
    set(this.#bias, "x2", right);
    this.#drawAxes();
  }

  /** The paths of the units, each an option to choose. */
  get options() {
    return /** @type {SVGElement[]} */ ([...this.#units.children]);
  }

  get list() {
    return this.#units;
  }

  #box() {
    const { width, height, em } = this.#size;
    return {
      left: MARGIN.left * em,
      right: width - MARGIN.right * em,
      top: MARGIN.top * em,
      bottom: height - MARGIN.bottom * em,
    };
  }

  /** @param {number} x */
  across(x) {
    const { left, right } = this.#box();
    return scale(this.#x, left, right)(x);
  }

  /** @param {number} y */
  down(y) {
    const { top, bottom } = this.#box();
    return scale(this.#y, bottom, top)(y);
  }

  #drawAxes() {
    const { left, right, bottom } = this.#box();
    const em = this.#em;
    const lines = ticks(this.#y, 6).flatMap(({ at, text }) => {
      const y = this.down(at).toFixed(1);
      const line = svg("line", { class: at === 0 ? "zero" : "grid-line", x1: left, x2: right, y1: y, y2: y });
      return [line, svg("text", { class: "tick-y", x: left - 0.5 * em, y: this.down(at) + 0.3 * em }, text)];
    });
    const marks = ticks(this.#x, 5).flatMap(({ at, text }) => {
      const x = this.across(at).toFixed(1);
      const mark = svg("line", { class: "mark", x1: x, x2: x, y1: bottom, y2: bottom + 0.9 * em });
      return [mark, svg("text", { class: "tick-x", x, y: bottom + 1.95 * em }, text)];
    });
    const base = svg("line", { class: "base", x1: left, x2: right, y1: bottom, y2: bottom });
    const title = svg("text", { class: "tick-x title", x: (left + right) / 2, y: bottom + 3.2 * em }, "x");
    this.#axes.replaceChildren(...lines, ...marks, base, title);
    const points = this.#data.x.map((x, i) =>
      svg("circle", {
        cx: this.across(x).toFixed(1),
        cy: this.down(this.#data.y[i] ?? 0).toFixed(1),
        r: POINT * em,
      }),
    );
    this.#points.replaceChildren(...points);
  }

  /**
   * @param {Hinge[]} hinges
   * @param {ArrayLike<number>} curve their sum and the bias: what the model gives
   * @param {number} bias
   */
  show(hinges, curve, bias) {
    this.hinges = hinges;
    this.#makeRoom(curve);
    for (const [unit, path] of this.options.entries()) {
      const hinge = /** @type {Hinge} */ (hinges[unit]);
      set(
        path,
        "d",
        hinge.straight
          ? this.#bent(hinge)
          : this.#line(hinge.values, Math.ceil(hinge.values.length / POINTS)),
      );
      set(path, "data-dead", String(hinge.dead));
      const kink = /** @type {Element} */ (this.#kinks.children[unit]);
      set(kink, "d", this.#kinkMarks(hinge.kinks));
      set(kink, "data-dead", String(hinge.dead));
    }
    set(this.#fit, "d", this.#line(curve, 1));
    const level = Number.isFinite(bias) ? this.down(bias) : -this.#em;
    for (const end of ["y1", "y2"]) set(this.#bias, end, level.toFixed(1));
  }

  /** @param {ArrayLike<number>} curve */
  #makeRoom(curve) {
    const core = around(this.#data.y, 0);
    const limit = MOST_ROOM * (core[1] - core[0]);
    let wider = this.#y;
    for (const values of [...this.hinges.map((hinge) => hinge.values), curve]) {
      wider = grown(wider, core, extent(values), limit);
    }
    if (wider === this.#y) return;
    this.#y = wider;
    this.#drawAxes();
  }

  /**
   * @param {ArrayLike<number>} values at the grid's points
   * @param {number} stride
   */
  #line(values, stride) {
    let path = "";
    let pen = "M";
    const last = values.length - 1;
    for (let i = 0; i <= last; i = i === last ? values.length : Math.min(i + stride, last)) {
      const y = this.down(/** @type {number} */ (values[i]));
      if (!Number.isFinite(y)) pen = "M";
      else {
        path += `${pen}${this.across(/** @type {number} */ (this.#grid[i])).toFixed(1)} ${y.toFixed(1)}`;
        pen = "L";
      }
    }
    return path;
  }

  /**
   * A piecewise linear unit by its two ends and its kink, which no grid point need hit.
   *
   * @param {Hinge} hinge
   */
  #bent({ values, kinks: [kink = Number.NaN] }) {
    const [first, last] = [values[0] ?? Number.NaN, values.at(-1) ?? Number.NaN];
    const corner = kink > this.#x[0] && kink < this.#x[1] ? [[kink, 0]] : [];
    const points = [[this.#x[0], first], ...corner, [this.#x[1], last]];
    if (points.flat().some((value) => !Number.isFinite(value))) return "";
    return `M${points.map(([x = 0, y = 0]) => `${this.across(x).toFixed(1)} ${this.down(y).toFixed(1)}`).join("L")}`;
  }

  /** @param {number[]} kinks */
  #kinkMarks(kinks) {
    const { bottom } = this.#box();
    const inside = kinks.filter((kink) => kink >= this.#x[0] && kink <= this.#x[1]);
    const half = 0.32 * this.#em;
    return inside
      .map((kink) => {
        const x = this.across(kink);
        return `M${(x - half).toFixed(1)} ${(bottom + KINK * this.#em).toFixed(1)}L${x.toFixed(1)} ${bottom}L${(x + half).toFixed(1)} ${(bottom + KINK * this.#em).toFixed(1)}Z`;
      })
      .join("");
  }

  /** @param {number | null} unit to stand out */
  light(unit) {
    this.root.toggleAttribute("data-lit", unit !== null);
    for (const [i, path] of this.options.entries()) {
      const lit = i === unit;
      path.classList.toggle("lit", lit);
      set(path, "aria-selected", String(lit));
      this.#kinks.children[i]?.classList.toggle("lit", lit);
    }
  }

  /**
   * The unit whose curve or kink is next to a place of the picture.
   *
   * @param {number} x in px
   * @param {number} y
   * @returns {number | null}
   */
  unitAt(x, y) {
    const { left, right, bottom } = this.#box();
    if (x < left || x > right) return null;
    const share = (x - left) / (right - left);
    const at = Math.round(share * (this.#grid.length - 1));
    /** @param {Hinge} hinge */
    const off = ({ values, kinks }) =>
      y > bottom - 2
        ? Math.min(...kinks.map((kink) => Math.abs(this.across(kink) - x)))
        : Math.abs(this.down(values[at] ?? Number.NaN) - y);
    let [best, distance] = [/** @type {number | null} */ (null), 0.8 * this.#em];
    for (const [unit, hinge] of this.hinges.entries()) {
      const apart = off(hinge);
      if (apart < distance) [best, distance] = [unit, apart];
    }
    return best;
  }
}
