// @ts-check
/** The view of the computation graph: forward from left to right, gradients from right to left. */

import { keepFocus } from "../../page/dom.js";
import { svg, write } from "../../page/svg.js";
import { drawEdge, drawNode, fitted } from "./graph-nodes.js";
import { graphWords } from "./graph-words.js";
import { PanZoom } from "./pan-zoom.js";
import { travelling } from "./traveller.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Graph} Graph */
/** @typedef {import("../../../types/protocol").GraphNode} GraphNode */
/** @typedef {import("../playback/moments.js").Moment} Moment */

/** Bounds of the scale: at the least the text can still be read, at the most its 14 px are the page's 16. */
const LEAST = 0.62;
const MOST = 1.15;
const MARGIN = 16;
const FEWEST_PX = 190;
/** The most of the screen's height that a graph takes. */
const SHARE = 0.5;

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class GraphView {
  #panel;
  #frame;
  #fold;
  #arrow;
  #content;
  #words;
  #empty;
  #legend;
  #panZoom;
  /** @type {Graph | null} */
  #graph = null;
  /** @type {Map<string, SVGElement>} */
  #nodes = new Map();
  /** @type {Map<string, SVGElement>} */
  #edges = new Map();
  #travellers = svg("g", { class: "travellers" });

  /**
   * @param {{ frame: SVGSVGElement, words: HTMLElement, empty: HTMLElement, legend: HTMLElement,
   *   tools: HTMLElement }} places
   */
  constructor({ frame, words, empty, legend, tools }) {
    this.#panel = /** @type {HTMLElement} */ (frame.closest("section"));
    this.#frame = frame;
    this.#fold = /** @type {HTMLElement} */ (words.closest("details"));
    this.#words = words;
    this.#empty = empty;
    this.#legend = legend;
    this.#content = svg("g");
    this.#arrow = `${frame.id}-arrow`;
    frame.append(arrows(this.#arrow), this.#content);
    this.#panZoom = new PanZoom(frame, this.#content);
    frame.addEventListener("keydown", (event) => this.#press(event));
    frame.addEventListener("focusin", ({ target }) => this.#reach(/** @type {SVGElement} */ (target)));
    tools.addEventListener("click", ({ target }) => {
      const tool = /** @type {Element} */ (target).closest("button")?.dataset.tool;
      if (tool === "in" || tool === "out") this.#panZoom.zoom(tool === "in" ? 1 : -1);
      if (tool === "fit") this.fit(0);
    });
    new ResizeObserver(() => this.fit()).observe(/** @type {Element} */ (frame.parentElement));
  }

  /** The picture itself, to be saved. */
  get picture() {
    return this.#graph === null ? null : { frame: this.#frame, content: this.#content, graph: this.#graph };
  }

  /** @param {Derivation} derivation */
  show({ graph, error }) {
    this.#graph = graph?.nodes.length ? graph : null;
    keepFocus(this.#panel, () => {
      this.#empty.hidden = this.#graph !== null;
      this.#legend.hidden = this.#graph === null;
      this.#frame.toggleAttribute("hidden", this.#graph === null);
      this.#fold.hidden = this.#graph === null;
      if (this.#graph !== null) this.#draw(this.#graph, error);
    });
  }

  /** @param {Graph} graph @param {Derivation["error"]} error */
  #draw(graph, error) {
    const { nodes, edges, width, height } = graph;
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const node = (/** @type {string} */ id) => /** @type {GraphNode} */ (byId.get(id));
    this.#edges = new Map(
      edges.map((edge, i) => {
        const earlier = edges
          .slice(0, i)
          .filter((other) => other.source === edge.source && other.target === edge.target);
        const around = {
          source: node(edge.source),
          target: node(edge.target),
          arrow: this.#arrow,
          place: earlier.length,
        };
        return [edge.id, drawEdge(edge, around)];
      }),
    );
    this.#nodes = new Map(nodes.map((node) => [node.id, drawNode(node)]));
    const first = nodes.find(({ output }) => output) ?? nodes.at(-1);
    this.#nodes.get(first?.id ?? "")?.setAttribute("tabindex", "0");
    if (error?.line) this.#markBroken(nodes, error.line);
    this.#travellers.replaceChildren();
    this.#content.replaceChildren(...this.#edges.values(), ...this.#nodes.values(), this.#travellers);
    this.#words.replaceChildren(...graphWords(graph));
    this.#explain(graph);
    this.#panZoom.size = { width, height };
    this.fit();
  }

  /** @param {Graph} graph the legend is about what there is in it */
  #explain({ nodes, edges }) {
    const there = {
      cut: edges.some(({ kind }) => kind === "cut"),
      freed: nodes.some(({ saved }) => saved === "freed"),
    };
    for (const [name, shown] of Object.entries(there)) {
      /** @type {HTMLElement} */ (this.#legend.querySelector(`.key-${name}`)).hidden = !shown;
    }
  }

  /** @param {number} [least] the smallest scale */
  fit(least = LEAST) {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    if (this.#graph === null) return;
    const { width, height } = this.#graph;
    const room = this.#frame.parentElement?.clientWidth ?? width;
    const scale = Math.max(least * rem, Math.min(MOST * rem, (room - 2 * MARGIN) / width));
    const wanted = height * scale + 2 * MARGIN;
    this.#frame.style.height = `${Math.max(FEWEST_PX * rem, Math.min(wanted, innerHeight * SHARE))}px`;
    this.#panZoom.fit({ least: least * rem, most: MOST * rem, margin: MARGIN });
  }

  /**
   * Shows the graph at a moment of the playback.
   *
   * @param {Moment | null} moment null: as it is in the end
   * @param {number} flow how long numbers take along the edges, in ms; 0: they are there at once
   */
  at(moment, flow) {
    const graph = this.#graph;
    if (graph === null) return;
    this.#frame.toggleAttribute("data-playing", moment !== null);
    this.#travellers.replaceChildren();
    for (const node of graph.nodes) {
      const element = /** @type {SVGElement} */ (this.#nodes.get(node.id));
      const grad = moment === null ? node.grad : (moment.reached.get(node.id) ?? null);
      element.toggleAttribute("data-waiting", moment !== null && !moment.made.has(node.id));
      element.toggleAttribute("data-reached", grad !== null);
      element.toggleAttribute(
        "data-now",
        moment?.step?.node === node.id || (moment?.step?.made.includes(node.id) ?? false),
      );
      const text = element.querySelector(".node-grad");
      if (text) write(text, fitted(grad ?? "", node.width));
    }
    for (const edge of graph.edges) {
      const element = /** @type {SVGElement} */ (this.#edges.get(edge.id));
      element.toggleAttribute(
        "data-waiting",
        moment !== null && !(moment.made.has(edge.target) && moment.made.has(edge.source)),
      );
      element.toggleAttribute(
        "data-flowing",
        moment?.flowing.some(({ edge: id }) => id === edge.id) ?? false,
      );
    }
    const now = graph.nodes.find(({ id }) => id === moment?.step?.node);
    if (now) this.#panZoom.reveal(now);
    if (moment !== null && flow > 0)
      for (const { edge, text } of moment.flowing)
        this.#travellers.append(...travelling(this.#edges.get(edge), text, flow));
  }

  /**
   * Marks the nodes that were computed on the line where the program stopped.
   *
   * @param {GraphNode[]} nodes
   * @param {number} line
   */
  #markBroken(nodes, line) {
    for (const node of nodes) {
      if (node.line === line && node.kind !== "constant")
        this.#nodes.get(node.id)?.setAttribute("data-broken", "");
    }
  }

  /** @param {string[]} names whose nodes are marked, as they took part in an error */
  markNames(names) {
    for (const node of this.#graph?.nodes ?? []) {
      if (node.names.some((name) => names.includes(name)))
        this.#nodes.get(node.id)?.setAttribute("data-broken", "");
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const direction = DIRECTIONS[event.key];
    const zoom = { "+": 1, "=": 1, "-": -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (zoom) this.#panZoom.zoom(/** @type {1 | -1} */ (zoom));
    else if (event.key === "0") this.fit(0);
    else if (direction) this.#focusNext(direction);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {SVGElement} element the node that has the focus, and to which Tab comes back */
  #reach(element) {
    if (![...this.#nodes.values()].includes(element)) return;
    for (const node of this.#nodes.values()) node.setAttribute("tabindex", node === element ? "0" : "-1");
  }

  /** @param {[number, number]} direction to the nearest node that way */
  #focusNext([dx, dy]) {
    const nodes = this.#graph?.nodes ?? [];
    const from = nodes.find(({ id }) => this.#nodes.get(id) === document.activeElement);
    if (!from) return;
    const away = nodes
      .map((node) => ({
        node,
        along: (node.x - from.x) * dx + (node.y - from.y) * dy,
        aside: Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx),
      }))
      .filter(({ along }) => along > 1)
      .sort((a, b) => a.along + 2 * a.aside - (b.along + 2 * b.aside));
    const next = away[0]?.node;
    if (!next) return;
    this.#nodes.get(next.id)?.focus({ preventScroll: true });
    this.#panZoom.reveal(next);
  }
}

/** @param {string} id what the ids of the arrowheads begin with */
function arrows(id) {
  const kinds = ["flow", "constant", "cut"].map((kind) =>
    svg(
      "marker",
      {
        id: `${id}-${kind}`,
        class: `arrow arrow-${kind}`,
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: "auto",
        markerUnits: "userSpaceOnUse",
      },
      svg("path", { d: "M0 0.5L7.5 4L0 7.5Z" }),
    ),
  );
  return svg("defs", {}, ...kinds);
}
