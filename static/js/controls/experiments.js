// @ts-check
/** Ready settings, good ones and bad ones: the list, and which of them the run has. */

import { bindDialog } from "../page/dialogs.js";
import { completed, flatten } from "../run/config.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/config.js").Defaults} Defaults */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

export class Experiments {
  /** @type {{ item: HTMLElement, config: RunConfig, text: string }[]} */
  #items;
  /** @type {RunConfig | null} */
  #shown = null;

  /**
   * @param {HTMLElement} opener
   * @param {HTMLDialogElement} dialog whose items carry settings
   * @param {Defaults} defaults
   * @param {(config: RunConfig) => void} begin
   */
  constructor(opener, dialog, defaults, begin) {
    bindDialog(opener, dialog);
    this.#items = Array.from(dialog.querySelectorAll("[data-settings]"), (element) => {
      const item = /** @type {HTMLElement} */ (element);
      const config = completed(flatten(JSON.parse(item.dataset.settings ?? "{}")), defaults);
      item.addEventListener("click", () => {
        dialog.close();
        begin(config);
      });
      return { item, config, text: sorted(config) };
    });
  }

  /** @param {State} state */
  draw({ run }) {
    if (run === null || run.config === this.#shown) return;
    this.#shown = run.config;
    const text = sorted(run.config);
    for (const { item, text: other } of this.#items) {
      if (other === text) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
  }
}

/** A config as text, whatever the order of its fields. @param {RunConfig} config */
function sorted(config) {
  return JSON.stringify(Object.entries(flatten(config)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
