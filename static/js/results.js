// @ts-check
/** What a program did: its printed text, its tensors, and where it stopped. */

import { card } from "./cards.js";
import { t } from "./i18n.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */
/** @typedef {import("../types/protocol").ProgramError} ProgramError */

/** @param {ProgramError} error */
export function stopped({ line }) {
  return line === null ? t("The program stopped") : t("The program stopped at line {line}", { line });
}

export class Results {
  #places;
  #template;
  #glossary;

  constructor() {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
    this.#glossary = /** @type {HTMLDetailsElement} */ (find("glossary"));
    this.#template = /** @type {HTMLTemplateElement} */ (find("card"));
    this.#places = {
      printed: find("printed"),
      printedNote: find("printed-note"),
      cards: find("cards"),
      tensorsNote: find("tensors-note"),
      error: find("error"),
      errorTitle: find("error-title"),
      errorText: find("error-text"),
      explanation: find("error-explanation"),
    };
  }

  /** @param {Derivation} derivation */
  show({ printed, variables, truncated, error }) {
    const places = this.#places;
    // It explains the cards while there are none; then it makes room for them.
    if (places.cards.childElementCount === 0) this.#glossary.open = false;
    places.printed.textContent = printed;
    places.printed.hidden = printed === "";
    places.printedNote.hidden = printed !== "" && !truncated;
    places.printedNote.textContent = truncated
      ? t("The program printed more than fits; the rest is left out.")
      : t("The program printed nothing.");
    places.cards.replaceChildren(...variables.map((variable) => card(this.#template, variable)));
    places.tensorsNote.hidden = variables.length > 0;
    places.tensorsNote.textContent = t("The program named no tensor.");
    this.#explain(error);
  }

  /** @param {ProgramError | null} error */
  #explain(error) {
    const places = this.#places;
    places.error.hidden = error === null;
    if (error === null) return;
    places.errorTitle.textContent = stopped(error);
    places.errorText.textContent = `${error.type}: ${error.message}`;
    places.explanation.textContent = error.explanation ?? "";
    places.explanation.hidden = error.explanation === null;
  }

  /** @param {boolean} busy whether what is shown is about to be replaced */
  set busy(busy) {
    this.#places.printed.ariaBusy = String(busy);
    this.#places.cards.ariaBusy = String(busy);
  }
}
