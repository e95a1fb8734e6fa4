// @ts-check
/** The chain builder: leaves, one operation per row, the output. It writes the program. */

import { button, html } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { isName } from "../../page/python.js";
import { FIRST, isUnary, OPERATORS, programOf } from "./chain-program.js";

/** @typedef {import("./chain-program.js").ChainPlan} ChainPlan */
/** @typedef {import("./chain-program.js").Leaf} Leaf */
/** @typedef {import("./chain-program.js").Row} Row */

const MOST_ROWS = 12;

export class Builder {
  #place;
  #onProgram;
  /** @type {ChainPlan} */
  #plan = structuredClone(FIRST);
  #lists = 0;

  /**
   * @param {HTMLElement} place
   * @param {(program: string) => void} onProgram
   */
  constructor(place, onProgram) {
    this.#place = place;
    this.#onProgram = onProgram;
    this.#draw();
  }

  /** @param {{ wrong?: HTMLInputElement }} [options] */
  #write({ wrong } = {}) {
    wrong?.setAttribute("aria-invalid", String(!isName(wrong.value)));
    const named = [...this.#plan.leaves, ...this.#plan.rows].every(({ name }) => isName(name));
    if (named) this.#onProgram(programOf(this.#plan));
  }

  #draw() {
    const { leaves, rows } = this.#plan;
    this.#place.replaceChildren(
      group(
        t("Leaves"),
        ...leaves.map((leaf) => this.#leaf(leaf)),
        this.#more(leaves, t("another leaf"), () => this.#newLeaf()),
      ),
      group(
        t("Operations"),
        ...rows.map((row, i) => this.#row(row, i)),
        this.#more(rows, t("another operation"), () => this.#newRow()),
      ),
      group(t("Backward"), this.#end()),
      html("p", "aside", t("What you choose here writes the program below; undo there brings yours back.")),
    );
  }

  /**
   * Everything is drawn anew, as another name may be chosen from now on; the focus goes where it was, or to the
   * new row.
   *
   * @param {number} [group] where something was added
   */
  #rebuild(group) {
    this.#draw();
    const added = group === undefined ? null : this.#place.children[group]?.querySelectorAll(".build-row");
    /** @type {HTMLElement | null | undefined} */ (
      added?.[added.length - 1]?.querySelector("input")
    )?.focus();
    this.#write();
  }

