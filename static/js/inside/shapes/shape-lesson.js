// @ts-check
/** The two unsqueezes: the shapes they make, what meets what in the loss, and torch's own words about it. */

import { writeRemedy } from "../../controls/trouble-panel.js";
import { byId, setHidden } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";
import { svg, write } from "../../page/svg.js";
import { drawDifferences } from "./matrix-picture.js";
import { meeting, shapesOf, shapeText } from "./shapes.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/trouble.js").Remedy} Remedy */

/** The most cells of a drawn shape; dots between them stand for more. */
const CELLS = 6;
const CELL = 9;

export class ShapeLesson {
  #parts = {
    x: byId("shape-x"),
    y: byId("shape-y"),
    matrix: byId("shape-matrix", HTMLCanvasElement),
    place: byId("shape-place"),
    caption: byId("shape-caption"),
    words: byId("shape-words"),
    quote: byId("shape-quote"),
    remedy: byId("shape-remedy"),
    box: byId("unsqueeze_x"),
  };
  /** @type {State | null} */
  #drawn = null;
  /** @type {Remedy | null} */
  #remedy = null;

  /** @param {import("../model/model.js").Actions} actions */
  constructor({ mend }) {
    this.#parts.remedy.addEventListener("click", () => this.#remedy && mend(this.#remedy));
  }

  /** @param {State} state */
  draw(state) {
    const before = this.#drawn;
    const { run, started, snapshot } = state;
    if (state === before || !run || !started) return;
    this.#drawn = state;
    const shapes = shapesOf(run.config, started);
    if (run.config !== before?.run?.config || started !== before.started) {
      const { unsqueeze_x, unsqueeze_y } = run.config.data;
      this.#parts.x.replaceChildren(...way(shapes.x[0] ?? 0, unsqueeze_x));
      this.#parts.y.replaceChildren(...way(shapes.y[0] ?? 0, unsqueeze_y));
      write(this.#parts.words, meeting(shapes, run.config, started).join(" "));
      this.#offer(!unsqueeze_x ? "unsqueeze_x" : unsqueeze_y ? null : "unsqueeze_y");
    }
    const quote = run.error ?? state.warned?.warning ?? "";
    write(this.#parts.quote, quote);
    this.#parts.quote.hidden = quote === "";
    setHidden(this.#parts.remedy, this.#remedy === null || !state.control, this.#parts.box);
    this.#compare(shapes, started.y, snapshot?.prediction ?? []);
  }

  /** @param {"unsqueeze_x" | "unsqueeze_y" | null} missing */
  #offer(missing) {
    this.#remedy = missing && { patch: { data: { [missing]: true } }, reset: true };
    if (this.#remedy) writeRemedy(this.#parts.remedy, this.#remedy);
  }

  /**
   * @param {import("./shapes.js").Shapes} shapes
   * @param {number[]} y
   * @param {ArrayLike<number>} prediction
   */
  #compare({ difference }, y, prediction) {
    const { place, matrix, caption } = this.#parts;
    const compared = difference !== null && prediction.length > 0;
    place.hidden = !compared;
    if (!compared) return;
    const square = difference[1] !== 1;
    place.toggleAttribute("data-square", square);
    const largest = drawDifferences(matrix, { prediction, y, square });
    write(
      caption,
      t("prediction − y: {shape}, at most {largest}", {
        shape: shapeText(difference),
        largest: figure(largest),
      }),
    );
  }
}

/**
 * The shape a tensor is made with, and the one it goes on with.
 *
 * @param {number} n
 * @param {boolean} unsqueezed
 * @returns {Element[]}
 */
function way(n, unsqueezed) {
  const row = [drawn(n, false), size([n])];
  if (!unsqueezed) return row;
  const arrow = document.createElement("span");
  arrow.textContent = "→";
  return [...row, arrow, drawn(n, true), size([n, 1])];
}

/** @param {number[]} shape */
function size(shape) {
  const element = document.createElement("code");
  element.textContent = shapeText(shape);
  return element;
}

/**
 * A row of cells for [n], a column of them for [n, 1].
 *
 * @param {number} n
 * @param {boolean} column
 */
function drawn(n, column) {
  const cells = Math.min(n, CELLS);
  const long = (cells + (n > CELLS ? 1 : 0)) * (CELL + 2);
  const half = n > CELLS ? CELLS / 2 : CELLS;
  const place = (/** @type {number} */ along) => (column ? { x: 1, y: along } : { x: along, y: 1 });
  const boxes = Array.from({ length: cells }, (_, i) =>
    svg("rect", { ...place((i + (i >= half ? 1 : 0)) * (CELL + 2) + 1), width: CELL, height: CELL }),
  );
  const dots = [0.25, 0.5, 0.75].map((part) => {
    const along = (half + part) * (CELL + 2);
    const middle = CELL / 2 + 1;
    return svg("circle", { cx: column ? middle : along, cy: column ? along : middle, r: 0.9 });
  });
  const [width, height] = column ? [CELL + 2, long + 1] : [long + 1, CELL + 2];
  return svg(
    "svg",
    { class: "shape-drawing", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    ...boxes,
    ...(n > CELLS ? dots : []),
  );
}
