// @ts-check
/** Paints the pictures of a wall, and all of its curves in one chart, on a canvas. */

import { ticks } from "../../charts/ticks.js";
import { t } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";
import { bestOf } from "./tiles.js";

/** @typedef {import("../../charts/theme.js").Look} Look */
/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("./curves.js").Curve} Curve */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
/** @typedef {{ x: (x: number) => number, y: (y: number) => number }} Scale */

/** Room above and below the points, as a share of their height. */
const AIR = 0.15;
/** Of the page's text. */
const SMALL = 0.8;
const SIGNS = { diverged: "✕", failed: "✕", finished: "✓" };

/** How large the text in a picture is. @param {Look} look */
export const textSize = ({ size }) => Math.max(12, SMALL * size);

/** The width that a picture needs to be read. @param {Look} look */
export const leastWidth = (look) => 9.5 * textSize(look);

/** @param {CanvasRenderingContext2D} context @param {Tile} tile @param {Box} box @param {Look} look */
export function paintTile(context, tile, box, look) {
  const size = textSize(look);
  const gap = 0.35 * size;
  const inner = inset(box, gap / 2);
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.fillStyle = look.wash;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.fillStyle = look.paper;
  context.fillRect(inner.x, inner.y, inner.width, inner.height);
  const head = 1.7 * size;
  paintChart(context, tile.curve, { ...inner, y: inner.y + head, height: inner.height - head }, look);
  paintWords(context, tile, inset(inner, gap), look);
  // A frame of another colour, width and dash, and a word: not a colour alone.
  context.lineWidth = tile.stuck ? 3 * look.stroke : 1;
  context.strokeStyle = tile.stuck ? look.modelDeep : look.line;
  context.setLineDash(tile.stuck ? [2.5 * gap, gap] : []);
  const line = inset(inner, context.lineWidth / 2);
  context.strokeRect(line.x, line.y, line.width, line.height);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Tile} tile @param {Box} box @param {Look} look */
