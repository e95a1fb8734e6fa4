// @ts-check
/** The hinge view: what each unit of the last hidden layer adds to the curve. */

import { t, tn } from "../../page/i18n.js";
import { figure, signed } from "../../page/numbers.js";
import { write } from "../../page/svg.js";
import { KINKED } from "../model/activations.js";
import { table } from "../model/parameter-table.js";
import { hingeAt } from "../model/places.js";
import { HingeChart } from "./hinge-chart.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/spotlight.js").Spotlight} Spotlight */
/** @typedef {import("./hinge-chart.js").Hinge} Hinge */

const NEXT = ["ArrowRight", "ArrowDown"];
const BEFORE = ["ArrowLeft", "ArrowUp"];

export class Hinges {
  #places;
  #spotlight;
  /** @type {HingeChart | null} */
  #chart = null;
  /** @type {Model | null} */
  #model = null;
  #stale = true;
  /** The points' y as they were drawn. @type {number[] | null} */
  #points = null;
  #lit = -1;
  /** @type {import("../../run/snapshot.js").Snapshot | null} */
  #drawn = null;
  /** Whose table is shown. @type {import("../../run/snapshot.js").Snapshot | null} */
  #tabled = null;
  /** The unit that Tab leads to. */
  #home = 0;

  /**
   * @param {HTMLElement} panel
   * @param {Spotlight} spotlight
   */
  constructor(panel, spotlight) {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (panel.querySelector(`#${id}`));
    const picture = find("hinge-picture");
    const details = /** @type {HTMLDetailsElement} */ (find("hinge-table"));
    this.#places = {
      picture,
      words: find("hinge-words"),
      bias: find("hinge-bias"),
      readout: find("hinge-readout"),
      details,
    };
    this.#spotlight = spotlight;
    picture.addEventListener("pointermove", (event) => this.#point(event));
    picture.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") spotlight.point(null);
    });
    picture.addEventListener("click", (event) => this.#point(event));
    picture.addEventListener("mousedown", (event) => event.preventDefault());
    picture.addEventListener("keydown", (event) => this.#key(event));
    picture.addEventListener("focusin", (event) => {
      const unit = /** @type {Element} */ (event.target).getAttribute("data-unit");
      if (unit !== null) spotlight.focus(this.#placeOf(Number(unit)));
    });
    picture.addEventListener("focusout", () => spotlight.focus(null));
    let known = 0;
    new ResizeObserver(() => {
      this.#stale ||= picture.clientWidth !== known;
      known = picture.clientWidth;
    }).observe(picture);
  }

  /** The column of the last hidden layer. */
  get #column() {
    return (this.#model?.layers.length ?? 1) - 1;
  }

  /**
   * @param {number} unit
   * @returns {import("../model/places.js").Place}
   */
  #placeOf(unit) {
    return { kind: "unit", column: this.#column, unit };
  }

  /** @param {MouseEvent} event */
  #point(event) {
    if (!this.#chart) return;
    const { left, top } = this.#chart.root.getBoundingClientRect();
    const unit = this.#chart.unitAt(event.clientX - left, event.clientY - top);
    if (unit === hingeAt(this.#spotlight.place, this.#column)) return;
    this.#spotlight.point(unit === null ? null : this.#placeOf(unit));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const options = this.#chart?.options ?? [];
    const move = NEXT.includes(event.key) ? 1 : BEFORE.includes(event.key) ? -1 : 0;
    if (move === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const to = options[this.#home + move];
    if (!to) return;
    options[this.#home]?.setAttribute("tabindex", "-1");
    this.#home += move;
    to.setAttribute("tabindex", "0");
    to.focus();
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  draw(state, model) {
    const { snapshot, started } = state;
    if (!snapshot || !started) return;
    if (this.#stale || model.onGrid !== this.#model?.onGrid || started.y !== this.#points)
      this.#build(state, model);
    if (!this.#chart) return;
    if (snapshot !== this.#drawn) this.#show(snapshot, model, this.#chart);
    const lit = this.#lit !== this.#spotlight.version;
    this.#lit = this.#spotlight.version;
    if (lit) this.#chart.light(hingeAt(this.#spotlight.place, this.#column));
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
    picture.replaceChildren(this.#chart.root);
    this.#stale = false;
    this.#drawn = null;
    this.#lit = -1;
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
    const unit = hingeAt(this.#spotlight.place, this.#column);
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
    const heads = [t("unit"), "predict.weight", t("kink at x"), t("state")];
    details.querySelector(".numbers-table")?.replaceChildren(table(heads, rows, t("Hidden units")));
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
