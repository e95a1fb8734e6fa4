// @ts-check
/** The chain rule with its numbers, each factor lit together with its edge of the graph. */

import { html, keepFocus, within } from "../../page/dom.js";
import { t, tn } from "../../page/i18n.js";
import { numbersIn } from "../../page/numbers.js";
import { math } from "../../page/svg.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Chain} Chain */
/** @typedef {import("../../../types/protocol").Formula} Formula */

/** How far apart the same numbers may be as texts, as a share of the largest. */
const ROUNDED = 1e-4;

/**
 * @param {Formula} formula
 * @returns {Element}
 */
function built({ tag, text, edge, children }) {
  const element = math(tag, ...(children.length > 0 ? children.map(built) : [text]));
  if (edge !== null) {
    element.setAttribute("data-lights", edge);
    element.setAttribute("class", "factor");
  }
  return element;
}

/**
 * Marks an operator as standing between two terms: at the start of a piece MathML takes "+" for a sign.
 *
 * @param {Element} element
 */
function between(element) {
  if (element.localName === "mo") element.setAttribute("form", "infix");
  return element;
}

/**
 * @param {Formula} part
 * @param {string} among
 */
function isOperator({ tag, text }, among) {
  return tag === "mo" && among.includes(text);
}

/**
 * An equation cut where it may go on in the next line: before each "=", each path and each factor.
 *
 * @param {Formula} formula
 * @returns {Formula[][][]} the pieces of each product
 */
function products({ children }) {
  /** @type {Formula[][][]} */
  const found = [];
  for (const [i, side] of children.entries()) {
    if (i % 2 === 1) continue;
    const equals = children[i - 1];
    found.push([equals ? [equals] : []]);
    for (const part of side.children.flatMap(factors)) {
      if (isOperator(part, "+")) found.push([[]]);
      else if (isOperator(part, "·×")) found.at(-1)?.push([]);
      found.at(-1)?.at(-1)?.push(part);
    }
  }
  return found;
}

/**
 * @param {Formula} part of a side: a product, or one thing alone
 * @returns {Formula[]}
 */
function factors(part) {
  return part.children.some((child) => isOperator(child, "·×")) ? part.children : [part];
}

export class ChainView {
  #section;
  #list;

  /** @param {HTMLElement} section its list holds one item per leaf */
  constructor(section) {
    this.#section = section;
    this.#list = within(section, "ol");
  }

  /** @param {Derivation} derivation */
  show({ chain, graph }) {
    const symbols = new Map(graph?.nodes.map(({ id, symbol }) => [id, symbol]));
    const last = Math.max(0, ...chain.map(({ backward }) => backward));
    const several = new Set(chain.map(({ backward }) => backward)).size > 1;
    keepFocus(this.#section, () => {
      this.#section.hidden = chain.length === 0;
      this.#list.replaceChildren(...chain.map((one) => rule(one, symbols, several ? last : null)));
    });
  }
}

/**
 * @param {Chain} chain
 * @param {Map<string, string>} symbols
 * @param {number | null} last the number of the last `backward()`, where there are several
 */
function rule(chain, symbols, last) {
  const { backward, leaf, text, total, grad, formula, paths, n_paths } = chain;
  const item = html("li", "rule");
  item.dataset.key = `chain ${backward} ${leaf}`;
  item.dataset.lights = [leaf, ...paths.flatMap(({ edges }) => edges)].join(" ");
  if (last !== null) {
    item.append(
      html(
        "p",
        "aside",
        t("backward() number {number}, {leaf}", { number: backward, leaf: symbols.get(leaf) ?? "" }),
      ),
    );
    item.toggleAttribute("data-earlier", backward < last);
  }
  if (formula !== null) {
    const frame = html(
      "div",
      "formula",
      ...products(formula).map((pieces) =>
        html("span", "term", ...pieces.map((piece) => math("math", ...piece.map(built).map(between)))),
      ),
    );
    frame.tabIndex = 0;
    frame.dataset.key = `chain ${backward} ${leaf} formula`;
    frame.setAttribute("role", "note"); // It scrolls: arrow keys are its own.
    frame.setAttribute("aria-label", t("Chain rule for {leaf}", { leaf: symbols.get(leaf) ?? "" }));
    item.append(frame);
  } else {
    item.append(html("p", "formula", text ?? t("too many numbers to write out")));
  }
  if (paths.length > 1) item.append(pathList(paths, `chain ${backward} ${leaf}`));
  if (n_paths > paths.length)
    item.append(
      html("p", "aside", tn("and {count} path more", "and {count} paths more", n_paths - paths.length)),
    );
  if (grad === null) item.append(html("p", "aside", t("torch stopped here: nothing arrived at the leaf.")));
  if (grad !== null && total !== null && differ(numbersIn(grad), numbersIn(total))) {
    item.append(
      html(
        "p",
        "aside",
        t("What arrived at the leaf is {grad}: other outputs or a hook had a part in it.", { grad }),
      ),
    );
  }
  return item;
}

/**
 * Whether they are other numbers, and not the same ones rounded or in another shape.
 *
 * @param {number[] | null} some
 * @param {number[] | null} others
 */
function differ(some, others) {
  if (some?.length !== others?.length) return false;
  const size = Math.max(...(others ?? []).map(Math.abs));
  return some?.some((number, i) => Math.abs(number - (others?.[i] ?? 0)) > ROUNDED * size) ?? false;
}

/**
 * @param {Chain["paths"]} paths each lights its own edges of the graph
 * @param {string} key of the rule
 */
function pathList(paths, key) {
  const parts = paths.map(({ edges, product }, i) => {
    const path = html(
      "li",
      "path",
      t("path {number}: {product}", { number: i + 1, product: product ?? "…" }),
    );
    path.dataset.lights = edges.join(" ");
    path.dataset.key = `${key} ${i}`;
    path.tabIndex = 0;
    return path;
  });
  return html("ul", "paths", ...parts);
}
