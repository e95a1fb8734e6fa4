// @ts-check
/**
 * `backward(gradient=...)`: the Jacobian's rows times the weights are what is added to `.grad`.
 *
 * Weights are dragged or typed; each change is an edit of the program, which then runs again: the numbers
 * shown are always torch's.
 */

import { html } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { plain } from "../../page/numbers.js";
import { nested } from "../program/edits.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Jacobian} Jacobian */
/** @typedef {import("../../../types/protocol").GraphNode} GraphNode */
/** @typedef {import("../../../types/protocol").TextEdit} TextEdit */

const REACH = 2;
const MOST = 4;

/** @type {Record<string, (count: number, times: number) => number[]>} */
const PRESETS = {
  ones: (count) => Array(count).fill(1),
  // Pressed again, the next one.
  "one-hot": (count, times) => Array.from({ length: count }, (_, i) => (i === times % count ? 1 : 0)),
  mean: (count) => Array(count).fill(Number((1 / count).toPrecision(6))),
};

export class WeightsView {
  #section;
  #place;
  #more;
  #onWeights;
  #pressed = 0;
  /** Whether there are tables of more than one `backward()`. */
  #several = false;
  /** What the inputs stand for; the same table is filled anew, so that a drag goes on. */
  #key = "";
  /** @type {{ element: HTMLElement, fill: (jacobian: Jacobian) => void }[]} */
  #tables = [];
  /** @type {Jacobian[]} */
  #shown = [];
  /** @type {Map<string, GraphNode>} */
  #nodes = new Map();

  /**
   * @param {HTMLElement} section
   * @param {(edit: TextEdit) => void} onWeights
   */
  constructor(section, onWeights) {
    this.#section = section;
    this.#place = /** @type {HTMLElement} */ (section.querySelector(".tables"));
    this.#more = /** @type {HTMLElement} */ (section.querySelector(".weights-more"));
    this.#onWeights = onWeights;
    section.addEventListener("click", ({ target }) => {
      const name = /** @type {Element} */ (target).closest("button")?.dataset.preset;
      const index = this.#shown.findLastIndex(({ weights }) => weights);
      const jacobian = this.#shown[index];
      if (!name || !jacobian) return;
      this.#send(index, PRESETS[name]?.(jacobian.rows, this.#pressed) ?? []);
      this.#pressed += 1;
    });
  }

  /** @param {Derivation} derivation */
  show({ jacobians, graph }) {
    this.#nodes = new Map(graph?.nodes.map((node) => [node.id, node]));
    this.#shown = jacobians.filter(({ values }) => values !== null).slice(-MOST);
    this.#several = new Set(jacobians.map(({ backward }) => backward)).size > 1;
    this.#section.hidden = jacobians.length === 0;
    this.#more.replaceChildren(
      ...jacobians.filter((one) => !this.#shown.includes(one)).map((one) => this.#named(one)),
    );
    const presets = /** @type {HTMLElement} */ (this.#section.querySelector(".presets"));
    presets.hidden = !this.#shown.some(({ weights }) => weights);
    const key = JSON.stringify(
      this.#shown.map(({ backward, output, leaf, rows, columns, weights }) => [
        this.#several && backward,
        output,
        leaf,
        rows,
        columns,
        weights === null,
      ]),
    );
    if (key !== this.#key) {
      this.#tables = this.#shown.map((jacobian, i) => this.#table(jacobian, i));
      this.#place.replaceChildren(...this.#tables.map(({ element }) => element));
      this.#key = key;
    }
    for (const [i, jacobian] of this.#shown.entries()) this.#tables[i]?.fill(jacobian);
  }

