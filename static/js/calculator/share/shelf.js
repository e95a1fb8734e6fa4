// @ts-check
/** The gallery and the error clinic: programs on offer, and what an error from elsewhere means. */

import { html } from "../../page/dom.js";
import { request } from "../../page/http.js";
import { t } from "../../page/i18n.js";

/** @typedef {import("../../../types/protocol").Confusion} Confusion */
/** @typedef {import("./permalink.js").Programs} Programs */

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
      if (found) return { ...confusion, ...filled(confusion, found.groups ?? {}) };
    }
  }
  return null;
}

/**
 * @param {Confusion} confusion
 * @param {Record<string, string>} fields
 */
function filled({ explanation, remedy }, fields) {
  const fill = (/** @type {string} */ text) =>
    text.replace(/\{(\w+)\}/g, (field, name) => fields[name] ?? field);
  return { explanation: fill(explanation), remedy: fill(remedy) };
}

/** Looks up an error text that was pasted. */
export class Diagnosis {
  #field;
  #place;
  #entries;
  /** @type {Promise<Confusion[]> | null} */
  #confusions = null;

  /** @param {HTMLElement} dialog */
  constructor(dialog) {
    this.#field = /** @type {HTMLTextAreaElement} */ (dialog.querySelector("textarea"));
    this.#place = /** @type {HTMLElement} */ (dialog.querySelector(".diagnosis"));
    this.#entries = /** @type {HTMLElement[]} */ (Array.from(dialog.querySelectorAll("[data-topic]")));
    this.#field.addEventListener("input", () => this.#look());
  }

  async #look() {
    const text = this.#field.value.trim();
    this.#confusions ??= request("/api/topics").then(({ confusions }) => confusions);
    try {
      const confusions = await this.#confusions;
      if (text === this.#field.value.trim()) this.#show(text, confusions);
    } catch {
      this.#confusions = null;
      this.#place.replaceChildren(html("p", "", t("The server cannot be reached.")));
    }
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
    const nothing = this.#entries.every(({ hidden }) => hidden);
    if (found) {
      this.#place.replaceChildren(html("p", "", found.explanation), html("p", "remedy", found.remedy));
    } else {
      this.#place.replaceChildren(
        ...(nothing
          ? [
              html(
                "p",
                "",
                t(
                  "No confusion we know has this text. Run the program here: its line and its graph are shown.",
                ),
              ),
            ]
          : []),
      );
    }
  }
}
