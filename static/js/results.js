// @ts-check
/** What a program did: its printed text, its tensors, and where it stopped. */

import { card } from "./cards.js";
import { t } from "./i18n.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */
/** @typedef {import("../types/protocol").ProgramError} ProgramError */
/** @typedef {import("../types/protocol").ProgramWarning} ProgramWarning */

/** @param {ProgramError} error */
export function stopped({ line }) {
  return line === null ? t("The program stopped") : t("The program stopped at line {line}", { line });
}

/**
 * @param {HTMLElement} element hidden where there is nothing to say
 * @param {string | null} text
 */
function fill(element, text) {
  element.textContent = text ?? "";
  element.hidden = text === null;
  return element;
}

/** @param {ProgramWarning} warning */
function warned({ line, message, explanation, remedy }) {
  const place = t("line {line}", { line });
  const text = fill(document.createElement("pre"), `${place}: ${message}`);
  text.tabIndex = 0;
  return [text, ...[explanation, remedy].map((part) => fill(document.createElement("p"), part))];
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
      remedy: find("error-remedy"),
      warnings: find("warnings"),
      warningList: find("warning-list"),
    };
  }

  /** @param {Derivation} derivation */
  show({ printed, variables, truncated, warnings, error }) {
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
    places.warnings.hidden = warnings.length === 0;
    places.warningList.replaceChildren(...warnings.flatMap(warned));
    this.#explain(error);
  }

  /** @param {ProgramError | null} error */
  #explain(error) {
    const places = this.#places;
    places.error.hidden = error === null;
    if (error === null) return;
    places.errorTitle.textContent = stopped(error);
    places.errorText.textContent = `${error.type}: ${error.message}`;
    fill(places.explanation, error.explanation);
    fill(places.remedy, error.remedy);
  }

  /** @param {boolean} busy whether what is shown is about to be replaced */
  set busy(busy) {
    this.#places.printed.ariaBusy = String(busy);
    this.#places.cards.ariaBusy = String(busy);
  }
}
