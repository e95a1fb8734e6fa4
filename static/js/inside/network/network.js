// @ts-check
/** The network diagram: weights, biases and gradients as they are now. */

import { t } from "../../page/i18n.js";
import { sizesOf } from "../../run/layers.js";
import { ParameterTable } from "../model/parameter-table.js";
import { elementAt, keyOf } from "../model/places.js";
import { Labels } from "./network-labels.js";
import { arrange, shownUnits } from "./network-layout.js";
import { Reach } from "./network-reach.js";
import { numbersOf, Readout } from "./network-readout.js";
import { Scene } from "./network-scene.js";
import { ParameterEditor } from "./parameter-editor.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/places.js").Place} Place */
/** @typedef {import("../model/spotlight.js").Spotlight} Spotlight */

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
  #ask;
  #readout;
  #editor;
  #table;
  #reach;
  /** @type {Scene | null} */
  #scene = null;
  /** @type {Labels | null} */
  #labels = null;
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
  /** @type {import("../../run/snapshot.js").Snapshot | null} */
  #shownSnapshot = null;
  /** The one whose numbers are written. @type {import("../../run/snapshot.js").Snapshot | null} */
  #written = null;
  /** When `backward()` was last run on its own. @type {number | null} */
  #arriving = null;
  /** @type {import("../../run/state.js").LineRan | undefined} */
  #lastLine;

  /**
   * @param {HTMLElement} panel
   * @param {Spotlight} spotlight
   * @param {(message: import("../../../types/protocol").Edit) => void} send
   * @param {{ matches: boolean }} calm whether the reader asked for less motion
   * @param {(at?: number) => void} ask asks for a frame, not before a time in ms
   */
  constructor(panel, spotlight, send, calm, ask) {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (panel.querySelector(`#${id}`));
    this.#places = {
      picture: find("network-picture"),
      gradients: /** @type {HTMLInputElement} */ (find("show-gradients")),
      fold: find("network-fold"),
    };
    this.#spotlight = spotlight;
    this.#calm = calm;
    this.#ask = ask;
    this.#readout = new Readout(find("network-readout"), find("gradient-words"));
    this.#editor = new ParameterEditor(find("network-editor"), send);
    this.#table = new ParameterTable(/** @type {HTMLDetailsElement} */ (find("network-table")));
    this.#reach = new Reach(this.#places.picture, spotlight, {
      reached: () => this.#reached(),
      press: (place) => this.#press(place),
      describe: (place) => this.#describe(place),
    });
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
  #describe(place) {
    const name = this.#scene?.nameOf(place) ?? "";
    const element = elementAt(place);
    const snapshot = this.#drawn?.snapshot;
    if (!element || !snapshot || !this.#model) return name;
    const numbers = numbersOf(element, snapshot, this.#model).join(", ");
    return place.kind === "weight" ? numbers : `${name}: ${numbers}`;
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
    const key = keyOf(place);
    const node = this.#scene?.nodes.find((other) => keyOf(other.place) === key);
    if (node) return { ...node.middle, y: node.middle.y + (this.#geometry?.radius ?? 0) };
    const edge = this.#scene?.edges.find((other) => keyOf(other.place) === key);
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
    this.#labels = new Labels(this.#scene, this.#geometry);
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
    } else if (moved) this.#ask(this.#nextLines);
    this.#animate(scene, now);
    const lit = this.#lit !== this.#spotlight.version;
    if (lit) {
      scene.light(this.#spotlight.place);
      this.#labels?.place(this.#spotlight.place);
    }
    this.#lit = this.#spotlight.version;
    const unwritten = moved || snapshot !== this.#written;
    if (lit || turned || (unwritten && (now >= this.#nextNumbers || !playing))) {
      this.#written = snapshot;
      this.#nextNumbers = now + READABLE;
      this.#labels?.write(snapshot.parameters);
      this.#readout.write(state, model, this.#spotlight.place, withGradients);
    } else if (unwritten) this.#ask(this.#nextNumbers);
  }

  /**
   * @param {Scene} scene
   * @param {number} now
   */
  #animate(scene, now) {
    const share = this.#arriving === null ? 1 : Math.min(1, (now - this.#arriving) / ARRIVAL);
    scene.arrive(share);
    if (share === 1) this.#arriving = null;
    else this.#ask();
  }
}