function paintWords(context, { label, curve, stuck, asked }, { x, y, width, height }, look) {
  const size = textSize(look);
  const loss =
    curve === null ? "…" : curve.loss === null || curve.status === "diverged" ? "" : figure(curve.loss);
  const sign =
    curve === null ? "" : (SIGNS[/** @type {keyof typeof SIGNS} */ (curve.status)] ?? (stuck ? "!" : ""));
  context.textBaseline = "top";
  context.fillStyle = look.ink;
  context.textAlign = "right";
  context.font = `600 ${size}px ${look.family}`;
  const told = [sign, loss].filter(Boolean).join(" ");
  context.fillText(told, x + width, y);
  const free = width - context.measureText(told).width - size / 2;
  context.textAlign = "left";
  context.font = `700 ${size}px ${look.family}`;
  context.fillText(shortened(context, label, free), x, y);
  if (curve === null) return;
  context.textBaseline = "bottom";
  context.fillStyle = look.soft;
  context.font = `${0.85 * size}px ${look.family}`;
  context.fillText(String(curve.step), x, y + height);
  const word = asked
    ? t("asked…")
    : curve.status === "diverged" || curve.status === "failed"
      ? t("diverged")
      : stuck
        ? t("stuck")
        : "";
  context.textAlign = "right";
  context.fillStyle = look.modelDeep;
  context.font = `650 ${0.85 * size}px ${look.family}`;
  context.fillText(word, x + width, y + height);
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} width */
function shortened(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

/** @param {CanvasRenderingContext2D} context @param {Curve | null} curve @param {Box} box @param {Look} look */
function paintChart(context, curve, box, look) {
  if (curve === null) return;
  const { left, right, bottom, top } = curve;
  const scale = scaleOf(inset(box, 0.4 * textSize(look)), [left, right], withAir(bottom, top));
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  paintPoints(context, curve, scale, look, 1.7 * look.stroke);
  context.strokeStyle = look.model;
  context.lineWidth = 2.2 * look.stroke;
  strokeCurve(context, curve, scale);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Curve} curve @param {Scale} scale @param {Look} look @param {number} radius */
function paintPoints(context, { points }, scale, look, radius) {
  if (points === null) return;
  context.fillStyle = look.data;
  context.globalAlpha = 0.5;
  context.beginPath();
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [scale.x(points[i] ?? 0), scale.y(points[i + 1] ?? 0)];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Curve} curve @param {Scale} scale */
function strokeCurve(context, { left, right, heights }, scale) {
  context.lineJoin = "round";
  context.beginPath();
  let pen = false;
  for (const [i, height] of heights.entries()) {
    const [x, y] = [scale.x(left + ((right - left) * i) / (heights.length - 1)), scale.y(height)];
    if (pen && Number.isFinite(y)) context.lineTo(x, y);
    else if (Number.isFinite(y)) context.moveTo(x, y);
    pen = Number.isFinite(y);
  }
  context.stroke();
}

/**
 * All curves over each other: the best one thick, those that are stuck dashed.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Tile[]} tiles
 * @param {Box} box
 * @param {Look} look
 */
export function paintOverlay(context, tiles, box, look) {
  context.fillStyle = look.paper;
  context.fillRect(box.x, box.y, box.width, box.height);
  const curves = tiles.flatMap(({ curve }) => (curve === null ? [] : [curve]));
  if (curves.length === 0) return;
  const across = /** @type {[number, number]} */ ([
    Math.min(...curves.map(({ left }) => left)),
    Math.max(...curves.map(({ right }) => right)),
  ]);
  const up = withAir(
    Math.min(...curves.map(({ bottom }) => bottom)),
    Math.max(...curves.map(({ top }) => top)),
  );
  const size = textSize(look);
  const chart = {
    x: box.x + 4 * size,
    y: box.y + size,
    width: box.width - 5.5 * size,
    height: box.height - 3.5 * size,
  };
  const scale = scaleOf(chart, across, up);
  paintAxes(context, chart, across, up, scale, look);
  context.save();
  context.beginPath();
  context.rect(chart.x, chart.y, chart.width, chart.height);
  context.clip();
  const best = bestOf(tiles);
  if (best?.curve) paintPoints(context, best.curve, scale, look, 3 * look.stroke);
  for (const tile of tiles) {
    if (tile.curve === null || tile === best) continue;
    context.strokeStyle = tile.stuck ? look.modelDeep : look.soft;
    context.globalAlpha = tile.stuck ? 0.8 : 0.45;
    context.lineWidth = (tile.stuck ? 2.5 : 1.5) * look.stroke;
    context.setLineDash(tile.stuck ? [size / 2, size / 3] : []);
    strokeCurve(context, tile.curve, scale);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (best?.curve) {
    context.strokeStyle = look.model;
    context.lineWidth = 5 * look.stroke;
    strokeCurve(context, best.curve, scale);
  }
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {[number, number]} across
 * @param {[number, number]} up
 * @param {Scale} scale
 * @param {Look} look
 */
function paintAxes(context, box, across, up, scale, look) {
  const size = textSize(look);
  context.font = `${size}px ${look.family}`;
  context.fillStyle = look.soft;
  context.strokeStyle = look.line;
  context.lineWidth = 1;
  context.beginPath();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { at, text } of ticks(across, box.width / (8 * size))) {
    context.moveTo(scale.x(at), box.y);
    context.lineTo(scale.x(at), box.y + box.height);
    context.fillText(text, scale.x(at), box.y + box.height + size / 2);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { at, text } of ticks(up, box.height / (4 * size))) {
    context.moveTo(box.x, scale.y(at));
    context.lineTo(box.x + box.width, scale.y(at));
    context.fillText(text, box.x - size / 2, scale.y(at));
  }
  context.stroke();
}

/** @param {number} bottom @param {number} top @returns {[number, number]} */
function withAir(bottom, top) {
  const air = AIR * (top - bottom || 1);
  return [bottom - air, top + air];
}

/** @param {Box} box @param {[number, number]} across @param {[number, number]} up @returns {Scale} */
function scaleOf({ x, y, width, height }, [left, right], [bottom, top]) {
  return {
    x: (at) => x + (width * (at - left)) / (right - left || 1),
    y: (at) => y + (height * (top - at)) / (top - bottom),
  };
}

/** @param {Box} box @param {number} by @returns {Box} */
function inset({ x, y, width, height }, by) {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}