  /** @param {Leaf} leaf */
  #leaf(leaf) {
    const tracked = /** @type {HTMLInputElement} */ (html("input", ""));
    Object.assign(tracked, { type: "checkbox", checked: leaf.requires_grad });
    tracked.addEventListener("change", () => {
      leaf.requires_grad = tracked.checked;
      this.#write();
    });
    return html(
      "div",
      "build-row",
      this.#name(leaf, this.#plan.leaves),
      html("span", "build-sign", "="),
      this.#text(t("value of {name}", { name: leaf.name }), leaf.value, (value) => {
        leaf.value = value;
      }),
      html("label", "build-check", tracked, html("code", "", "requires_grad")),
      this.#remove(leaf, this.#plan.leaves),
    );
  }

  /** @param {Row} row @param {number} index */
  #row(row, index) {
    const names = [...this.#plan.leaves, ...this.#plan.rows.slice(0, index)].map(({ name }) => name);
    const sides = isUnary(row.operator) ? ["left"] : ["left", "right"];
    const [left, right] = sides.map((side) => {
      const key = /** @type {"left" | "right"} */ (side);
      return this.#operand(row[key], names, (value) => {
        row[key] = value;
      });
    });
    const operator = this.#choice(
      t("operation of {name}", { name: row.name }),
      OPERATORS,
      row.operator,
      (value) => {
        row.operator = value;
        this.#rebuild();
      },
    );
    const parts = isUnary(row.operator) ? [operator, left] : [left, operator, right];
    return html(
      "div",
      "build-row",
      this.#name(row, this.#plan.rows),
      html("span", "build-sign", "="),
      ...parts.filter((part) => part !== undefined),
      this.#remove(row, this.#plan.rows),
    );
  }

  #end() {
    const names = [...this.#plan.leaves, ...this.#plan.rows].map(({ name }) => name);
    const output = this.#choice(t("output"), names, this.#plan.output, (value) => {
      this.#plan.output = value;
      this.#write();
    });
    const gradient = this.#text("gradient", this.#plan.gradient, (value) => {
      this.#plan.gradient = value;
    });
    gradient.placeholder = t("none");
    return html(
      "div",
      "build-row",
      output,
      html("code", "build-sign", ".backward(gradient="),
      gradient,
      html("code", "build-sign", ")"),
    );
  }

  /**
   * @param {Leaf | Row} item
   * @param {(Leaf | Row)[]} items
   */
  #name(item, items) {
    const field = this.#text(t("name"), item.name, () => {});
    field.classList.add("build-name");
    field.addEventListener("change", () => {
      if (isName(field.value)) this.#rename(item, field.value);
      else this.#write({ wrong: field });
    });
    field.setAttribute(
      "aria-label",
      items === this.#plan.leaves ? t("name of the leaf") : t("name of the result"),
    );
    return field;
  }

  /** @param {Leaf | Row} item @param {string} name */
  #rename(item, name) {
    const { rows } = this.#plan;
    for (const row of rows) {
      if (row.left === item.name) row.left = name;
      if (row.right === item.name) row.right = name;
    }
    if (this.#plan.output === item.name) this.#plan.output = name;
    item.name = name;
    this.#rebuild();
  }

  /**
   * A name to choose, or a number to type.
   *
   * @param {string} value
   * @param {string[]} names
   * @param {(value: string) => void} onValue
   */
  #operand(value, names, onValue) {
    const field = this.#text(t("number or name"), value, onValue);
    const list = html("datalist", "", ...names.map((name) => new Option(name)));
    this.#lists += 1;
    list.id = `${this.#place.id}-names-${this.#lists}`;
    field.setAttribute("list", list.id);
    return html("span", "build-operand", field, list);
  }

  /**
   * @param {string} label
   * @param {string} value
   * @param {(value: string) => void} onValue
   */
  #text(label, value, onValue) {
    const field = /** @type {HTMLInputElement} */ (html("input", ""));
    field.value = value;
    field.autocomplete = "off";
    field.spellcheck = false;
    field.setAttribute("aria-label", label);
    field.addEventListener("input", () => {
      onValue(field.value);
      this.#write();
    });
    return field;
  }

  /**
   * @param {string} label
   * @param {string[]} names
   * @param {string} value
   * @param {(value: string) => void} onValue
   */
  #choice(label, names, value, onValue) {
    const field = /** @type {HTMLSelectElement} */ (
      html("select", "", ...names.map((name) => new Option(name)))
    );
    field.value = value;
    field.setAttribute("aria-label", label);
    field.addEventListener("change", () => onValue(field.value));
    return field;
  }

  /**
   * @param {Leaf | Row} item
   * @param {(Leaf | Row)[]} items
   */
  #remove(item, items) {
    const element = button("×", () => {
      items.splice(items.indexOf(item), 1);
      const names = [...this.#plan.rows, ...this.#plan.leaves].map(({ name }) => name);
      if (!names.includes(this.#plan.output))
        this.#plan.output = this.#plan.rows.at(-1)?.name ?? names[0] ?? "";
      this.#rebuild();
    });
    element.setAttribute("aria-label", t("remove {name}", { name: item.name }));
    element.hidden = items.length === 1;
    return element;
  }

  /**
   * @param {(Leaf | Row)[]} items
   * @param {string} text
   * @param {() => void} add
   */
  #more(items, text, add) {
    const element = button(`+ ${text}`, add);
    element.hidden = items.length >= MOST_ROWS;
    return element;
  }

  #newLeaf() {
    this.#plan.leaves.push({ name: this.#free("x"), value: "1", requires_grad: true });
    this.#rebuild(0);
  }

  #newRow() {
    const name = this.#free("v_");
    this.#plan.rows.push({
      name,
      left: "2",
      operator: "*",
      right: this.#plan.rows.at(-1)?.name ?? "variable",
    });
    this.#plan.output = name;
    this.#rebuild(1);
  }

  /** @param {string} stem @returns {string} a name not taken yet */
  #free(stem) {
    const names = [...this.#plan.leaves, ...this.#plan.rows].map(({ name }) => name);
    let number = 1;
    while (names.includes(`${stem}${number}`)) number += 1;
    return `${stem}${number}`;
  }
}

/** @param {string} title @param {...HTMLElement} children */
function group(title, ...children) {
  return html("fieldset", "build", html("legend", "", title), ...children);
}
