// @ts-check
/** The boxes and lines of the graph, as SVG. */

import { N_, t, tn } from "../../page/i18n.js";
import { svg } from "../../page/svg.js";

/** @typedef {import("../../../types/protocol").GraphNode} GraphNode */
/** @typedef {import("../../../types/protocol").GraphEdge} GraphEdge */

/** Width of a character of the boxes' type, in the graph's units (14 px monospace), and of the small one. */
const CHARACTER = 8.45;
const SMALL = 7.25;
const MARGIN = 12;
/** Height of the strips of the value and of the gradient. */
const STRIP = 22;
/** The widest text beside a line. */
const MOST_LABEL = 150;

/** @type {Record<NonNullable<GraphNode["cut"]>, string>} */
const CUTS = {
  detach: N_("detach()"),
  no_grad: N_("no_grad()"),
  copied: N_("copied"),
  gradient: N_("from .grad"),
  not_differentiable: N_("no slope"),
};

/** @param {GraphNode} node @returns {string} torch's name of it, or why gradients stop there */
export function caption(node) {
  if (node.kind === "folded") return tn("{count} operation", "{count} operations", node.count ?? 0);
  return node.kind === "untracked" ? t("not tracked") : node.label;
}

/**
 * @param {string} text
 * @param {number} width
 * @param {number} [character] width of one
 */