  /** @param {number} index @param {number[]} numbers */
  #send(index, numbers) {
    const { weights, output } = this.#shown[index] ?? {};
    const shape = this.#nodes.get(output ?? "")?.shape ?? [];
    if (weights) this.#onWeights({ ...weights, text: weights.text.replace("…", nested(numbers, shape)) });
  }

  /**
   * @param {Jacobian} jacobian
   * @param {number} index
   */
  #table(jacobian, index) {
    const { output, leaf, rows, columns, values, weights } = jacobian;
    const symbol = { output: this.#symbol(output), leaf: this.#symbol(leaf) };
    const table = html("table", "jacobian");
    table.append(html("caption", "", this.#caption(jacobian, symbol)));
    const names = Array.from({ length: columns }, (_, k) => html("th", "", element(symbol.leaf, k, columns)));
    for (const name of names) name.setAttribute("scope", "col");
    table.append(html("thead", "", html("tr", "", html("th", "", "gradient"), html("td", ""), ...names)));
    const inputs = Array.from({ length: rows }, (_, k) =>
      this.#input(index, element(symbol.output, k, rows), weights === null),
    );
    const body = inputs.map((input, k) => {
      const head = html("th", "", element(symbol.output, k, rows));
      head.setAttribute("scope", "row");
      const cells = Array.from({ length: columns }, (_, c) => cell(values?.[k]?.[c] ?? null));
      return html("tr", "", html("td", "row-weight", input.number, input.range), head, ...cells);
    });
    const products = Array.from({ length: columns }, () => html("td", "product"));
    const sum = html("th", "", `${symbol.leaf}.grad +=`);
    sum.setAttribute("scope", "row");
    table.append(
      html("tbody", "", ...body),
      html("tfoot", "", html("tr", "", html("td", "", "∑"), sum, ...products)),
    );
    const frame = html("div", "table-frame", table);
    frame.dataset.lights = `${output} ${leaf}`;
    return {
      element: frame,
      /** @param {Jacobian} jacobian */
      fill: ({ gradient, product, values: now }) => {
        for (const [k, input] of inputs.entries()) input.set(gradient?.[k] ?? null);
        for (const [k, place] of products.entries()) place.textContent = plain(product?.[k] ?? null);
        for (const [k, row] of body.entries()) {
          for (const [c, place] of Array.from(row.querySelectorAll(".entry")).entries()) {
            place.textContent = plain(now?.[k]?.[c] ?? null);
          }
        }
      },
    };
  }

  /**
   * @param {Jacobian} jacobian
   * @param {{ output: string, leaf: string }} symbol
   */
  #caption({ backward, gradient, weights }, { output, leaf }) {
    const texts = [t("Derivatives of {output} by {leaf}, and the weight of each row", { output, leaf })];
    if (this.#several) texts.unshift(t("backward() number {number}, {leaf}", { number: backward, leaf }));
    if (gradient && !weights) texts.push(t("The program works its weights out: change them there."));
    return texts.join(" · ");
  }

  /**
   * One weight, to be typed and to be dragged.
   *
   * @param {number} index of the table
   * @param {string} name of the output's element
   * @param {boolean} fixed whether it cannot be changed from here
   */
  #input(index, name, fixed) {
    const number = /** @type {HTMLInputElement} */ (html("input", ""));
    const range = /** @type {HTMLInputElement} */ (html("input", "slider"));
    Object.assign(number, { type: "number", step: "any", disabled: fixed });
    Object.assign(range, {
      type: "range",
      min: String(-REACH),
      max: String(REACH),
      step: "0.25",
      disabled: fixed,
    });
    for (const input of [number, range]) input.setAttribute("aria-label", t("weight of {name}", { name }));
    const send = (/** @type {HTMLInputElement} */ from) => {
      const value = Number(from.value);
      if (from.value === "" || !Number.isFinite(value)) return;
      for (const input of [number, range]) if (input !== from) input.value = from.value;
      const fields = /** @type {NodeListOf<HTMLInputElement>} */ (
        this.#tables[index]?.element.querySelectorAll('input[type="number"]')
      );
      this.#send(
        index,
        Array.from(fields, (field) => Number(field.value)),
      );
    };
    number.addEventListener("input", () => send(number));
    range.addEventListener("input", () => send(range));
    return {
      number,
      range,
      /** @param {number | null} value */
      set: (value) => {
        if (number === document.activeElement || range === document.activeElement) return;
        for (const input of [number, range])
          input.value = value === null ? "" : String(Number(value.toPrecision(6)));
      },
    };
  }

  /** @param {Jacobian} jacobian too large to be shown, or one too many */
  #named({ output, leaf, rows, columns }) {
    const fields = { output: this.#symbol(output), leaf: this.#symbol(leaf), rows, columns };
    return html("li", "", t("{output} by {leaf}: {rows} × {columns} derivatives, not shown", fields));
  }

  /** @param {string} id */
  #symbol(id) {
    return this.#nodes.get(id)?.symbol ?? "";
  }
}

/** @param {string} name @param {number} k @param {number} count */
function element(name, k, count) {
  return count === 1 ? name : `${name}[${k}]`;
}

/** @param {number | null} value */
function cell(value) {
  return html("td", "entry", plain(value));
}
