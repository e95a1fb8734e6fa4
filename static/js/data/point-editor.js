// @ts-check
/** Changing the points on the plot: added, moved and removed by hand or by keys. */

import { holds, nearest, positionOf, valueAt } from "../charts/frame.js";
import { byId, keepFocus, setHidden, within } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { figure } from "../page/numbers.js";
import { reasonAt, showReason } from "../page/refusal.js";
import { write } from "../page/svg.js";
import { Draft } from "./draft.js";
import { PointLayer } from "./point-layer.js";
import { added, beside, LEAST, MOST, moved, removed, rounded } from "./points.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./points.js").Pair} Pair */
/** @typedef {import("../charts/frame.js").Frame} Frame */
/** @typedef {import("../charts/frame.js").Position} Position */

/** How near a point has to be pressed, in px: with a fine pointer, with a finger. */
const REACH = 12;
const FINGER = 22;
/** A press that moves less than this, in px, stays a press. */
const STILL = 3;
/** How far an arrow key moves a point, as a share of the axis: alone, and with Shift. */
const NUDGE = 0.01;
const LEAP = 0.1;

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PointEditor {
  #layer;
  #draft;
  #parts;
  #on = false;
  /** @type {State | null} */
  #state = null;
  /** @type {Frame | null} */
  #frame = null;
  /** @type {number | null} */
  #selected = null;
  /**
   * The point that is held by the pointer. start: where it was taken. offset: from there to its middle. now: where
   * the pointer has gone since the last frame.
   *
   * @type {{ start: Position, offset: Position, moves: boolean, now: Position | null } | null}
   */
  #held = null;
  /** What was drawn last. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {HTMLElement} figure of the fitted curve
   * @param {(points: Pair[]) => void} send
   */
  constructor(figure, send) {
    this.#draft = new Draft(send);
    this.#layer = new PointLayer(within(figure, ".plot-place"));
    this.#parts = {
      figure,
      toggle: byId("edit-points"),
      tools: byId("point-tools"),
      words: byId("point-words"),
      add: byId("add-point"),
      remove: byId("remove-point"),
      reason: byId("points-reason"),
    };
    this.#listen();
    addEventListener("pagehide", () => this.#flush());
  }

  #listen() {
    const { toggle, add, remove } = this.#parts;
    toggle.addEventListener("click", () => this.#turn(!this.#on));
    add.addEventListener("click", () => this.#addInTheMiddle());
    remove.addEventListener("click", () => this.#remove());
    // As in the control bar: what is pressed leaves the focus where it is, so that Space goes on meaning play.
    for (const button of [toggle, add, remove]) {
      button.addEventListener("mousedown", (event) => event.preventDefault());
    }
    const { root } = this.#layer;
    root.addEventListener("pointerdown", (event) => this.#press(event));
    root.addEventListener("pointermove", (event) => this.#follow(event));
    root.addEventListener("pointerup", (event) => {
      this.#follow(event);
      this.#release();
    });
    root.addEventListener("pointercancel", () => this.#release());
    root.addEventListener("pointerleave", () => this.#layer.hover(null, false));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusin", ({ target }) => this.#select(this.#layer.indexOf(target)));
  }

  /**
   * With each frame.
   *
   * @param {State} state
   * @param {Frame} frame
   */
  draw(state, frame) {
    const before = this.#state;
    this.#state = state;
    this.#frame = frame;
    if (state !== before) {
      this.#allow(state);
      this.#draft.draw(state, this.#held !== null);
      if (state.problem !== before?.problem) this.#explain(state);
    }
    this.#show();
  }

  /** Takes back what was not sent yet: other points come in place of these. */
  forget() {
    this.#held = null;
    this.#draft.forget();
  }

  /** Without a connection points can be changed all the same: they are sent when it is back. @param {State} state */
  #allow({ control, run, started }) {
    // Where x is scaled, its places are not those of the settings. Points of a plane come from tables.
    const may = control && run !== null && !run.config.data.scale_x && !started?.area;
    if (!may && this.#on) this.#turn(false);
    setHidden(this.#parts.toggle, !may, byId("main"));
  }

  /** @param {State} state */
  #explain({ problem }) {
    const why = reasonAt(problem, "data.points");
    showReason(this.#parts.reason, why);
    if (why !== "") this.#held = null;
  }

  /** @param {boolean} on */
  #turn(on) {
    const { toggle, tools, figure } = this.#parts;
    if (!on) this.#flush();
    this.#on = on;
    this.#selected = null;
    this.#held = null;
    this.#drawn = [];
    if (!on && figure.contains(document.activeElement)) toggle.focus();
    keepFocus(document.body, () => {
      toggle.setAttribute("aria-pressed", String(on));
      tools.hidden = !on;
      figure.toggleAttribute("data-editing", on);
    });
    this.#show();
  }

  #show() {
    if (!this.#on || !this.#frame) return;
    const { points } = this.#draft;
    if (this.#selected !== null && this.#selected >= points.length) this.#selected = null;
    const shown = [points, this.#selected, ...Object.values(this.#frame)];
    if (shown.every((value, i) => value === this.#drawn[i])) return;
    this.#drawn = shown;
    this.#layer.draw(points, this.#frame, this.#selected);
    const point = this.#selected === null ? undefined : points[this.#selected];
    const { words, add, remove } = this.#parts;
    write(
      words,
      point
        ? t("x = {x}, y = {y}", { x: figure(point.x), y: figure(point.y) })
        : t("Press the plot to add a point; drag one to move it."),
    );
    add.setAttribute("aria-disabled", String(points.length >= MOST));
    remove.setAttribute("aria-disabled", String(point === undefined || points.length <= LEAST));
  }

  /** @param {number | null} index */
  #select(index) {
    if (index === -1) return;
    this.#selected = index;
    this.#show();
  }

  /** @param {readonly import("./points.js").Point[]} points */
  #change(points) {
    this.#draft.change(points);
    this.#show();
  }

  /**
   * Adds a point, and selects it.
   *
   * @param {Position} value
   * @returns {boolean} whether there was room for it
   */
  #add(value) {
    const { points } = this.#draft;
    if (points.length >= MOST) return false;
    this.#change(added(points, this.#rounded(value)));
    this.#layer.focus(points.length);
    return true;
  }

  #addInTheMiddle() {
    const frame = this.#frame;
    if (frame) this.#add({ x: (frame.x[0] + frame.x[1]) / 2, y: (frame.y[0] + frame.y[1]) / 2 });
  }

  #remove() {
    const { points } = this.#draft;
    if (this.#selected === null || points.length <= LEAST) return;
    const next = Math.min(this.#selected, points.length - 2);
    this.#change(removed(points, this.#selected));
    this.#select(next);
  }

  /** @param {Position} value */
  #rounded({ x, y }) {
    const frame = /** @type {Frame} */ (this.#frame);
    return { x: rounded(x, frame.x[1] - frame.x[0]), y: rounded(y, frame.y[1] - frame.y[0]) };
  }

  /**
   * @param {PointerEvent} event
   * @returns {{ place: Position, near: number | null } | null} null: there is no plot yet
   */
  #at({ clientX, clientY, pointerType }) {
    if (!this.#frame) return null;
    const { left, top } = this.#layer.root.getBoundingClientRect();
    const place = { x: clientX - left, y: clientY - top };
    const reach = pointerType === "mouse" ? REACH : FINGER;
    return { place, near: nearest(this.#frame, this.#draft.points, place, reach) };
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const at = this.#at(event);
    if (!at || !this.#frame || event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    const { place } = at;
    if (at.near === null) {
      if (!holds(this.#frame, place) || !this.#add(valueAt(this.#frame, place))) return;
    } else {
      this.#layer.focus(at.near);
      this.#select(at.near);
    }
    const point = this.#draft.points[/** @type {number} */ (this.#selected)];
    if (!point) return;
    const middle = positionOf(this.#frame, point);
    const offset = { x: middle.x - place.x, y: middle.y - place.y };
    this.#held = { start: place, offset, moves: false, now: null };
    this.#layer.root.setPointerCapture(event.pointerId);
    this.#layer.hover(null, true);
  }

  /** @param {PointerEvent} event */
  #follow(event) {
    const at = this.#at(event);
    if (!at || !this.#frame) return;
    if (this.#held === null) {
      const free = event.pointerType === "mouse" && at.near === null && holds(this.#frame, at.place);
      this.#layer.hover(free ? at.place : null, at.near !== null);
      return;
    }
    if (this.#held.now === null) requestAnimationFrame(() => this.#move());
    this.#held.now = at.place;
  }

  /** Moves the point that is held to where the pointer is: once a frame, however often the pointer moves. */
  #move() {
    const held = this.#held;
    if (!held?.now || !this.#frame || this.#selected === null) return;
    const { start, offset, now } = held;
    held.now = null;
    held.moves ||= Math.hypot(now.x - start.x, now.y - start.y) >= STILL;
    if (!held.moves) return;
    const value = valueAt(this.#frame, { x: now.x + offset.x, y: now.y + offset.y });
    this.#change(moved(this.#draft.points, this.#selected, this.#rounded(value)));
  }

  #release() {
    this.#move();
    this.#held = null;
  }

  /** Sends what was changed last, a point that is still held included: nothing comes after it. */
  #flush() {
    this.#release();
    this.#draft.flush();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#frame) return;
    const { points } = this.#draft;
    const index = this.#layer.indexOf(event.target);
    const point = points[index];
    const direction = DIRECTIONS[key];
    if (direction && point) {
      const { x, y } = this.#frame;
      const share = event.shiftKey ? LEAP : NUDGE;
      const [across, up] = [direction[0] * share * (x[1] - x[0]), direction[1] * share * (y[1] - y[0])];
      this.#select(index);
      this.#change(moved(points, index, this.#rounded({ x: point.x + across, y: point.y + up })));
    } else if (key === " " || key === "Enter") {
      this.#select(index === this.#selected ? null : index);
    } else if (key === "PageDown" || key === "PageUp" || key === "Home" || key === "End") {
      this.#layer.focus(beside(points, index, key));
    } else if (key === "Delete" || key === "Backspace") {
      this.#remove();
      if (this.#selected !== null) this.#layer.focus(this.#selected);
    } else if (key === "Escape") {
      this.#turn(false);
    } else return;
    // Elsewhere on the page these keys mean something else.
    event.preventDefault();
    event.stopPropagation();
  }
}