export function fitted(text, width, character = CHARACTER) {
  const room = Math.floor((width - MARGIN) / character);
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {number} y
 * @param {number} width
 */
function line(className, text, y, width) {
  const character = className === "node-label" ? SMALL : CHARACTER;
  return svg("text", { class: className, y, "text-anchor": "middle" }, fitted(text, width, character));
}

/**
 * @param {GraphNode} node
 * @returns {SVGElement} a group at the node's place, with the texts `.node-value` and `.node-grad`
 */
export function drawNode(node) {
  const { width, height, x, y } = node;
  const group = svg("g", {
    class: `node node-${node.kind}`,
    transform: `translate(${x} ${y})`,
    "data-key": `node ${node.id}`,
    "data-lights": node.id,
    "data-saved": node.saved,
    role: "img",
    tabindex: -1,
    "aria-label": described(node),
  });
  if (node.output) group.setAttribute("data-output", "");
  if (node.cut) group.setAttribute("data-cut", node.cut);
  const round = node.kind === "leaf" ? height / 2.6 : 8;
  const place = { x: -width / 2, y: -height / 2, width, height, rx: round };
  if (node.kind === "folded")
    group.append(svg("rect", { ...place, class: "node-box", x: -width / 2 + 6, y: -height / 2 - 6 }));
  group.append(svg("title", {}, described(node)), svg("rect", { ...place, class: "node-box" }));
  if (node.kind === "constant") {
    group.append(line("node-value", node.label, 5, width));
    return group;
  }
  const top = -height / 2;
  group.append(
    svg("path", { class: "node-strip node-strip-value", d: strip(width, top, round, 1) }),
    svg("path", { class: "node-strip node-strip-grad", d: strip(width, -top, round, -1) }),
    line("node-name", node.kind === "folded" ? "" : node.symbol, -3, width),
    line("node-label", caption(node), 14, width),
    line("node-value", node.value ?? "", top + 16, width),
    line("node-grad", node.grad ?? "", -top - 6, width),
    svg("rect", { ...place, class: "node-edge" }),
  );
  return group;
}

/**
 * The strip along the top or the bottom of a box, inside its rounded corners.
 *
 * @param {number} width
 * @param {number} outer where the box ends
 * @param {number} round radius of its corners
 * @param {1 | -1} inwards
 */
function strip(width, outer, round, inwards) {
  const half = width / 2;
  const inner = outer + inwards * STRIP;
  // Where the corner is larger than the strip, the strip ends on the corner's arc.
  const inset = round > STRIP ? round - Math.sqrt(round ** 2 - (round - STRIP) ** 2) : 0;
  const sweep = inwards === 1 ? 1 : 0;
  const begin =
    round > STRIP ? `M${-half + inset} ${inner}` : `M${-half} ${inner}V${outer + inwards * round}`;
  const end = round > STRIP ? `${half - inset} ${inner}` : `${half} ${outer + inwards * round}V${inner}`;
  return (
    `${begin}A${round} ${round} 0 0 ${sweep} ${-half + round} ${outer}` +
    `H${half - round}A${round} ${round} 0 0 ${sweep} ${end}Z`
  );
}

/** @param {GraphNode} node in one sentence, for ears and for the pointer */
export function described(node) {
  if (node.kind === "folded") return caption(node);
  const name = node.symbol === "" ? node.label : node.symbol;
  const parts = [node.label && node.label !== name ? `${name}, ${caption(node)}` : name];
  const others = node.names.filter((other) => other !== name);
  if (others.length > 0) parts.push(t("also called {names}", { names: others.join(", ") }));
  if (node.kind === "untracked") parts[0] = `${name}, ${caption(node)}`;
  if (node.cut) parts.push(t("cut: {reason}", { reason: t(CUTS[node.cut]) }));
  if (node.value !== null && node.kind !== "constant") parts.push(t("value {value}", { value: node.value }));
  if (node.grad !== null) parts.push(t("gradient {grad}", { grad: node.grad }));
  if (node.shape.length > 0) parts.push(t("shape {shape}", { shape: `[${node.shape.join(", ")}]` }));
  if (node.line !== null && node.kind !== "constant") parts.push(t("line {line}", { line: node.line }));
  if (node.output) parts.push(t("backward() began here"));
  if (node.saved === "freed") parts.push(t("saved values freed"));
  if (node.saved === "kept") parts.push(t("values saved for the way back"));
  return parts.join("; ");
}

/**
 * @param {GraphEdge} edge
 * @param {{ source: GraphNode, target: GraphNode, arrow: string, place: number }} around arrow: what the ids of
 *   this picture's arrowheads begin with; place: its number among the edges between these two nodes, from 0
 * @returns {SVGElement}
 */
export function drawEdge(edge, { source, target, arrow, place }) {
  const stopped = edge.kind === "constant" && source.kind === "untracked";
  const group = svg("g", { class: `edge edge-${edge.kind}`, "data-edge": edge.id, "data-lights": edge.id });
  const d = curve(edge.points);
  group.append(
    svg("path", { class: "edge-reach", d }),
    svg("path", { class: "edge-line", d, "marker-end": `url(#${arrow}-${edge.kind})` }),
  );
  if (stopped || edge.kind === "cut") group.append(cutMark(edge.points));
  const text = edge.kind === "cut" && target.cut ? t(CUTS[target.cut]) : edge.local;
  if (text !== null) {
    group.append(edgeLabel(fitted(text, MOST_LABEL), labelPlace(edge.points, place)));
  }
  return group;
}

/**
 * A text beside a line, on a plate, as other lines may pass below it.
 *
 * @param {string} text
 * @param {{ x: number, y: number }} place
 */
function edgeLabel(text, { x, y }) {
  const width = text.length * CHARACTER + 4;
  const plate = { x: x - width / 2, y: y - 13, width, height: 17, rx: 3 };
  return svg(
    "g",
    { class: "edge-local" },
    svg("rect", { class: "edge-plate", ...plate }),
    svg("text", { x, y, "text-anchor": "middle" }, text),
  );
}

/** @param {GraphEdge["points"]} points */
export function curve(points) {
  const [[x, y] = [0, 0], ...rest] = points;
  let d = `M${x} ${y}`;
  let before = [x, y];
  for (const [nextX, nextY] of rest) {
    const middle = /** @type {number} */ (before[0] + nextX) / 2;
    d += `C${middle} ${before[1]} ${middle} ${nextY} ${nextX} ${nextY}`;
    before = [nextX, nextY];
  }
  return d;
}

/**
 * The place of a text: at the middle of the last stretch, which the layout keeps free; below the line for a second edge.
 *
 * @param {GraphEdge["points"]} points
 * @param {number} place
 */
function labelPlace(points, place) {
  const [from, to] = [points.at(-2), points.at(-1)];
  if (!from || !to) return { x: 0, y: 0 };
  return { x: (from[0] + to[0]) / 2, y: (from[1] + to[1]) / 2 + (place % 2 === 0 ? -8 : 19) };
}

/** @param {GraphEdge["points"]} points of a line, which gets two strokes across it: no gradient passes */
function cutMark(points) {
  const [from, to] = [points.at(-2), points.at(-1)];
  if (!from || !to) return svg("g");
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  return svg("path", {
    class: "edge-cut",
    d: `M${x - 7} ${y + 8}L${x + 1} ${y - 8}M${x} ${y + 8}L${x + 8} ${y - 8}`,
  });
}
