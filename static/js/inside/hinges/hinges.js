// @ts-check
/** The hinge view: what each unit of the last hidden layer adds to the curve. */

import { byId, replaceChildren } from "../../page/dom.js";
import { t, tn } from "../../page/i18n.js";
import { figure, signed } from "../../page/numbers.js";
import { write } from "../../page/svg.js";
import { table } from "../../page/table.js";
import { elementAt, hingeAt } from "../../run/places.js";
import { litPlace } from "../../run/spotlight.js";
import { KINKED } from "../model/activations.js";
import { HingeChart } from "./hinge-chart.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/model.js").Actions} Actions */
/** @typedef {import("../../run/spotlight.js").Spotlight} Spotlight */
/** @typedef {import("./hinge-chart.js").Hinge} Hinge */

const NEXT = ["ArrowRight", "ArrowDown"];
const BEFORE = ["ArrowLeft", "ArrowUp"];

export class Hinges {
  #places;
  #actions;
  /** @type {Spotlight | null} */
  #spotlight = null;
  /** @type {HingeChart | null} */
  #chart = null;
  /** @type {Model | null} */
  #model = null;
  #stale = true;
  /** The points' y as they were drawn. @type {number[] | null} */
  #points = null;
  /** @type {import("../../run/snapshot.js").Snapshot | null} */
  #drawn = null;
  /** The snapshot whose table is shown. @type {import("../../run/snapshot.js").Snapshot | null} */
  #tabled = null;
  /** The unit that Tab leads to. */
  #home = 0;

