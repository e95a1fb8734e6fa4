// @ts-check
/** A sketch that is being drawn: by finger, mouse or keys. */

import { button, html } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { figure } from "../page/numbers.js";
import { set, svg } from "../page/svg.js";
import {
  downOf,
  empty,
  erased,
  isDrawn,
  joined,
  PLACES,
  smoothed,
  spotAt,
  stroked,
  WIDTH,
} from "./sketch.js";
import { SketchChart } from "./sketch-chart.js";

/** @typedef {import("./sketch.js").Heights} Heights */
/** @typedef {import("./sketch.js").Spot} Spot */

/** How far a key moves, in places and in shares of the height; with Shift. */
const STEP = 1;
const FAR = 10;
const NUDGE = 0.02;
/** How far to either side the rubber reaches. */
const RUBBER = 2;

export class SketchPad {
  element;
  #chart;
  #change;
  #cursor = svg("circle", { class: "sketch-cursor", r: 11 });
  #tools;
  #where = html("p", "unseen");
  /** @type {Heights} */
  #heights = empty();
  /** What can be brought back. @type {Heights[]} */
  #before = [];
  #erasing = false;
  #fixed = false;
  /** Where the pointer was last, while it is down. @type {Spot | null} */
  #last = null;
  /** Where keys draw. @type {Spot} */
  #key;

  /**
   * @param {[number, number][]} points
   * @param {(heights: Heights) => void} change
   */
  constructor(points, change) {
    this.#change = change;
    this.#chart = new SketchChart(points, t("Your sketch over the points"));
    const { y } = this.#chart.axes;
    this.#key = { at: 0, height: (y[0] + y[1]) / 2 };
    const { element } = this.#chart;
    element.append(this.#cursor);
    element.classList.add("sketch-pad");
    for (const [name, value] of Object.entries({
      tabindex: "0",
      role: "application",
      "aria-roledescription": t("drawing"),
      "aria-label": t("Your sketch. Arrow keys draw from left to right; Shift goes farther, Delete erases."),
      "data-key": "sketch",
    }))
      element.setAttribute(name, value);
    this.#where.setAttribute("aria-live", "polite");
    this.#tools = this.#made();
    this.element = html(
      "div",
      "sketching",
      element,
      html("div", "sketch-tools", ...this.#tools.all),
      this.#where,
    );
    this.#listen();
  }

  #made() {
    const undo = button(t("Undo"), () => this.#undo());
    const rubber = button(t("Rubber"), () => {
      this.#erasing = !this.#erasing;
      rubber.setAttribute("aria-pressed", String(this.#erasing));
      this.#chart.element.toggleAttribute("data-erasing", this.#erasing);
    });
    rubber.setAttribute("aria-pressed", "false");
    const smooth = button(t("Smooth"), () => this.#keep(smoothed(joined(this.#heights))));
    const clear = button(t("Clear"), () => this.#keep(empty()));
    return { undo, all: [undo, rubber, smooth, clear] };
  }

  #listen() {
    const pad = this.#chart.element;
    pad.addEventListener("pointerdown", (event) => {
      if (this.#fixed || event.button !== 0) return;
      pad.setPointerCapture(event.pointerId);
      this.#remember();
      this.#stroke(event);
    });
    pad.addEventListener("pointermove", (event) => {
      if (this.#last === null) return;
      // Between two frames a quick hand makes several moves.
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const move of moves.length > 0 ? moves : [event]) this.#stroke(move);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      pad.addEventListener(end, () => {
        if (this.#last === null) return;
        this.#last = null;
        this.#change(this.#heights);
      });
    }
    pad.addEventListener("keydown", (event) => this.#press(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {Heights} heights those that the server has @param {boolean} fixed whether they cannot be changed now */
  draw(heights, fixed) {
    this.#fixed = fixed;
    if (this.#last === null) this.#heights = heights;
    set(this.#chart.element, "aria-disabled", String(fixed));
    for (const tool of this.#tools.all) tool.setAttribute("aria-disabled", String(fixed));
    this.#drawn();
  }

  #drawn() {
    this.#chart.drawOwn(this.#heights);
    const { at, height } = this.#key;
    set(this.#cursor, "cx", (WIDTH * at) / (PLACES - 1));
    set(this.#cursor, "cy", downOf(height, this.#chart.axes));
    this.#tools.undo.setAttribute("aria-disabled", String(this.#fixed || this.#before.length === 0));
  }

  /** @param {PointerEvent} event */
  #stroke({ clientX, clientY }) {
    const frame = /** @type {SVGSVGElement} */ (this.#chart.element);
    const back = frame.getScreenCTM()?.inverse();
    if (!back) return;
    const spot = spotAt(new DOMPoint(clientX, clientY).matrixTransform(back), this.#chart.axes);
    const from = this.#last ?? spot;
    this.#heights = this.#erasing
      ? erased(this.#heights, Math.min(from.at, spot.at) - RUBBER, Math.max(from.at, spot.at) + RUBBER)
      : stroked(this.#heights, from, spot);
    this.#last = spot;
    this.#key = spot;
    this.#drawn();
  }

  #remember() {
    this.#before = [...this.#before, this.#heights].slice(-50);
  }

  /** @param {Heights} heights */
  #keep(heights) {
    if (this.#fixed) return;
    this.#remember();
    this.#heights = heights;
    this.#drawn();
    this.#change(heights);
  }

  #undo() {
    const before = this.#before.pop();
    if (this.#fixed || before === undefined) return;
    this.#heights = before;
    this.#drawn();
    this.#change(before);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { at, height } = this.#key;
    const { y } = this.#chart.axes;
    const places = event.shiftKey ? FAR : STEP;
    const up = NUDGE * (y[1] - y[0]) * (event.shiftKey ? 5 : 1);
    const to = {
      ArrowRight: { at: Math.min(PLACES - 1, at + places), height },
      ArrowLeft: { at: Math.max(0, at - places), height },
      ArrowUp: { at, height: Math.min(y[1], height + up) },
      ArrowDown: { at, height: Math.max(y[0], height - up) },
      Home: { at: 0, height: this.#heights[0] ?? height },
      End: { at: PLACES - 1, height: this.#heights[PLACES - 1] ?? height },
    }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#keep(erased(this.#heights, at, at));
      return;
    }
    if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#key = to;
    const jumps = event.key === "Home" || event.key === "End";
    if (jumps) this.#drawn();
    else this.#keep(stroked(this.#heights, { at, height }, to));
    const [left, right] = this.#chart.axes.x;
    const x = left + ((right - left) * to.at) / (PLACES - 1);
    this.#where.textContent = t("x = {x}, height {height}", {
      x: figure(x, 2),
      height: figure(to.height, 2),
    });
  }
}

/** @param {Heights} heights @returns {import("./room-state.js").Answer | null} null: nothing is drawn yet */
export function sketchAnswer(heights) {
  return isDrawn(heights) ? { kind: "sketch", heights } : null;
}
