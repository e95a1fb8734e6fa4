// @ts-check
/** The panel under the control bar that tells what went wrong, with its remedies as buttons. */

import { changeOf, labelOf, troubleOf } from "../run/trouble.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/trouble.js").Remedy} Remedy */
/** @typedef {import("../run/trouble.js").Trouble} Trouble */

export class TroublePanel {
  #panel;
  #places;
  #apply;
  #buttons;
  #shown = "";

  /**
   * @param {HTMLElement} panel
   * @param {(remedy: Remedy) => void} apply
   */
  constructor(panel, apply) {
    /** @param {string} part */
    const find = (part) => /** @type {HTMLElement} */ (panel.querySelector(`.trouble-${part}`));
    this.#panel = panel;
    this.#apply = apply;
    this.#places = { what: find("what"), why: find("why"), quote: find("quote"), advice: find("advice") };
    this.#buttons = find("buttons");
  }

  /** @param {State} state */
  draw(state) {
    const trouble = troubleOf(state);
    const may = state.control || state.link === "lost";
    // Snapshots come many times a second; what there is to say stays the same.
    const shown = JSON.stringify([trouble, may]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#panel.hidden = trouble === null;
    if (trouble) this.#show(trouble, may);
  }

  /**
   * @param {Trouble} trouble
   * @param {boolean} may whether this page may change the run
   */
  #show(trouble, may) {
    for (const part of /** @type {const} */ (["what", "why", "quote", "advice"])) {
      this.#places[part].textContent = trouble[part];
      this.#places[part].hidden = !trouble[part];
    }
    const remedies = may ? trouble.remedies : [];
    this.#buttons.replaceChildren(...remedies.map((remedy) => this.#button(remedy)));
  }

  /** @param {Remedy} remedy */
  #button(remedy) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    label(button, remedy);
    // Pressed with the pointer it does not take the focus, so that Space goes on meaning play.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => this.#apply(remedy));
    return button;
  }
}

/**
 * Writes on a button what it does, the settings as code.
 *
 * @param {HTMLElement} button
 * @param {Remedy} remedy
 */
export function label(button, remedy) {
  const [change, text] = [changeOf(remedy), labelOf(remedy)];
  const code = document.createElement("code");
  code.textContent = change;
  const [before = "", after = ""] = change === "" ? [text] : text.split(change);
  const words = document.createElement("span");
  words.append(before, ...(change === "" ? [] : [code]), after);
  button.replaceChildren(words);
}
