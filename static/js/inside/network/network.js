// @ts-check
/** The network diagram: weights, biases and gradients as they are now. */

import { bindChoice } from "../../page/choice.js";
import { byId, replaceChildren, setHidden } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { sizesOf } from "../../run/layers.js";
import { elementAt, keyOf } from "../../run/places.js";
import { litPlace } from "../../run/spotlight.js";
import { ParameterTable } from "../model/parameter-table.js";
import { Labels } from "./network-labels.js";
import { arrange, shownUnits } from "./network-layout.js";
import { Reach } from "./network-reach.js";
import { numbersOf, Readout } from "./network-readout.js";
import { Scene } from "./network-scene.js";
import { ParameterEditor } from "./parameter-editor.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../../run/places.js").Place} Place */
/** @typedef {import("../model/model.js").Actions} Actions */
/** @typedef {import("../../run/spotlight.js").Spotlight} Spotlight */

/** Between two writings of numbers while the run plays, in ms: faster than this nobody reads. */
const READABLE = 120;
/** More lines than `few` take the browser so long to paint that they are changed only so often, in ms. */
const CROWD = { few: 100, pause: 66 };
/** How long gradients take from the output to the input when `backward()` is run on its own, in ms. */
const ARRIVAL = 1400;
/** The least height of the picture, in units of the text's size. */
const HEIGHT = 27;

export class Network {
  #places = {
    picture: byId("network-picture"),
    fold: byId("network-fold"),
  };
  #actions;
  #calm;
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
  /** The place that was pressed last. @type {Place} */
  #pressed = { kind: "unit", column: 0, unit: 0 };
  /** @type {Model | null} */
  #model = null;
  /** @type {State | null} */
  #drawn = null;
  /** The spotlight that was drawn last. @type {Spotlight | null} */
  #lit = null;
  #nextNumbers = 0;
  #nextLines = 0;
  #withGradients = false;
  /** Shows whether gradients are chosen to be seen. */
  #tick;
  /** @type {import("../../run/snapshot.js").Snapshot | null} */
  #shownSnapshot = null;
  /** The snapshot whose numbers are written. @type {import("../../run/snapshot.js").Snapshot | null} */
  #written = null;
  /** When `backward()` was last run on its own. @type {number | null} */
  #arriving = null;
  /** @type {import("../../run/state.js").LineRan | undefined} */
  #lastLine;

  /**
   * @param {Actions} actions
   * @param {{ matches: boolean }} calm whether the reader asked for less motion
   */
  constructor(actions, calm) {
    this.#actions = actions;
    this.#calm = calm;
    const { picture, fold } = this.#places;
    const details = byId("network-table", HTMLDetailsElement);
    this.#readout = new Readout(byId("network-readout"), byId("gradient-words"));
    this.#table = new ParameterTable(details);
    this.#reach = new Reach(picture, actions.light, {
      reached: () => this.#reached(),
      press: (place) => this.#press(place),
      describe: (place) => this.#describe(place),
    });
    this.#editor = new ParameterEditor(actions.send, () => this.#reach.focus(this.#pressed));
    fold.addEventListener("click", () => this.#unfold(null));
    this.#tick = bindChoice(byId("show-gradients", HTMLInputElement), (gradients) =>
      actions.view({ gradients }),
    );
    details.addEventListener("toggle", () => actions.ask());
    new ResizeObserver(() => {
      this.#stale ||= picture.clientWidth !== this.#geometry?.width;
      actions.ask();
    }).observe(picture);
  }

  #reached() {
    if (!this.#scene || !this.#geometry) return null;
    const folded = this.#geometry.columns.map(({ more }) => more !== null);
    const lit = this.#lit && litPlace(this.#lit);
    return { scene: this.#scene, shown: this.#shown, folded, radius: this.#geometry.radius, lit };
  }

  /** @param {Place} place */
  #describe(place) {
    const name = this.#scene?.describe(place) ?? "";
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
    this.#pressed = place;
    this.#actions.light({ chosen: element });
    if (this.#drawn?.control) this.#editor.open(element, this.#model.layers, this.#anchor(place));
    this.#actions.ask();
  }

  /** @param {number | null} column */
  #unfold(column) {
    this.#open = column;
    this.#stale = true;
    this.#actions.ask();
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
    if (anew || this.#stale || (refolded && this.#open === null)) this.#build(state, model);
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
    this.#stale = false;
    this.#shownSnapshot = null;
    this.#nextLines = 0;
    this.#lit = null;
    this.#reach.renew(this.#scene);
    replaceChildren(picture, this.#scene.root);
    const home = /** @type {HTMLElement} */ (picture.querySelector('[tabindex="0"]') ?? picture);
    setHidden(fold, this.#open === null, home);
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
    this.#tick(state.view.gradients);
    const inStep = state.lines.length > 0 && state.run?.line !== null;
    const withGradients =
      state.view.gradients || (inStep && state.lines.some(({ line }) => line === "backward"));
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
    } else if (moved) this.#actions.ask(this.#nextLines);
    this.#animate(scene, now);
    const place = litPlace(state.spotlight);
    const lit = state.spotlight !== this.#lit;
    if (lit) {
      scene.light(place);
      this.#labels?.place(place);
    }
    this.#lit = state.spotlight;
    const unwritten = moved || snapshot !== this.#written;
    if (lit || turned || (unwritten && (now >= this.#nextNumbers || !playing))) {
      this.#written = snapshot;
      this.#nextNumbers = now + READABLE;
      this.#labels?.write(snapshot.parameters);
      this.#readout.write(state, model, place, withGradients);
    } else if (unwritten) this.#actions.ask(this.#nextNumbers);
  }

  /**
   * @param {Scene} scene
   * @param {number} now
   */
  #animate(scene, now) {
    const share = this.#arriving === null ? 1 : Math.min(1, (now - this.#arriving) / ARRIVAL);
    scene.arrive(share);
    if (share === 1) this.#arriving = null;
    else this.#actions.ask();
  }
}
