// @ts-check
/** Inside the model: the network diagram, the hinges, and one step line by line. */

import { byId } from "../page/dom.js";
import { layersOf } from "../run/layers.js";
import { Hinges } from "./hinges/hinges.js";
import { Units } from "./model/units.js";
import { Network } from "./network/network.js";
import { ShapeLesson } from "./shapes/shape-lesson.js";
import { SlowMotion } from "./slow-motion/slow-motion.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./model/model.js").Model} Model */
/** @typedef {import("./model/model.js").Actions} Actions */

/** Between two searches for dead units while the run plays, in ms. */
const PAUSE = 250;
/** A picture that takes long is drawn less often: it rests so many times as long. */
const REST = 4;

export class Inside {
  #slow;
  #views;
  #ask;
  /** @type {Model | null} */
  #model = null;
  /** @type {Units | null} */
  #onData = null;
  /** The message the model was made from. @type {import("../run/state.js").Started | null} */
  #started = null;
  /** @type {import("../run/snapshot.js").Snapshot | null} */
  #examined = null;
  #next = 0;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#ask = actions.ask;
    this.#slow = new SlowMotion(actions);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    /** @param {string} id */
    const seen = (id) => onScreen(byId(id), actions.ask);
    // What was pressed with the pointer does not keep the focus, so that keys go on meaning the page's shortcuts.
    byId("inside").addEventListener("click", ({ detail, target }) => {
      if (detail > 0 && target instanceof HTMLInputElement && target.type === "checkbox") target.blur();
    });
    this.#views = [
      // Its key works, and its words are spoken, wherever the page is scrolled to; it costs next to nothing.
      { view: this.#slow, seen: { now: true }, ofCurves: false, next: 0 },
      { view: new Network(actions, calm), seen: seen("network"), ofCurves: false, next: 0 },
      { view: new Hinges(actions), seen: seen("hinges"), ofCurves: true, next: 0 },
      { view: new ShapeLesson(actions), seen: seen("shapes"), ofCurves: true, next: 0 },
    ];
  }

  /** Runs the next line of the loop. */
  nextLine() {
    this.#slow.next();
  }

  /**
   * @param {State} state
   * @param {number} now in ms
   */
  draw(state, now) {
    // Kinks and the two unsqueezes are a curve's.
    const isCurve = !state.started?.area;
    for (const id of ["hinges", "shapes"]) if (byId(id).hidden === isCurve) byId(id).hidden = !isCurve;
    const visible = this.#views.filter(({ seen, ofCurves }) => seen.now && (isCurve || !ofCurves));
    const due = visible.filter(({ next }) => now >= next);
    if (due.length < visible.length)
      this.#ask(Math.min(...visible.map(({ next }) => next).filter((at) => at > now)));
    if (!state.started || !state.snapshot || due.length === 0) return;
    const model = this.#follow(state, state.started, now);
    for (const entry of due) {
      const start = performance.now();
      entry.view.draw(state, model, now);
      entry.next = now + REST * (performance.now() - start);
    }
  }

  /**
   * @param {State} state
   * @param {import("../run/state.js").Started} started
   * @param {number} now
   * @returns {Model}
   */
  #follow(state, started, now) {
    const { snapshot } = state;
    const { parameters, x, grid } = started;
    let model = this.#model;
    if (
      !model ||
      parameters !== this.#started?.parameters ||
      x !== this.#started.x ||
      grid !== this.#started.grid
    ) {
      const { activation } = started.run.config.model;
      const same = model?.activation === activation && alike(parameters, this.#started?.parameters);
      const layers = model && same ? model.layers : layersOf(parameters);
      model = { layers, activation, onGrid: new Units(layers, activation, grid), dead: [] };
      // Of a model that is no curve the server tells which units are dead.
      this.#onData = started.area ? null : new Units(layers, activation, x);
      this.#started = started;
      this.#examined = null;
    }
    const due = this.#examined === null || state.run?.status !== "playing" || now >= this.#next;
    if (snapshot && this.#onData && snapshot !== this.#examined && due) {
      this.#onData.compute(snapshot.parameters);
      model = { ...model, dead: this.#onData.dead() };
      this.#examined = snapshot;
      this.#next = now + PAUSE;
    } else if (snapshot && this.#onData === null && snapshot !== this.#examined) {
      model = { ...model, dead: deadOf(snapshot.deadUnits, layersOf(parameters)) };
      this.#examined = snapshot;
    } else if (snapshot !== this.#examined) this.#ask(this.#next);
    this.#model = model;
    return model;
  }
}

/**
 * @param {Uint32Array} units counted through all hidden layers
 * @param {import("../run/layers.js").Layer[]} layers
 * @returns {boolean[][]}
 */
function deadOf(units, layers) {
  let first = 0;
  return layers.slice(0, -1).map(({ outputs }) => {
    const found = Array.from({ length: outputs }, (_, unit) => units.includes(first + unit));
    first += outputs;
    return found;
  });
}

/** @type {(a: unknown, b: unknown) => boolean} */
const alike = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Whether an element is on the screen, or nearly: what nobody sees is not drawn.
 *
 * @param {HTMLElement} element
 * @param {() => void} changed
 */
function onScreen(element, changed) {
  const record = { now: false };
  const watch = new IntersectionObserver(
    (entries) => {
      record.now = entries.at(-1)?.isIntersecting ?? false;
      changed();
    },
    { rootMargin: "200px", scrollMargin: "200px" }, // of the window, and of the stage that scrolls in it
  );
  watch.observe(element);
  return record;
}
