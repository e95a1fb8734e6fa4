// @ts-check
/** What a line of the loop did, as a small picture. Colours are the style sheet's. */

import { extent, scale } from "../../charts/ranges.js";
import { figure } from "../../page/numbers.js";
import { math, svg } from "../../page/svg.js";

/** @typedef {import("../../run/residuals.js").Residuals} Residuals */

const WIDTH = 240;
const HEIGHT = 132;
const EDGE = 7;
/** More bars than this are drawn as so many, each the largest of its neighbours. */
const MOST_BARS = 150;

/** @param {...Element} children */
function picture(...children) {
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ...children);
}

/**
 * The prediction against the points: each residual is an upright line.
 *
 * @param {Residuals} residuals
 */
export function forwardPicture({ x, y, prediction }) {
  const across = scale(extent(x) ?? [0, 1], EDGE, WIDTH - EDGE);
  const down = scale(extent([...y, ...prediction]) ?? [0, 1], HEIGHT - EDGE, EDGE);
  const order = [...x.keys()]
    .filter((i) => Number.isFinite(prediction[i]))
    .sort((a, b) => at(x, a) - at(x, b));
  const residuals = order.map((i) => `M${across(at(x, i))} ${down(at(y, i))}V${down(at(prediction, i))}`);
  const curve = order.map((i) => `${across(at(x, i)).toFixed(1)} ${down(at(prediction, i)).toFixed(1)}`);
  const points = order.map((i) =>
    svg("circle", { class: "point", cx: across(at(x, i)), cy: down(at(y, i)), r: 2.4 }),
  );
  return picture(
    svg("path", { class: "residual", d: residuals.join("") }),
    ...points,
    svg("path", { class: "prediction", d: curve.length ? `M${curve.join("L")}` : "", fill: "none" }),
  );
}

/**
 * What each point adds, and the mean as a level across.
 *
 * @param {Residuals} residuals
 * @param {number[]} parts
 * @param {number} loss
 */
export function lossPicture({ x }, parts, loss) {
  const order = [...x.keys()].sort((a, b) => at(x, a) - at(x, b));
  const down = scale([0, (extent(parts) ?? [0, 1])[1]], HEIGHT - EDGE, EDGE);
  const width = (WIDTH - 2 * EDGE) / order.length;
  const bars = order
    .filter((i) => Number.isFinite(parts[i]))
    .map((i, k) => `M${EDGE + (k + 0.5) * width} ${HEIGHT - EDGE}V${down(at(parts, i))}`);
  const level = Number.isFinite(loss) ? down(loss) : EDGE;
  return picture(
    svg("path", { class: "part", d: bars.join(""), "stroke-width": Math.max(1, 0.7 * width) }),
    svg("line", { class: "floor", x1: EDGE, x2: WIDTH - EDGE, y1: HEIGHT - EDGE, y2: HEIGHT - EDGE }),
    svg("line", { class: "mean", x1: 0, x2: WIDTH, y1: level, y2: level }),
  );
}

/**
 * Every gradient as a bar up (plus) or down (minus): those of before as outlines, those of now filled.
 *
 * @param {ArrayLike<number> | null} before
 * @param {ArrayLike<number> | null} after
 */
export function gradsPicture(before, after) {
  const [old, now] = [bars(before), bars(after)];
  const [low, high] = extent([...old, ...now, 0]) ?? [0, 0];
  const most = Math.max(-low, high) || 1;
  const down = scale([-most, most], HEIGHT - EDGE, EDGE);
  const count = Math.max(old.length, now.length, 1);
  const width = (WIDTH - 2 * EDGE) / count;
  /** @type {(values: number[], class_: string, share: number) => SVGElement[]} */
  const draw = (values, class_, share) =>
    values.map((value, i) => {
      const [top, bottom] = [Math.min(down(value), down(0)), Math.max(down(value), down(0))];
      const x = EDGE + (i + (1 - share) / 2) * width;
      return svg("rect", { class: class_, x, y: top, width: share * width, height: bottom - top });
    });
  return picture(
    ...draw(old, "grad-before", 0.9),
    ...draw(now, "grad-now", 0.55),
    svg("line", { class: "floor", x1: EDGE, x2: WIDTH - EDGE, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
  );
}

/**
 * @param {ArrayLike<number> | null} values
 * @returns {number[]}
 */
function bars(values) {
  if (values === null) return [];
  const all = Array.from(values, (value) => (Number.isFinite(value) ? value : 0));
  if (all.length <= MOST_BARS) return all;
  const each = all.length / MOST_BARS;
  return Array.from({ length: MOST_BARS }, (_, i) =>
    all
      .slice(Math.floor(i * each), Math.floor((i + 1) * each))
      .reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0),
  );
}

/**
 * One parameter's move. Only plain SGD takes lr times the gradient; of the others' rules nothing is claimed.
 *
 * @param {{ name: string, before: number, after: number, grad: number | null, lr: number | null }} move
 *   lr: null where the rule is another
 * @returns {Element[]}
 */
export function movePicture({ name, before, after, grad, lr }) {
  const title = document.createElement("code");
  // A long name may go on below, at its index.
  const [parameter = "", index = ""] = name.split("[");
  title.append(parameter, document.createElement("wbr"), `[${index}`);
  if (lr === null || grad === null) {
    return [title, row(number(before), sign("→"), number(after))];
  }
  return [
    title,
    row(math("mi", "w"), sign("−"), math("mi", "lr"), sign("×"), math("mi", "grad")),
    row(sign("="), number(before)),
    row(sign("−"), math("mn", String(lr)), sign("×"), bracketed(grad)),
    row(sign("="), number(after)),
  ];
}

/** @param {...Element} parts */
const row = (...parts) => math("math", math("mrow", ...parts));

/** @param {number} value */
const number = (value) => math("mn", figure(value));

/** @param {string} text */
function sign(text) {
  const element = math("mo", text);
  element.setAttribute("stretchy", "false");
  return element;
}

/** @param {number} value */
function bracketed(value) {
  return value < 0 ? math("mrow", sign("("), number(value), sign(")")) : number(value);
}

/** @type {(values: ArrayLike<number>, i: number) => number} */
const at = (values, i) => /** @type {number} */ (values[i]);
