// @ts-check
/** The dialog to choose points: presets, and a table that is pasted or opened as a file. */

import { bindDialog } from "../page/dialogs.js";
import { byId, html, setHidden, within } from "../page/dom.js";
import { request } from "../page/http.js";
import { t } from "../page/i18n.js";
import { Newest } from "../page/newest.js";
import { reasonOf, showReason } from "../page/refusal.js";
import { write } from "../page/svg.js";
import { LEAST } from "./points.js";
import { taken } from "./tasks.js";

/** @typedef {import("../../types/protocol").PointsRead} PointsRead */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** The largest file that is read, in bytes; the server takes no more. */
const LARGEST = 256 * 1024;
/** The most bad rows that are listed. */
const LISTED = 20;

export class DataShelf {
  #dialog = byId("data", HTMLDialogElement);
  #parts = {
    table: byId("table", HTMLTextAreaElement),
    file: byId("table-file", HTMLInputElement),
    reason: byId("table-reason"),
    bad: byId("bad-rows"),
    useGood: byId("use-good"),
  };
  #requests = new Newest();
  #update;
  #config;
  /** @type {PointsRead["points"]} */
  #good = [];
  /** How many different labels the table has; null: its y are numbers. @type {number | null} */
  #labels = null;

  /**
   * @param {(config: Record<string, JsonValue>) => void} update sends a merge patch
   * @param {() => boolean} may whether the data may be changed now
   * @param {() => import("../../types/protocol").RunConfig | undefined} config of the run now
   */
  constructor(update, may, config) {
    this.#update = update;
    this.#config = config;
    bindDialog(byId("data-open"), this.#dialog, may);
    this.#listen(byId("table-form"));
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
    this.#dialog.addEventListener("close", () => this.#requests.cancel());
    this.#dialog.addEventListener("click", ({ target }) => {
      const preset = /** @type {HTMLElement | null} */ (
        /** @type {Element} */ (target).closest("[data-preset]")
      );
      if (preset) this.#take(preset.dataset);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read(async () => this.#parts.table.value);
    });
    const { table, file, useGood } = this.#parts;
    table.addEventListener("input", () => {
      this.#requests.cancel();
      this.#explain("");
    });
    file.addEventListener("change", () => this.#open());
    useGood.addEventListener("click", () => this.#useRead());
  }

  /** Takes a preset, and its task with it. @param {DOMStringMap} preset */
  #take({ preset: target = "", features = "1", counts = "[]" }) {
    const config = this.#config();
    if (config)
      this.#update(taken({ target, features: Number(features), counts: JSON.parse(counts) }, config));
    this.#dialog.close();
  }

  /** Takes the points that were read; with their classes, if they have labels. */
  #useRead() {
    const classes = this.#labels === null ? {} : { classes: this.#labels };
    this.#update({ data: { points: this.#good, ...classes } });
    this.#dialog.close();
  }

  #open() {
    const { file, table } = this.#parts;
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    file.value = ""; // The same file can be opened again.
    if (chosen.size > LARGEST) {
      this.#explain(t("{name} is too large: at most 256 KiB are read.", { name: chosen.name }));
      return;
    }
    this.#read(async (signal) => {
      const text = decoded(await chosen.arrayBuffer());
      if (!signal.aborted) table.value = text;
      return text;
    });
  }

  /** @param {(signal: AbortSignal) => Promise<string>} source of the table */
  #read(source) {
    this.#explain("");
    this.#requests.ask(
      async (signal) => {
        const { features = 1, classes = null } = this.#config()?.data ?? {};
        const body = { csv: await source(signal), features, labels: classes !== null };
        return request("/api/points", { method: "POST", body, signal });
      },
      (read) => this.#judge(read),
      (error) => this.#explain(reasonOf(error)),
    );
  }

  /**
   * Uses the points if every row is one; else lists the rows that are not, with a button that uses the others.
   *
   * @param {PointsRead} read
   */
  #judge({ points, labels, bad_rows }) {
    this.#good = points;
    this.#labels = labels?.length ?? null;
    if (bad_rows.length === 0 && points.length >= LEAST) this.#useRead();
    else if (bad_rows.length === 0) this.#explain(t("At least {least} points are needed.", { least: LEAST }));
    else this.#list(bad_rows);
  }

  /** @param {PointsRead["bad_rows"]} rows */
  #list(rows) {
    const { bad, useGood } = this.#parts;
    write(
      within(bad, "p"),
      t("Rows that are no points: {bad}. Points: {good}.", { bad: rows.length, good: this.#good.length }),
    );
    within(bad, "ul").replaceChildren(
      ...rows
        .slice(0, LISTED)
        .map(({ row, text, reason }) =>
          html("li", "", t("Row {row}, “{text}”: {reason}", { row, text, reason })),
        ),
    );
    useGood.hidden = this.#good.length < LEAST;
    write(useGood, t("Use the {good} good points", { good: this.#good.length }));
    bad.hidden = false;
  }

  /** @param {string} reason */
  #explain(reason) {
    const { reason: place, bad, table } = this.#parts;
    showReason(place, reason, table);
    setHidden(bad, true, table);
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
