// @ts-check
/** The network as SVG: built once for a layout, then only its attributes change. */

import { t, tn } from "../../page/i18n.js";
import { set, svg } from "../../page/svg.js";
import { offsetOf, parameterName } from "../../run/layers.js";
import { isEnd, keyOf, touches } from "../../run/places.js";
import { curve, ends } from "./network-layout.js";
import { largestOf, Strokes, signOf } from "./strokes.js";
import { activationPath, ringPath } from "./unit-glyphs.js";

/** @typedef {import("../../run/layers.js").Layer} Layer */
/** @typedef {import("./network-layout.js").Geometry} Geometry */
/** @typedef {import("./network-layout.js").Point} Point */
/** @typedef {import("../../run/places.js").Place} Place */
/** @typedef {import("../model/activations.js").Activation} Activation */

/**
 * @typedef {object} Edge
 * @property {Place & { kind: "weight" }} place
 * @property {number} at its place in the snapshot
 * @property {Point} a
 * @property {Point} b
 * @property {SVGElement} weight
 * @property {SVGElement} grad
 */

/**
 * @typedef {object} Node
 * @property {Place & { kind: "unit" }} place
 * @property {number | null} at where its bias is in the snapshot; null for the input
 * @property {Point} middle
 * @property {SVGElement} group
 * @property {SVGElement} ring
 * @property {SVGElement} grad
 */

/**
 * @typedef {object} Picture what a scene shows
 * @property {Float32Array} parameters
 * @property {Float32Array | null} gradients null: there are none, or they are not to be shown
 * @property {boolean[][]} dead for each hidden layer, for each unit
 */

/** The room between two columns, in units of the text's size, that it takes to write a layer's activation. */
const HEAD_ROOM = 6.5;

