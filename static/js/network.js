// @ts-check
/** The network diagram: weights, biases and gradients as they are now. */

import { t } from "./i18n.js";
import { nameOf, placeOf, sizesOf } from "./layers.js";
import { arrange, shownUnits } from "./network-layout.js";
import { Reach } from "./network-reach.js";
import { Scene } from "./network-scene.js";
import { figure } from "./numbers.js";
import { ParameterEditor } from "./parameter-editor.js";
import { ParameterTable } from "./parameter-table.js";
import { elementAt } from "./places.js";
import { write } from "./svg.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./inside.js").Model} Model */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./spotlight.js").Spotlight} Spotlight */

/** Between two writings of numbers while the run plays, in ms: faster than this nobody reads. */
const READABLE = 120;
/** More lines than `few` take the browser so long to paint that they are changed only so often, in ms. */
const CROWD = { few: 100, pause: 66 };
/** How long gradients take from the output to the input when `backward()` is run on its own, in ms. */
const ARRIVAL = 1400;
/** The least height of the picture, in units of the text's size. */
const HEIGHT = 27;

export class Network {
  #places;
  #spotlight;
  #calm;
  #editor;
  #table;
  #reach;
  /** @type {Scene | null} */
  #scene = null;
  /** @type {number[][]} */
  #shown = [];
  /** @type {import("./network-layout.js").Geometry | null} */
  #geometry = null;
  /** The column that is shown in full. @type {number | null} */
  #open = null;
  #stale = true;
  /** @type {Model | null} */
  #model = null;
  /** @type {State | null} */
  #drawn = null;
  #lit = -1;
  #nextNumbers = 0;
  #nextLines = 0;
  #withGradients = false;
  /** @type {import("./snapshot.js").Snapshot | null} */
  #shownSnapshot = null;
  /** When `backward()` was last run on its own. @type {number | null} */
  #arriving = null;
  /** @type {import("./state.js").LineRan | undefined} */
  #lastLine;

