// @ts-check
/**
 * The weights of `backward(gradient=...)`, beside the Jacobian whose rows they multiply.
 *
 * Weights are dragged, typed or chosen as a preset. They are written into the program, which then runs again: all
 * products are torch's.
 */

import { html, keepFocus, within } from "../../page/dom.js";
import { t, tn } from "../../page/i18n.js";
import { plain } from "../../page/numbers.js";
import { write } from "../../page/svg.js";
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
  // Each press moves the 1 to the next row.
  "one-hot": (count, times) => Array.from({ length: count }, (_, i) => (i === times % count ? 1 : 0)),
  mean: (count) => Array(count).fill(Number((1 / count).toPrecision(6))),
};

export class WeightsView {
  #section;
  #place;
  #more;
  #presets;
  #onChoice;
  #pressed = 0;
  /** Whether there are tables of more than one `backward()`. */
  #several = false;
  /** What the tables are about. Tables about the same are filled, not replaced, so that a drag goes on. */
  #key = "";
  /** @type {{ element: HTMLElement, fill: (jacobian: Jacobian, weights: (number | null)[]) => void }[]} */
  #tables = [];
  /** @type {Jacobian[]} */
  #shown = [];
  /** Of each table: the program's weights, or those chosen here. @type {(number | null)[][]} */
  #weights = [];
  /** The table whose chosen weights are not in the program yet. @type {number | null} */
  #chosen = null;
  /** @type {Map<string, GraphNode>} */
  #nodes = new Map();

  /**
   * @param {HTMLElement} section
   * @param {() => void} onChoice called when weights are chosen; `takeEdit` gives the edit that writes them
   */
  constructor(section, onChoice) {
    this.#section = section;
    this.#place = within(section, ".tables");
    this.#more = within(section, ".weights-more");
    this.#presets = within(section, ".presets");
    this.#onChoice = onChoice;
    section.addEventListener("click", ({ target }) => {
      const name = /** @type {Element} */ (target).closest("button")?.dataset.preset;
      const index = this.#shown.findLastIndex(({ weights }) => weights);
      const jacobian = this.#shown[index];
      if (!name || !jacobian) return;
      this.#choose(index, PRESETS[name]?.(jacobian.rows, this.#pressed) ?? []);
      this.#pressed += 1;
    });
  }

  /** @param {Derivation} derivation */
  show({ jacobians, graph }) {
    this.#nodes = new Map(graph?.nodes.map((node) => [node.id, node]));
    this.#shown = jacobians.filter(({ values }) => values !== null).slice(-MOST);
    this.#several = new Set(jacobians.map(({ backward }) => backward)).size > 1;
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
    const others = key !== this.#key;
    this.#key = key;
    if (others) this.#chosen = null;
    this.#weights = this.#shown.map(({ gradient, rows }, i) =>
      i === this.#chosen ? (this.#weights[i] ?? []) : (gradient ?? Array(rows).fill(null)),
    );
    keepFocus(this.#section, () => {
      this.#section.hidden = jacobians.length === 0;
      this.#presets.hidden = !this.#shown.some(({ weights }) => weights);
      this.#more.replaceChildren(
        ...jacobians.filter((one) => !this.#shown.includes(one)).map((one) => this.#named(one)),
      );
      if (!others) return;
      this.#tables = this.#shown.map((jacobian, i) => this.#table(jacobian, i));
      this.#place.replaceChildren(...this.#tables.map(({ element }) => element));
    });
    for (const index of this.#shown.keys()) this.#fill(index);
  }

  /** Whether weights are chosen that are not in the program yet. */
  get chosen() {
    return this.#chosen !== null;
  }

  /** @returns {TextEdit | null} the edit that writes the chosen weights into the program that is shown */
  takeEdit() {
    const index = this.#chosen;
    this.#chosen = null;
    if (index === null) return null;
    const { weights, output } = /** @type {Jacobian} */ (this.#shown[index]);
    const shape = this.#nodes.get(output)?.shape ?? [];
    const numbers = (this.#weights[index] ?? []).map((weight) => weight ?? 0);
    return weights && { ...weights, text: weights.text.replace("…", nested(numbers, shape)) };
  }

  /** Drops chosen weights that are not in the program yet. */
  forget() {
    this.#chosen = null;
  }

  /** @param {number} index @param {(number | null)[]} weights */
  #choose(index, weights) {
    this.#weights[index] = weights;
    this.#chosen = index;
    this.#fill(index);
    this.#onChoice();
  }

  /** @param {number} index */
  #fill(index) {
    const jacobian = this.#shown[index];
    if (jacobian) this.#tables[index]?.fill(jacobian, this.#weights[index] ?? []);
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
      this.#input(element(symbol.output, k, rows), {
        key: `weight ${index} ${k}`,
        fixed: weights === null,
        onValue: (value) =>
          this.#choose(
            index,
            (this.#weights[index] ?? []).map((weight, i) => (i === k ? value : weight)),
          ),
      }),
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
      /** @param {Jacobian} jacobian @param {(number | null)[]} now */
      fill: ({ product, values: derivatives }, now) => {
        for (const [k, input] of inputs.entries()) input.set(now[k] ?? null);
        for (const [k, place] of products.entries()) write(place, plain(product?.[k] ?? null));
        for (const [k, row] of body.entries()) {
          for (const [c, place] of Array.from(row.querySelectorAll(".entry")).entries()) {
            write(place, plain(derivatives?.[k]?.[c] ?? null));
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
   * @param {string} name of the output's element
   * @param {{ key: string, fixed: boolean, onValue: (value: number) => void }} binding fixed: whether it cannot be
   *   changed from here
   */
  #input(name, { key, fixed, onValue }) {
    const number = /** @type {HTMLInputElement} */ (html("input", ""));
    const range = /** @type {HTMLInputElement} */ (html("input", "slider"));
    const bounds = { min: String(-REACH), max: String(REACH), step: "0.25" };
    Object.assign(number, { type: "number", step: "any", disabled: fixed });
    Object.assign(range, { type: "range", ...bounds, disabled: fixed });
    /** The weight as it is shown. @type {number | null} */
    let shown = null;
    for (const input of [number, range]) {
      input.dataset.key = `${key} ${input.type}`;
      input.setAttribute("aria-label", t("weight of {name}", { name }));
      input.addEventListener("input", () => {
        if (input.value !== "") onValue(Number(input.value));
      });
    }
    const show = () => {
      number.value = shown === null ? "" : String(shown);
    };
    // What is no number is not sent; when the field is left, it shows the weight that holds.
    number.addEventListener("change", show);
    return {
      number,
      range,
      /** @param {number | null} value */
      set: (value) => {
        shown = value === null ? null : rounded(value);
        range.value = shown === null ? "" : String(shown);
        // "0.50" stays as it is typed, and so does half a number.
        const typing = number === document.activeElement;
        if (!typing || (number.value !== "" && rounded(Number(number.value)) !== shown)) show();
      },
    };
  }

  /** @param {Jacobian} jacobian too large to be shown, or one too many */
  #named({ output, leaf, rows, columns }) {
    const fields = { output: this.#symbol(output), leaf: this.#symbol(leaf), rows, columns };
    const words = tn(
      "{output} by {leaf}: {rows} × {columns} derivative, not shown",
      "{output} by {leaf}: {rows} × {columns} derivatives, not shown",
      rows * columns,
      fields,
    );
    return html("li", "", words);
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

/** @param {number} value as it is shown and compared */
function rounded(value) {
  return Number(value.toPrecision(6));
}

/** @param {number | null} value */
function cell(value) {
  return html("td", "entry", plain(value));
}
