// @ts-check
/** The tensors' cards: each shows what a tensor is, whether torch tracks it, and its `.grad`. */

import { replaceChildren } from "../../page/dom.js";
import { N_, t } from "../../page/i18n.js";
import { write } from "../../page/svg.js";
import { shapePicture } from "../../page/tensor-shape.js";
import { isZero } from "../playback/moments.js";
import { potPicture } from "./pot.js";

/** @typedef {import("../../../types/protocol").Variable} Variable */
/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Fix} Fix */
/** @typedef {import("../playback/moments.js").Moment} Moment */
/** @typedef {import("../playback/moments.js").Pot} Pot */
/** @typedef {import("./pot.js").Fill} Fill */

/** @type {Record<Fill, { text: string, why: string }>} */
const GRADS = {
  value: { text: "", why: "" },
  zero: { text: "", why: N_("Emptied: it holds zeros, which is not None.") },
  none: { text: N_("None yet"), why: N_("torch tracks it, but no backward() has reached it.") },
  not_retained: {
    text: N_("None: not kept (non-leaf)"),
    why: N_("backward() passes through a non-leaf and keeps nothing there."),
  },
  untracked: {
    text: N_("None: not tracked"),
    why: N_("requires_grad is False: backward() passes it by."),
  },
};

/** The longest line of numbers on a narrow card. */
const MOST_CHARACTERS = 16;

/** @param {boolean} value as Python writes it */
const python = (value) => (value ? "True" : "False");

/**
 * Whether a tensor's numbers need a wide card: a line of torch's must not be broken inside a number.
 *
 * @param {Variable} variable
 */
function isWide({ value, grad }) {
  return [value, grad ?? ""].some((text) => text.split("\n").some((line) => line.length > MOST_CHARACTERS));
}

/** @param {Variable} variable @returns {Fill} */
function fillOf({ grad_state, grad }) {
  return grad_state === "value" && isZero(grad ?? "") ? "zero" : grad_state;
}

/** One tensor's card. */
class Card {
  /** @type {Map<string, HTMLElement>} */
  #parts;
  #variable;
  /** What the pot shows. Most steps of the playback change few cards. */
  #filled = "";

  /**
   * @param {HTMLTemplateElement} template
   * @param {Variable} variable
   * @param {string | undefined} node of the graph
   * @param {(fix: Fix) => void} onFix
   */
  constructor(template, variable, node, onFix) {
    const fragment = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.element = /** @type {HTMLElement} */ (fragment.firstElementChild);
    this.#variable = variable;
    this.#parts = new Map(
      Array.from(fragment.querySelectorAll("[data-part]"), (element) => {
        const place = /** @type {HTMLElement} */ (element);
        return [place.dataset.part ?? "", place];
      }),
    );
    this.element.dataset.key = `card ${variable.name}`;
    for (const [part, place] of this.#parts) {
      if (place.matches("pre, button")) place.dataset.key = `card ${variable.name} ${part}`;
    }
    if (node) this.element.dataset.lights = node;
    this.#write("name", variable.name);
    this.#write("shape", `[${variable.shape.join(", ")}]`);
    this.#write("dtype", variable.dtype);
    this.#write("requires_grad", python(variable.requires_grad));
    this.#write("is_leaf", python(variable.is_leaf));
    this.#write("grad_fn", variable.grad_fn ?? "None");
    this.#write("grad_name", `${variable.name}.grad`);
    this.#show("text", variable.text);
    this.#parts.get("shape-picture")?.replaceChildren(shapePicture(variable.shape));
    this.element.toggleAttribute("data-wide", isWide(variable));
    const { retain } = variable;
    const keep = this.#parts.get("retain");
    if (keep) keep.hidden = !retain;
    if (retain) keep?.addEventListener("click", () => onFix(retain));
  }

  /**
   * Shows numbers. A matrix keeps its rows, and can be scrolled by keyboard.
   *
   * @param {string} part
   * @param {string} text
   */
  #show(part, text) {
    const rows = text.includes("\n");
    const place = this.#parts.get(part);
    place?.toggleAttribute("data-rows", rows);
    if (rows) place?.setAttribute("tabindex", "0");
    else place?.removeAttribute("tabindex");
    this.#write(part, text);
  }

  /** @param {string} part @param {string} text */
  #write(part, text) {
    const element = this.#parts.get(part);
    if (element) write(element, text);
  }

  /**
   * @param {Fill} fill
   * @param {string} text
   * @param {Pot | undefined} pot
   */
  #fill(fill, text, pot) {
    const layers = pot?.poured.length ?? 1;
    const sum = (fill === "value" && pot?.sum) || "";
    const filled = [fill, layers, text, sum].join("\n");
    if (filled === this.#filled) return;
    this.#filled = filled;
    const place = this.#parts.get("pot");
    if (place) place.dataset.state = fill;
    const { why } = GRADS[fill];
    this.#parts.get("pot-picture")?.replaceChildren(potPicture(fill, layers));
    this.#show("grad", text);
    this.#write("why", sum ? "" : why && t(why));
    this.#write("sum", sum);
  }

  /** @param {Moment} moment the last one; what torch says then is known */
  showEnd({ pots }) {
    const variable = this.#variable;
    const pot = pots.get(variable.name);
    const fill = fillOf(variable);
    this.element.removeAttribute("data-waiting");
    this.#show("value", variable.value);
    this.#fill(fill, variable.grad_state === "value" ? (variable.grad ?? "") : t(GRADS[fill].text), pot);
  }

  /** @param {Moment} moment */
  showMoment({ values, pots }) {
    const { name, grad_state } = this.#variable;
    const value = values.get(name);
    this.element.toggleAttribute("data-waiting", value === undefined);
    this.#show("value", value ?? "");
    const pot = pots.get(name);
    /** @type {Fill} */
    const empty = grad_state === "value" ? "none" : grad_state;
    const fill = pot?.text ? (isZero(pot.text) ? "zero" : "value") : empty;
    this.#fill(fill, pot?.text ?? t(GRADS[fill].text), pot);
  }
}

export class Cards {
  #place;
  #template;
  #onFix;
  /** @type {Card[]} */
  #cards = [];

  /**
   * @param {HTMLElement} place
   * @param {HTMLTemplateElement} template
   * @param {(fix: Fix) => void} onFix
   */
  constructor(place, template, onFix) {
    this.#place = place;
    this.#template = template;
    this.#onFix = onFix;
  }

  /** @param {Derivation} derivation */
  show({ variables, graph }) {
    const nodes = new Map(graph?.nodes.flatMap(({ id, names }) => names.map((name) => [name, id])));
    this.#cards = variables.map((variable) => {
      return new Card(this.#template, variable, nodes.get(variable.name), this.#onFix);
    });
    replaceChildren(this.#place, ...this.#cards.map(({ element }) => element));
  }

  /**
   * @param {Moment} moment
   * @param {boolean} end whether that is the end, where torch's own texts are known
   */
  at(moment, end) {
    for (const card of this.#cards) {
      if (end) card.showEnd(moment);
      else card.showMoment(moment);
    }
  }
}
