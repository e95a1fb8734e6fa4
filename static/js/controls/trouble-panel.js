// @ts-check
/** The panel under the control bar that tells what went wrong, with its remedies as buttons. */

import { html, replaceChildren, setHidden, within } from "../page/dom.js";
import { changeOf, labelOf, troubleOf } from "../run/trouble.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/trouble.js").Remedy} Remedy */
/** @typedef {import("../run/trouble.js").Trouble} Trouble */

export class TroublePanel {
  #panel;
  #next;
  #apply;
  #places;
  #buttons;
  #connection;
  #shown = "";

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} next what has the focus when the trouble, and the button that was pressed, are gone
   * @param {(remedy: Remedy) => void} apply
   */
  constructor(panel, next, apply) {
    /** @param {string} part */
    const find = (part) => within(panel, `.trouble-${part}`);
    this.#panel = panel;
    this.#next = next;
    this.#apply = apply;
    this.#places = { what: find("what"), why: find("why"), quote: find("quote"), advice: find("advice") };
    this.#buttons = find("buttons");
    this.#connection = find("connection");
  }

  /** @param {State} state */
  draw(state) {
    const trouble = troubleOf(state);
    const may = state.control || state.link === "lost";
    // Snapshots come many times a second; what there is to say stays the same.
    const shown = JSON.stringify([trouble, may]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    setHidden(this.#panel, trouble === null, this.#next);
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
    this.#connection.hidden = !trouble.connection;
    const remedies = may ? trouble.remedies : [];
    replaceChildren(this.#buttons, ...remedies.map((remedy) => this.#button(remedy)));
  }

  /** @param {Remedy} remedy */
  #button(remedy) {
    const button = html("button", "button");
    button.setAttribute("type", "button");
    button.dataset.key = labelOf(remedy);
    writeRemedy(button, remedy);
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
export function writeRemedy(button, remedy) {
  const [change, text] = [changeOf(remedy), labelOf(remedy)];
  const [before = "", after = ""] = change === "" ? [text] : text.split(change);
  const code = change === "" ? [] : [html("code", "", change)];
  button.replaceChildren(html("span", "", before, ...code, after));
}