export class Scene {
  #layers;
  #geometry;
  /** @type {Edge[]} */
  edges = [];
  /** @type {Node[]} */
  nodes = [];
  /** Whatever can be focused, by its place's key. @type {Map<string, { element: SVGElement, place: Place }>} */
  places = new Map();
  #strokes;
  #groups = {
    weights: svg("g", { class: "weights" }),
    grads: svg("g", { class: "grads", "clip-path": "url(#arrived)" }),
    units: svg("g", { class: "units" }),
  };
  #curtain = svg("rect", { y: 0 });
  #front = svg("line", { class: "front", y1: 0, visibility: "hidden" });
  /** Where numbers are written beside the lines. */
  labels = svg("g", { class: "labels", "aria-hidden": "true" });
  /** @type {Element[]} */
  #lit = [];
  root;

  /**
   * @param {Layer[]} layers
   * @param {Activation} activation
   * @param {Geometry} geometry
   * @param {number} em the text's size, in px
   */
  constructor(layers, activation, geometry, em) {
    this.#layers = layers;
    this.#geometry = geometry;
    this.em = em;
    const { width, height } = geometry;
    this.#strokes = new Strokes(layers, geometry, em);
    this.root = svg("svg", {
      class: "scene",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "group",
    });
    const arrow = svg(
      "marker",
      { id: "grad-arrow", viewBox: "0 0 10 10", refX: 5, refY: 5, orient: "auto" },
      svg("path", { d: "M0 0L10 5L0 10Z" }),
    );
    for (const side of ["markerWidth", "markerHeight"]) set(arrow, side, 0.62 * em);
    set(arrow, "markerUnits", "userSpaceOnUse");
    for (const [name, value] of Object.entries({ width, height, x: 0 })) set(this.#curtain, name, value);
    set(this.#front, "y2", height);
    const defs = svg("defs", {}, arrow, svg("clipPath", { id: "arrived" }, this.#curtain));
    this.#buildHeads(activation);
    this.#buildEdges();
    this.#buildUnits(activation);
    const { weights, grads, units } = this.#groups;
    this.root.append(defs, weights, grads, this.#front, units, this.labels);
  }

  /** @param {Activation} activation */
  #buildHeads(activation) {
    const { columns } = this.#geometry;
    const roomy = (columns[1]?.x ?? 0) - (columns[0]?.x ?? 0) > HEAD_ROOM * this.em;
    for (const [i, { x }] of columns.entries()) {
      const layer = this.#layers[i - 1];
      const last = i === columns.length - 1;
      const name = layer?.name ?? "x";
      const units = roomy ? `${layer?.outputs} × ${activation}` : String(layer?.outputs);
      const what = layer ? (last ? "net(x)" : units) : "";
      this.root.append(
        svg("text", { class: roomy ? "head" : "head head-small", x, y: 1.1 * this.em }, name),
        svg("text", { class: "head-what", x, y: 2.25 * this.em }, what),
      );
    }
  }

  #buildEdges() {
    const { columns } = this.#geometry;
    for (const [layer, source] of columns.slice(0, -1).entries()) {
      for (const from of source.units) {
        for (const to of columns[layer + 1]?.units ?? []) {
          const [a, b] = ends(this.#geometry, layer, from.y, to.y);
          const element = { layer, unit: to.unit, input: from.unit };
          const place = /** @type {Edge["place"]} */ ({ kind: "weight", ...element, from: "source" });
          const weight = svg("path", {
            class: "weight",
            d: curve(a, b),
            fill: "none",
            "data-crowded": String(this.#strokes.crowded[layer]),
          });
          const grad = svg("path", { class: "grad", d: curve(b, a), fill: "none" });
          this.edges.push({ place, at: offsetOf(this.#layers, element), a, b, weight, grad });
          this.#focusable(weight, place);
          this.#groups.weights.append(weight);
          this.#groups.grads.append(grad);
        }
      }
    }
  }

  /** @param {Activation} activation */
  #buildUnits(activation) {
    const { columns, radius } = this.#geometry;
    for (const [column, { x, units, more }] of columns.entries()) {
      for (const { unit, y } of units) this.#buildUnit({ kind: "unit", column, unit }, { x, y }, activation);
      if (more) {
        const place = /** @type {Place} */ ({ kind: "more", column });
        const text = svg("text", { class: "more-count", y: 0.36 * this.em }, `+${more.count}`);
        const size = {
          rx: 1.2 * radius,
          x: -2.1 * radius,
          y: -radius,
          width: 4.2 * radius,
          height: 2 * radius,
        };
        const group = svg(
          "g",
          { class: "more", transform: `translate(${x} ${more.y})` },
          svg("rect", size),
          text,
        );
        this.#focusable(group, place);
        this.#groups.units.append(group);
      }
    }
  }

  /**
   * @param {Node["place"]} place
   * @param {Point} middle
   * @param {Activation} activation
   */
  #buildUnit(place, middle, activation) {
    const { radius } = this.#geometry;
    const layer = this.#layers[place.column - 1];
    const hidden = layer !== undefined && place.column < this.#layers.length;
    const ring = svg("path", { class: "ring", fill: "none", "stroke-width": 0.24 * radius });
    const grad = svg("circle", { class: "grad-ring", r: 1.56 * radius, fill: "none" });
    const cross = svg("path", { class: "cross", d: `M${-radius} ${radius}L${radius} ${-radius}` });
    const mark = hidden
      ? svg("path", { class: "glyph", d: activationPath(activation, 0.62 * radius), fill: "none" })
      : svg("text", { class: "glyph-text", y: 0.33 * this.em }, this.#sign(layer, place.unit));
    const body = svg("circle", { class: "body", r: radius });
    const group = svg(
      "g",
      { class: "unit", transform: `translate(${middle.x} ${middle.y})` },
      grad,
      body,
      mark,
      cross,
      ring,
    );
    const element = { layer: place.column - 1, unit: place.unit, input: null };
    const at = layer ? offsetOf(this.#layers, element) : null;
    this.nodes.push({ place, at, middle, group, ring, grad });
    this.#focusable(group, place);
    this.#groups.units.append(group);
  }

  /**
   * What stands in an input or an output: of several its number too.
   *
   * @param {import("../../run/layers.js").Layer | undefined} layer
   * @param {number} unit
   */
  #sign(layer, unit) {
    if (!layer) return (this.#layers[0]?.inputs ?? 1) > 1 ? `x${unit + 1}` : "x";
    return layer.outputs > 1 ? String(unit) : "ŷ";
  }

  /** A place in words. @param {Place} place */
  describe(place) {
    if (place.kind === "weight") return parameterName(this.#layers, place);
    const { column } = place;
    if (place.kind === "more") {
      const count = this.#geometry.columns[column]?.more?.count ?? 0;
      return tn("{count} more unit: show it too", "{count} more units: show them all", count);
    }
    const { unit } = place;
    if (column === 0) {
      const several = (this.#layers[0]?.inputs ?? 1) > 1;
      return several ? t("the input x{n}", { n: unit + 1 }) : t("the input x");
    }
    if (column === this.#layers.length) {
      const several = (this.#layers.at(-1)?.outputs ?? 1) > 1;
      return several ? t("the output for class {kind}", { kind: unit }) : t("the output");
    }
    const several = this.#layers.length > 2;
    return several
      ? t("unit {unit} of hidden layer {layer}", { unit, layer: column })
      : t("hidden unit {unit}", { unit });
  }

  /**
   * @param {SVGElement} element
   * @param {Place} place
   */
  #focusable(element, place) {
    set(element, "role", "button");
    set(element, "tabindex", -1);
    set(element, "aria-label", this.describe(place));
    set(element, "data-key", keyOf(place));
    this.places.set(keyOf(place), { element, place });
  }

  /** @param {Picture} picture */
  show({ parameters, gradients, dead }) {
    const strokes = this.#strokes;
    const largest = gradients ? largestOf(gradients) : 0;
    for (const { place, at, weight, grad } of this.edges) {
      strokes.weight(weight, /** @type {number} */ (parameters[at]), place.layer);
      strokes.grad(grad, gradients?.[at] ?? null, largest);
    }
    for (const { place, at, group, ring, grad } of this.nodes) {
      if (at === null) {
        set(grad, "visibility", "hidden");
        continue;
      }
      const bias = /** @type {number} */ (parameters[at]);
      set(ring, "d", ringPath(strokes.share(bias, place.column - 1), 1.3 * this.#geometry.radius));
      set(ring, "data-sign", signOf(bias));
      strokes.grad(grad, gradients?.[at] ?? null, largest, 0.5);
      set(group, "data-dead", String(dead[place.column - 1]?.[place.unit] ?? false));
    }
  }

  /**
   * How far gradients have come on their way from the output to the input.
   *
   * @param {number} share 0: nowhere yet. 1: everywhere.
   */
  arrive(share) {
    const { width } = this.#geometry;
    set(this.#curtain, "x", (width * (1 - share)).toFixed(0));
    set(this.#front, "visibility", share > 0 && share < 1 ? "visible" : "hidden");
    for (const end of ["x1", "x2"]) set(this.#front, end, (width * (1 - share)).toFixed(0));
  }

  /** @param {Place | null} place what the reader points at: it and what touches it stand out */
  light(place) {
    for (const element of this.#lit) element.classList.remove("lit");
    this.#lit = place === null ? [] : this.#touching(place);
    for (const element of this.#lit) element.classList.add("lit");
    this.root.toggleAttribute("data-lit", this.#lit.length > 0);
  }

  /**
   * @param {Place} place
   * @returns {Element[]}
   */
  #touching(place) {
    const own = this.places.get(keyOf(place));
    if (!own) return [];
    /** @type {Element[]} */
    const found = [own.element];
    for (const edge of this.edges) {
      if (touches(edge.place, place)) found.push(edge.weight, edge.grad);
    }
    for (const { place: unit, group } of this.nodes) {
      if (place.kind === "weight" && isEnd(unit, place)) found.push(group);
    }
    return found;
  }
}
