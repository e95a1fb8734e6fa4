// @ts-check
/** The chain builder: a form for leaves, operations and the output, which writes the program. */

import { button, html, replaceChildren } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { isName } from "../../page/python.js";
import { addLeaf, addRow, FIRST, isUnary, OPERATORS, programOf, remove, rename } from "./chain-program.js";

/** @typedef {import("./chain-program.js").ChainPlan} ChainPlan */
/** @typedef {import("./chain-program.js").Leaf} Leaf */
/** @typedef {import("./chain-program.js").Row} Row */

const MOST_ROWS = 12;

/**
 * A control that shows a part of the plan.
 *
 * @typedef {{ key: string, label: () => string, read: () => string, onValue: (value: string) => void }} Binding
 *   key: finds the same control after the form is drawn anew
 */

export class Builder {
  #place;
  #onProgram;
  /** @type {ChainPlan} */
  #plan = structuredClone(FIRST);
  /** Bring the labels, values and options of the controls up to date. @type {(() => void)[]} */
  #updates = [];

  /**
   * @param {HTMLElement} place
   * @param {(program: string) => void} onProgram
   */
  constructor(place, onProgram) {
    this.#place = place;
    this.#onProgram = onProgram;
    this.#draw();
  }

  #write() {
    this.#onProgram(programOf(this.#plan));
  }

  #draw() {
    const { leaves, rows } = this.#plan;
    this.#updates = [];
    replaceChildren(
      this.#place,
      group(
        t("Leaves"),
        ...leaves.map((leaf, i) => this.#leaf(leaf, i)),
        this.#more(leaves, t("another leaf"), () => {
          addLeaf(this.#plan);
          this.#redraw(`leaf ${leaves.length - 1} name`);
        }),
      ),
      group(
        t("Operations"),
        ...rows.map((row, i) => this.#row(row, i)),
        this.#more(rows, t("another operation"), () => {
          addRow(this.#plan);
          this.#redraw(`row ${rows.length - 1} name`);
        }),
      ),
      group(t("Backward"), this.#end()),
      html("p", "aside", t("What you choose here writes the program below; undo there brings yours back.")),
    );
  }

  /**
   * Draws the form after rows were added, removed or changed.
   *
   * @param {string} [added] key of the new row's name, which gets the focus
   */
  #redraw(added) {
    this.#draw();
    /** @type {HTMLElement | null} */ (this.#place.querySelector(`[data-key="${added}"]`))?.focus();
    this.#write();
  }

  /** @param {Leaf} leaf @param {number} index */
  #leaf(leaf, index) {
    const key = `leaf ${index}`;
    const tracked = /** @type {HTMLInputElement} */ (html("input", ""));
    Object.assign(tracked, { type: "checkbox", checked: leaf.requires_grad });
    tracked.addEventListener("change", () => {
      leaf.requires_grad = tracked.checked;
      this.#write();
    });
    return html(
      "div",
      "build-row",
      this.#name(leaf, t("name of the leaf"), key),
      html("span", "build-sign", "="),
      this.#text({
        key: `${key} value`,
        label: () => t("value of {name}", { name: leaf.name }),
        read: () => leaf.value,
        onValue: (value) => {
          leaf.value = value;
        },
      }),
      html("label", "build-check", tracked, html("code", "", "requires_grad")),
      this.#remove(leaf, this.#plan.leaves, key),
    );
  }

  /** @param {Row} row @param {number} index */
  #row(row, index) {
    const key = `row ${index}`;
    const names = () => [...this.#plan.leaves, ...this.#plan.rows.slice(0, index)].map(({ name }) => name);
    const operand = (/** @type {"left" | "right"} */ side) =>
      this.#operand(names, {
        key: `${key} ${side}`,
        label: () => t("number or name"),
        read: () => row[side],
        onValue: (value) => {
          row[side] = value;
        },
      });
    const operator = this.#choice(() => OPERATORS, {
      key: `${key} operator`,
      label: () => t("operation of {name}", { name: row.name }),
      read: () => row.operator,
      onValue: (value) => {
        row.operator = value;
        this.#redraw();
      },
    });
    const parts = isUnary(row.operator)
      ? [operator, operand("left")]
      : [operand("left"), operator, operand("right")];
    return html(
      "div",
      "build-row",
      this.#name(row, t("name of the result"), key),
      html("span", "build-sign", "="),
      ...parts,
      this.#remove(row, this.#plan.rows, key),
    );
  }

  #end() {
    const names = () => [...this.#plan.leaves, ...this.#plan.rows].map(({ name }) => name);
    const output = this.#choice(names, {
      key: "output",
      label: () => t("output"),
      read: () => this.#plan.output,
      onValue: (value) => {
        this.#plan.output = value;
        this.#write();
      },
    });
    const gradient = this.#text({
      key: "gradient",
      label: () => "gradient",
      read: () => this.#plan.gradient,
      onValue: (value) => {
        this.#plan.gradient = value;
      },
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
   * @param {string} label
   * @param {string} key
   */
  #name(item, label, key) {
    const field = input(`${key} name`, item.name);
    field.classList.add("build-name");
    field.setAttribute("aria-label", label);
    field.addEventListener("change", () => {
      const valid = isName(field.value);
      field.setAttribute("aria-invalid", String(!valid));
      if (valid) this.#rename(item, field.value);
    });
    return field;
  }

  /**
   * Renames an item wherever it is used. The controls stay: a press of one of them may be what ended the typing.
   *
   * @param {Leaf | Row} item
   * @param {string} name
   */
  #rename(item, name) {
    rename(this.#plan, item, name);
    for (const update of this.#updates) update();
    this.#write();
  }

  /**
   * A field for a name to choose, or a number to type.
   *
   * @param {() => string[]} names
   * @param {Binding} binding
   */
  #operand(names, binding) {
    const list = html("datalist", "");
    list.id = `${this.#place.id}-${binding.key.replaceAll(" ", "-")}`;
    this.#update(() => list.replaceChildren(...names().map((name) => new Option(name))));
    const field = this.#text(binding);
    field.setAttribute("list", list.id);
    return html("span", "build-operand", field, list);
  }

  /** @param {Binding} binding */
  #text({ key, label, read, onValue }) {
    const field = input(key, read());
    this.#update(() => {
      field.setAttribute("aria-label", label());
      if (field.value !== read()) field.value = read();
    });
    field.addEventListener("input", () => {
      onValue(field.value);
      this.#write();
    });
    return field;
  }

  /**
   * @param {() => string[]} names
   * @param {Binding} binding
   */
  #choice(names, { key, label, read, onValue }) {
    const field = /** @type {HTMLSelectElement} */ (html("select", ""));
    field.dataset.key = key;
    this.#update(() => {
      field.setAttribute("aria-label", label());
      field.replaceChildren(...names().map((name) => new Option(name)));
      field.value = read();
    });
    field.addEventListener("change", () => onValue(field.value));
    return field;
  }

  /** @param {() => void} update done now, and again after a name has changed */
  #update(update) {
    this.#updates.push(update);
    update();
  }

  /**
   * @param {Leaf | Row} item
   * @param {(Leaf | Row)[]} items
   * @param {string} key
   */
  #remove(item, items, key) {
    const element = button("×", () => {
      remove(this.#plan, items, item);
      this.#redraw();
    });
    element.dataset.key = `${key} remove`;
    this.#update(() => element.setAttribute("aria-label", t("remove {name}", { name: item.name })));
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
}

/** @param {string} title @param {...HTMLElement} children */
function group(title, ...children) {
  return html("fieldset", "build", html("legend", "", title), ...children);
}

/** @param {string} key @param {string} value */
function input(key, value) {
  const field = /** @type {HTMLInputElement} */ (html("input", ""));
  Object.assign(field, { value, autocomplete: "off", spellcheck: false });
  field.dataset.key = key;
  return field;
}
