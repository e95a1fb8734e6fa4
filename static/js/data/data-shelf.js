// @ts-check
/** The dialog with the points on offer: presets, and a table that is pasted or opened. */

import { bindDialog } from "../page/dialogs.js";
import { Refusal, request } from "../page/http.js";
import { t } from "../page/i18n.js";
import { write } from "../page/svg.js";
import { LEAST } from "./points.js";

/** @typedef {import("../../types/protocol").PointsRead} PointsRead */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** Bytes of a file that is read at all; the server takes no more. */
const LARGEST = 256 * 1024;
/** Bad rows that are listed; of the others only the number. */
const LISTED = 20;

export class DataShelf {
  #dialog;
  #parts;
  #update;
  /** @type {PointsRead["points"]} */
  #good = [];

  /**
   * @param {HTMLElement} opener
   * @param {HTMLDialogElement} dialog
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   */
  constructor(opener, dialog, update) {
    this.#dialog = dialog;
    this.#update = update;
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (dialog.querySelector(`#${id}`));
    this.#parts = {
      table: /** @type {HTMLTextAreaElement} */ (find("table")),
      file: /** @type {HTMLInputElement} */ (find("table-file")),
      reason: find("table-reason"),
      bad: find("bad-rows"),
      useGood: find("use-good"),
    };
    bindDialog(opener, dialog);
    this.#listen(find("table-form"));
  }

  /** The formulas of the presets that are nothing but their formula. @returns {Record<string, string>} */
  get formulas() {
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.#dialog.querySelectorAll("[data-formula]");
    return Object.fromEntries(
      Array.from(buttons, ({ dataset }) => [dataset.preset ?? "", dataset.formula ?? ""]),
    );
  }

  /** @param {HTMLElement} form */
  #listen(form) {
    this.#dialog.addEventListener("click", ({ target }) => {
      const preset = /** @type {HTMLElement | null} */ (
        /** @type {Element} */ (target).closest("[data-preset]")
      );
      if (preset) this.#use({ target: preset.dataset.preset ?? "", points: null });
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read();
    });
    const { table, file, useGood } = this.#parts;
    table.addEventListener("input", () => this.#explain(""));
    file.addEventListener("change", () => this.#open());
    useGood.addEventListener("click", () => this.#use({ points: this.#good }));
  }

  /** @param {Record<string, JsonValue>} data */
  #use(data) {
    this.#update({ data });
    this.#dialog.close();
  }

  async #open() {
    const { file, table } = this.#parts;
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    file.value = ""; // The same file can be opened again.
    if (chosen.size > LARGEST) {
      this.#explain(t("{name} is too large: at most 256 KiB are read.", { name: chosen.name }));
      return;
    }
    table.value = decoded(await chosen.arrayBuffer());
    await this.#read();
  }

  async #read() {
    this.#explain("");
    try {
      this.#judge(await request("/api/points", { method: "POST", body: { csv: this.#parts.table.value } }));
    } catch (error) {
      this.#explain(
        error instanceof Refusal
          ? (error.problem.errors[0]?.message ?? error.problem.detail)
          : t("The server cannot be reached. Try again."),
      );
    }
  }

  /**
   * Uses the points if all rows are some; else tells which are not, and leaves it to the reader.
   *
   * @param {PointsRead} read
   */
  #judge({ points, bad_rows }) {
    this.#good = points;
    if (bad_rows.length === 0 && points.length >= LEAST) this.#use({ points });
    else if (bad_rows.length === 0) this.#explain(t("At least {least} points are needed.", { least: LEAST }));
    else this.#list(bad_rows);
  }

  /** @param {PointsRead["bad_rows"]} rows */
  #list(rows) {
    const { bad, useGood } = this.#parts;
    const [words, list] = /** @type {[HTMLElement, HTMLElement]} */ (
      /** @type {unknown} */ ([bad.querySelector("p"), bad.querySelector("ul")])
    );
    write(
      words,
      t("Rows that are no points: {bad}. Points: {good}.", { bad: rows.length, good: this.#good.length }),
    );
    list.replaceChildren(
      ...rows.slice(0, LISTED).map(({ row, text, reason }) => {
        const item = document.createElement("li");
        item.textContent = t("Row {row}, “{text}”: {reason}", { row, text, reason });
        return item;
      }),
    );
    useGood.hidden = this.#good.length < LEAST;
    write(useGood, t("Use the {good} good points", { good: this.#good.length }));
    bad.hidden = false;
  }

  /** @param {string} reason */
  #explain(reason) {
    const { reason: place, bad, table } = this.#parts;
    place.hidden = reason === "";
    write(place, reason);
    bad.hidden = true;
    table.setAttribute("aria-invalid", String(reason !== ""));
  }
}

/**
 * A file's text: spreadsheets write UTF-16 too, and mark it.
 *
 * @param {ArrayBuffer} bytes
 */
export function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes);
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = wide ? (first === 0xff ? "utf-16le" : "utf-16be") : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