  /** @param {Actions} actions */
  constructor(actions) {
    const picture = byId("hinge-picture");
    this.#places = {
      picture,
      words: byId("hinge-words"),
      bias: byId("hinge-bias"),
      readout: byId("hinge-readout"),
      details: byId("hinge-table", HTMLDetailsElement),
    };
    this.#actions = actions;
    this.#places.details.addEventListener("toggle", () => actions.ask());
    picture.addEventListener("pointermove", (event) => this.#point(event));
    picture.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") actions.light({ pointed: null });
    });
    picture.addEventListener("click", (event) => {
      this.#point(event);
      this.#choose(this.#lit);
    });
    picture.addEventListener("mousedown", (event) => event.preventDefault());
    picture.addEventListener("keydown", (event) => this.#key(event));
    picture.addEventListener("focusin", (event) => {
      const unit = /** @type {Element} */ (event.target).getAttribute("data-unit");
      if (unit !== null) actions.light({ focused: this.#placeOf(Number(unit)) });
    });
    picture.addEventListener("focusout", () => actions.light({ focused: null }));
    let known = 0;
    new ResizeObserver(() => {
      this.#stale ||= picture.clientWidth !== known;
      known = picture.clientWidth;
      actions.ask();
    }).observe(picture);
  }

  /** The unit that stands out. */
  get #lit() {
    return hingeAt(this.#spotlight && litPlace(this.#spotlight), this.#column);
  }

  /** The column of the last hidden layer. */
  get #column() {
    return (this.#model?.layers.length ?? 1) - 1;
  }

  /**
   * @param {number} unit
   * @returns {import("../../run/places.js").Place}
   */
  #placeOf(unit) {
    return { kind: "unit", column: this.#column, unit };
  }

  /** @param {MouseEvent} event */
  #point(event) {
    if (!this.#chart) return;
    const { left, top } = this.#chart.root.getBoundingClientRect();
    const unit = this.#chart.unitAt(event.clientX - left, event.clientY - top);
    if (unit !== this.#lit) this.#actions.light({ pointed: unit === null ? null : this.#placeOf(unit) });
  }

  /** Shows the unit's bias in the step taken line by line, as a press in the network does. @param {number | null} unit */
  #choose(unit) {
    const chosen = unit === null ? null : elementAt(this.#placeOf(unit));
    if (chosen) this.#actions.light({ chosen });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") this.#choose(this.#home);
    else if (NEXT.includes(event.key)) this.#focus(this.#home + 1);
    else if (BEFORE.includes(event.key)) this.#focus(this.#home - 1);
    else return;
    // Not also the page's own shortcuts.
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} unit */
  #focus(unit) {
    const options = this.#chart?.options ?? [];
    const to = options[unit];
    if (!to) return;
    options[this.#home]?.setAttribute("tabindex", "-1");
    this.#home = unit;
    to.setAttribute("tabindex", "0");
    to.focus();
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  draw(state, model) {
    const { snapshot, started, spotlight } = state;
    if (!snapshot || !started) return;
    if (this.#stale || model.onGrid !== this.#model?.onGrid || started.y !== this.#points)
      this.#build(state, model);
    if (!this.#chart) return;
    if (snapshot !== this.#drawn) this.#show(snapshot, model, this.#chart);
    const lit = spotlight !== this.#spotlight;
    this.#spotlight = spotlight;
    if (lit) this.#chart.light(this.#lit);
    if (lit || snapshot !== this.#drawn) this.#tell(snapshot, model);
    this.#drawn = snapshot;
    this.#tabulate(state, model);
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  #build({ started }, model) {
    const { picture } = this.#places;
    const [width, height] = [picture.clientWidth, picture.clientHeight];
    if (width === 0 || !started) return;
    this.#model = model;
    this.#points = started.y;
    const em = Number.parseFloat(getComputedStyle(picture).fontSize);
    const names =
      model.layers.length > 1
        ? Array.from({ length: model.onGrid.count }, (_, unit) => t("hidden unit {unit}", { unit }))
        : [];
    this.#chart = new HingeChart(started, names, { width, height, em });
    this.#chart.root.setAttribute("aria-label", t("What each hidden unit adds to the curve"));
    this.#chart.list.setAttribute("aria-label", t("Hidden units"));
    this.#home = Math.min(this.#home, Math.max(0, names.length - 1));
    this.#chart.options[this.#home]?.setAttribute("tabindex", "0");
    replaceChildren(picture, this.#chart.root);
    this.#stale = false;
    this.#drawn = null;
    this.#spotlight = null;
  }

  /**
   * @param {import("../../run/snapshot.js").Snapshot} snapshot
   * @param {Model} model
   * @param {HingeChart} chart
   */
  #show({ parameters, gridPrediction }, model, chart) {
    const { layers, onGrid, activation } = model;
    const straight = layers.length === 2 && KINKED.has(activation);
    onGrid.compute(parameters);
    const dead = model.dead.at(-1) ?? [];
    const hinges = Array.from(chart.options, (_, unit) => ({
      values: onGrid.contribution(parameters, unit),
      kinks: onGrid.kinks(parameters, unit),
      straight,
      dead: dead[unit] ?? false,
    }));
    const bias = parameters.at(-1) ?? Number.NaN;
    chart.show(hinges, gridPrediction, bias);
    write(this.#places.bias, `predict.bias = ${signed(bias)}`);
  }

  /**
   * @param {import("../../run/snapshot.js").Snapshot} snapshot
   * @param {Model} model
   */
  #tell({ parameters }, model) {
    const { words, readout } = this.#places;
    const dead = model.dead.at(-1) ?? [];
    words.toggleAttribute("data-dead", dead.includes(true));
    write(words, deadWords(dead, model.layers));
    const unit = this.#lit;
    write(
      readout,
      unit === null ? "" : formula(model, parameters, unit, this.#chart?.hinges[unit]?.kinks ?? []),
    );
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  #tabulate({ snapshot, run }, model) {
    const { details } = this.#places;
    if (!details.open || !snapshot || snapshot === this.#tabled) return;
    if (this.#tabled !== null && run?.status === "playing") return;
    this.#tabled = snapshot;
    const dead = model.dead.at(-1) ?? [];
    const weights = model.layers.at(-1)?.weight ?? 0;
    const rows = (this.#chart?.hinges ?? []).map(({ kinks }, unit) => [
      t("unit {unit}", { unit }),
      figure(snapshot.parameters[weights + unit] ?? Number.NaN),
      kinks.map((kink) => figure(kink, 3)).join(", ") || "–",
      dead[unit] ? t("dead") : t("alive"),
    ]);
    const content = {
      caption: t("Hidden units"),
      headings: [t("unit"), "predict.weight", t("kink at x"), t("state")],
      row: (/** @type {number} */ i) => rows[i] ?? [],
      count: rows.length,
      named: true,
    };
    details.querySelector(".numbers-table")?.replaceChildren(table(content, rows.length));
  }
}

/**
 * @param {boolean[]} dead
 * @param {import("../../run/layers.js").Layer[]} layers
 */
function deadWords(dead, layers) {
  const count = dead.length;
  if (count === 0) return t("There is no hidden layer: the curve is a straight line.");
  const n = dead.filter(Boolean).length;
  const layer = layers.at(-2)?.name ?? "";
  if (n === 0)
    return tn(
      "The {count} unit of {layer} is not dead.",
      "None of the {count} units of {layer} is dead.",
      count,
      {
        layer,
      },
    );
  return tn(
    "{count} of the units of {layer} is dead, out of {all}: it gives 0 for every x of the data, so no gradient reaches it.",
    "{count} of the units of {layer} are dead, out of {all}: they give 0 for every x of the data, so no gradient reaches them.",
    n,
    { all: count, layer },
  );
}

/**
 * What a unit adds, with its numbers.
 *
 * @param {Model} model
 * @param {Float32Array} parameters
 * @param {number} unit
 * @param {number[]} kinks
 */
function formula({ layers, activation }, parameters, unit, kinks) {
  const predict = /** @type {import("../../run/layers.js").Layer} */ (layers.at(-1));
  const layer = layers.at(-2);
  if (!layer) return "";
  const weight = signed(parameters[predict.weight + unit] ?? Number.NaN);
  const bias = signed(parameters[layer.bias + unit] ?? Number.NaN);
  const inner =
    layers.length === 2
      ? `${signed(parameters[layer.weight + unit] ?? Number.NaN)}·x ${bias}`
      : `${layer.name}(…)[${unit}]`;
  const kink =
    kinks.length === 1 ? ["  ", t("kink at x = {x}", { x: figure(kinks[0] ?? 0, 3) })].join(" ") : "";
  return `${weight} · ${activation}(${inner})${kink}`;
}