  /**
   * @param {HTMLElement} panel
   * @param {Spotlight} spotlight
   * @param {(message: import("../types/protocol").Edit) => void} send
   * @param {{ matches: boolean }} calm whether the reader asked for less motion
   */
  constructor(panel, spotlight, send, calm) {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (panel.querySelector(`#${id}`));
    this.#places = {
      picture: find("network-picture"),
      readout: find("network-readout"),
      gradients: /** @type {HTMLInputElement} */ (find("show-gradients")),
      gradientWords: find("gradient-words"),
      fold: find("network-fold"),
    };
    this.#spotlight = spotlight;
    this.#calm = calm;
    this.#editor = new ParameterEditor(find("network-editor"), send);
    this.#table = new ParameterTable(/** @type {HTMLDetailsElement} */ (find("network-table")));
    this.#reach = new Reach(
      this.#places.picture,
      spotlight,
      () => this.#reached(),
      (place) => this.#press(place),
    );
    this.#places.fold.addEventListener("click", () => this.#unfold(null));
    new ResizeObserver(() => {
      this.#stale ||= this.#places.picture.clientWidth !== this.#geometry?.width;
    }).observe(this.#places.picture);
  }

  #reached() {
    if (!this.#scene || !this.#geometry) return null;
    const folded = this.#geometry.columns.map(({ more }) => more !== null);
    return { scene: this.#scene, shown: this.#shown, folded, radius: this.#geometry.radius };
  }

  /** @param {Place} place */
  #press(place) {
    if (place.kind === "more") {
      this.#unfold(place.column);
      return;
    }
    const element = elementAt(place);
    if (!element || !this.#model) return;
    this.#spotlight.choose(element);
    if (this.#drawn?.control) this.#editor.open(element, this.#model.layers, this.#anchor(place));
  }

  /** @param {number | null} column */
  #unfold(column) {
    this.#open = column;
    this.#stale = true;
  }

  /**
   * Where the editor points to.
   *
   * @param {Place} place
   */
  #anchor(place) {
    const node = this.#scene?.nodes.find((other) => other.place === place);
    if (node) return { ...node.middle, y: node.middle.y + (this.#geometry?.radius ?? 0) };
    const edge = this.#scene?.edges.find(
      (other) =>
        place.kind === "weight" &&
        other.place.layer === place.layer &&
        other.place.unit === place.unit &&
        other.place.input === place.input,
    );
    return edge ? { x: (edge.a.x + edge.b.x) / 2, y: (edge.a.y + edge.b.y) / 2 } : { x: 0, y: 0 };
  }

  /**
   * @param {State} state
   * @param {Model} model
   * @param {number} now in ms
   */
  draw(state, model, now) {
    const { snapshot } = state;
    if (!snapshot) return;
    const anew = model.layers !== this.#model?.layers;
    if (anew) this.#open = null;
    const refolded = this.#drawn?.run?.status === "playing" && state.run?.status !== "playing";
    if (anew || this.#stale || (refolded && this.#places.fold.hidden)) this.#build(state, model);
    this.#followLines(state, now);
    this.#drawSnapshot(state, model, now);
    this.#editor.draw(state, model.layers);
    this.#table.draw(state, model.layers);
    this.#model = model;
    this.#drawn = state;
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  #build(state, model) {
    const { picture, fold } = this.#places;
    const width = picture.clientWidth;
    if (width === 0 || !state.snapshot) return;
    const em = Number.parseFloat(getComputedStyle(picture).fontSize);
    const shown = shownUnits(model.layers, state.snapshot.parameters, this.#open);
    const same =
      JSON.stringify(shown) === JSON.stringify(this.#shown) && model.layers === this.#model?.layers;
    if (same && !this.#stale) return;
    this.#shown = shown;
    this.#geometry = arrange(shown, sizesOf(model.layers), { width, height: HEIGHT * em, em });
    this.#scene = new Scene(model.layers, model.activation, this.#geometry, em);
    this.#scene.root.setAttribute(
      "aria-label",
      t("Network: arrow keys go from unit to weight to unit, Enter changes a value"),
    );
    picture.replaceChildren(this.#scene.root);
    fold.hidden = this.#open === null;
    this.#stale = false;
    this.#shownSnapshot = null;
    this.#nextLines = 0;
    this.#lit = -1;
    this.#reach.renew();
  }

  /**
   * `backward()` run on its own lets its gradients arrive from right to left.
   *
   * @param {State} state
   * @param {number} now
   */
  #followLines(state, now) {
    const last = state.lines.at(-1);
    if (last === this.#lastLine) return;
    this.#lastLine = last;
    this.#arriving = last?.line === "backward" && !this.#calm.matches ? now : null;
  }

  /**
   * @param {State} state
   * @param {Model} model
   * @param {number} now
   */
  #drawSnapshot(state, model, now) {
    const scene = this.#scene;
    const { snapshot } = state;
    if (!scene || !snapshot) return;
    const inStep = state.lines.length > 0 && state.run?.line !== null;
    const withGradients =
      this.#places.gradients.checked || (inStep && state.lines.some(({ line }) => line === "backward"));
    const turned = withGradients !== this.#withGradients;
    const playing = state.run?.status === "playing";
    const moved = snapshot !== this.#shownSnapshot || model.dead !== this.#model?.dead;
    const pause = scene.edges.length > CROWD.few && playing ? CROWD.pause : 0;
    if (turned || (moved && now >= this.#nextLines)) {
      this.#shownSnapshot = snapshot;
      this.#nextLines = now + pause;
      this.#withGradients = withGradients;
      scene.root.toggleAttribute("data-gradients", withGradients);
      scene.show({ ...snapshot, gradients: withGradients ? snapshot.gradients : null, dead: model.dead });
    }
    this.#animate(scene, now);
    const lit = this.#lit !== this.#spotlight.version;
    if (lit) scene.light(this.#spotlight.place);
    this.#lit = this.#spotlight.version;
    if (lit || turned || (moved && (now >= this.#nextNumbers || !playing))) {
      this.#nextNumbers = now + READABLE;
      scene.writeLabels(snapshot.parameters);
      this.#tell(state, model);
    }
  }

  /**
   * @param {Scene} scene
   * @param {number} now
   */
  #animate(scene, now) {
    const share = this.#arriving === null ? 1 : Math.min(1, (now - this.#arriving) / ARRIVAL);
    scene.arrive(share);
    if (share === 1) this.#arriving = null;
  }

  /**
   * The numbers of what is pointed at, and what there is of gradients.
   *
   * @param {State} state
   * @param {Model} model
   */
  #tell({ snapshot, control }, model) {
    const { readout, gradientWords } = this.#places;
    if (!snapshot) return;
    const { place } = this.#spotlight;
    const element = place && elementAt(place);
    write(gradientWords, this.#withGradients ? gradientText(snapshot.gradients) : "");
    const parts = [];
    if (element) {
      const at = placeOf(model.layers, element);
      const grad = snapshot.gradients === null ? "None" : figure(snapshot.gradients[at] ?? Number.NaN);
      parts.push(code(`${nameOf(model.layers, element)} = ${figure(snapshot.parameters[at] ?? Number.NaN)}`));
      parts.push(code(`.grad = ${grad}`));
      const dead = element.input === null && model.dead[element.layer]?.[element.unit];
      if (dead) parts.push(text(t("dead: it gives 0 for every x")));
    } else if (control) {
      parts.push(text(t("Point at a unit or a weight for its numbers; press it to change its value.")));
    } else {
      parts.push(text(t("Point at a unit or a weight for its numbers.")));
    }
    readout.replaceChildren(...parts);
  }
}

/** @param {Float32Array | null} gradients */
function gradientText(gradients) {
  if (gradients === null) return t("no gradients: every .grad is None");
  const largest = gradients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return t("largest gradient: {size}", { size: figure(largest) });
}

/** @param {string} content */
function code(content) {
  const element = document.createElement("code");
  element.textContent = content;
  return element;
}

/** @param {string} content */
function text(content) {
  const element = document.createElement("span");
  element.textContent = content;
  return element;
}
