// @ts-check
/** The gallery and the error clinic: programs to open, and the meaning of an error text. */

import { button, html, within } from "../../page/dom.js";
import { Refusal, request } from "../../page/http.js";
import { filled, N_, t } from "../../page/i18n.js";
import { Newest } from "../../page/newest.js";
import { checked, list, record, text, UnknownShape } from "../../page/record.js";

/** @typedef {import("../../../types/protocol").Confusion} Confusion */
/** @typedef {import("../../page/program-link.js").Programs} Programs */

const UNKNOWN = N_(
  "No confusion we know has this text. Run the program here: its line and its graph are shown.",
);
const isConfusions = record({
  confusions: list(record({ topic: text, explanation: text, remedy: text, patterns: list(text) })),
});

/**
 * @param {HTMLElement} shelf with buttons that carry programs
 * @param {(programs: Programs) => void} onProgram
 */
export function bindPrograms(shelf, onProgram) {
  shelf.addEventListener("click", ({ target }) => {
    const chosen = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (target).closest("[data-program]")
    );
    if (!chosen) return;
    onProgram({ program: chosen.dataset.program ?? "", beside: chosen.dataset.beside ?? null });
  });
}

/**
 * The topic an error's text belongs to, and its explanation filled in.
 *
 * @param {string} text
 * @param {Confusion[]} confusions
 */
function diagnosed(text, confusions) {
  for (const confusion of confusions) {
    for (const pattern of confusion.patterns) {
      const found = new RegExp(pattern, "s").exec(text);
      if (!found) continue;
      const fields = found.groups ?? {};
      const [explanation, remedy] = [confusion.explanation, confusion.remedy].map((each) =>
        filled(each, fields),
      );
      return { ...confusion, explanation, remedy };
    }
  }
  return null;
}

/** Looks up an error text that was pasted. */
export class Diagnosis {
  #field;
  #place;
  #entries;
  /** Of several look-ups, only the newest is shown. */
  #lookups = new Newest();
  /** @type {Promise<Confusion[]> | null} */
  #confusions = null;
  /** What is shown. The same again would be spoken again. */
  #words = "";

  /** @param {HTMLElement} dialog */
  constructor(dialog) {
    this.#field = within(dialog, "textarea", HTMLTextAreaElement);
    this.#place = within(dialog, ".diagnosis");
    this.#entries = /** @type {HTMLElement[]} */ (Array.from(dialog.querySelectorAll("[data-topic]")));
    this.#field.addEventListener("input", () => this.#look());
  }

  #look() {
    const text = this.#field.value.trim();
    this.#lookups.ask(
      () => this.#known(),
      (confusions) => this.#show(text, confusions),
      (error) => this.#fail(error),
    );
  }

  /** @returns {Promise<Confusion[]>} asked for once */
  #known() {
    this.#confusions ??= checked(request("/api/topics"), isConfusions).then(
      ({ confusions }) => confusions,
      (error) => {
        this.#confusions = null;
        throw error;
      },
    );
    return this.#confusions;
  }

  /** @param {string} text @param {Confusion[]} confusions */
  #show(text, confusions) {
    const found = text === "" ? null : diagnosed(text, confusions);
    const words = text.toLowerCase();
    for (const entry of this.#entries) {
      const same = found
        ? entry.dataset.topic === found.topic
        : (entry.textContent ?? "").toLowerCase().includes(words);
      entry.hidden = !same;
    }
    if (found) this.#say(html("p", "", found.explanation), html("p", "remedy", found.remedy));
    else if (this.#entries.some(({ hidden }) => !hidden)) this.#say();
    else this.#say(html("p", "", t(UNKNOWN)));
  }

  /** @param {unknown} error */
  #fail(error) {
    if (error instanceof Refusal) this.#say(html("p", "", error.message));
    else if (error instanceof UnknownShape || error instanceof SyntaxError) {
      const words = t("This page is from another version of the server. Reload it.");
      this.#say(
        html("p", "", words),
        button(t("Reload"), () => location.reload()),
      );
    } else this.#say(html("p", "", t("The server cannot be reached.")));
  }

  /** @param {...HTMLElement} elements */
  #say(...elements) {
    const words = elements.map(({ textContent }) => textContent).join("\n");
    if (words !== this.#words) this.#place.replaceChildren(...elements);
    this.#words = words;
  }
}
