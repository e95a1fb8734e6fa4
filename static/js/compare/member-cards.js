// @ts-check
/** The runs as small pictures beside each other: the points, and the curve of each. */

import { fitAxes } from "../charts/axes.js";
import { ChartArea, NARROW } from "../charts/chart-area.js";
import { curveTable } from "../charts/chart-words.js";
import { FitChart } from "../charts/fit-chart.js";
import { changed } from "../page/changes.js";
import { html, replaceChildren, setHidden, within } from "../page/dom.js";
import { tn } from "../page/i18n.js";
import { set, svg, write } from "../page/svg.js";
import { reasonsOf, standOf } from "./comparison-words.js";
import { markOf } from "./marks.js";

/** @typedef {import("../run/state.js").State} State */

export class MemberCards {
  #place;
  #template;
  /** @type {Card[]} */
  #cards = [];
  /** @type {((card: HTMLElement) => ChartArea) | null} */
  #placeFor = null;

  /**
   * @param {HTMLElement} place
   * @param {HTMLTemplateElement} template of a card
   */
  constructor(place, template) {
    this.#place = place;
    this.#template = template;
  }

  /**
   * Begins to draw the charts, once Plotly is there.
   *
   * @param {import("../charts/theme.js").Theme} theme
   * @param {() => void} ask asks for a frame
   */
  begin(theme, ask) {
    this.#placeFor = (plot) => new ChartArea(plot, theme, ask, NARROW);
    for (const card of this.#cards) card.begin(this.#placeFor);
  }

  /**
   * @param {State[]} runs
   * @param {string[]} names
   */
  draw(runs, names) {
    if (runs.length !== this.#cards.length) this.#make(runs.length);
    for (const [i, card] of this.#cards.entries()) card.draw(/** @type {State} */ (runs[i]), names[i] ?? "");
  }

  /** With each frame. @param {State[]} runs */
  drawCurves(runs) {
    for (const [i, card] of this.#cards.entries()) card.drawCurve(/** @type {State} */ (runs[i]));
  }

  /** Describes the curves in words and numbers for those who do not see them; called while nothing moves. @param {State[]} runs */
  tell(runs) {
    for (const [i, card] of this.#cards.entries()) card.tell(/** @type {State} */ (runs[i]));
  }

  /** @param {number} count */
  #make(count) {
    for (const card of this.#cards) card.close();
    const copies = Array.from({ length: count }, () => this.#template.content.cloneNode(true));
    replaceChildren(this.#place, ...copies);
    this.#place.dataset.count = String(count);
    this.#cards = Array.from(
      this.#place.children,
      (card, i) => new Card(/** @type {HTMLElement} */ (card), i),
    );
    if (this.#placeFor) for (const card of this.#cards) card.begin(this.#placeFor);
  }
}

/** The card of one run. */
class Card {
  #card;
  #parts;
  #number;
  #name = "";
  /** @type {string[]} */
  #reasons = [];
  /** @type {FitChart | null} */
  #chart = null;
  /** @type {import("../charts/axes.js").FitAxes | null} */
  #axes = null;

  /**
   * @param {HTMLElement} card
   * @param {number} number from 0
   */
  constructor(card, number) {
    this.#parts = {
      name: within(card, "code"),
      stand: within(card, ".status"),
      standText: within(card, ".status-text"),
      plot: within(card, ".plot"),
      reasons: within(card, ".member-reasons"),
      table: within(card, ".member-table"),
    };
    this.#card = card;
    this.#number = number;
    const line = svg("path", { d: "M0 3h40", "stroke-dasharray": markOf(number).dash });
    const key = svg("svg", { viewBox: "0 0 40 6", "aria-hidden": "true", class: "member-line" }, line);
    within(card, "h2").prepend(key);
    card.classList.add(`run-${number + 1}`);
  }

  /** @param {(plot: HTMLElement) => ChartArea} placeFor */
  begin(placeFor) {
    this.#chart = new FitChart(placeFor(this.#parts.plot), { run: this.#number });
  }

  close() {
    this.#chart?.close();
  }

  /**
   * @param {State} state
   * @param {string} name
   */
  draw(state, name) {
    this.#name = name;
    const { stand, standText, reasons } = this.#parts;
    write(this.#parts.name, name);
    const { tone, text } = standOf(state);
    set(stand, "data-tone", tone);
    write(standText, text);
    const told = reasonsOf(state);
    if (!changed(this.#reasons, told)) return;
    this.#reasons = told;
    reasons.replaceChildren(...told.map((reason) => html("p", "", reason)));
    setHidden(reasons, told.length === 0, this.#card);
  }

  /** @param {State} state */
  drawCurve(state) {
    this.#axes = fitAxes(state, this.#axes, true);
    this.#chart?.draw(state, this.#axes);
  }

  /** @param {State} state */
  tell({ started, snapshot }) {
    if (!started) return;
    const name = this.#name;
    const step = snapshot?.step ?? 0;
    const words = tn("{name}: the curve after {count} step", "{name}: the curve after {count} steps", step, {
      name,
    });
    set(this.#parts.plot, "aria-label", words);
    this.#parts.table.replaceChildren(curveTable(name, started, snapshot?.prediction));
  }
}
