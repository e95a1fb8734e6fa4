// @ts-check
/** The dialog of ready settings, good ones and bad ones, with a mark on those that the run has. */

import { bindDialog } from "../page/dialogs.js";
import { byId } from "../page/dom.js";
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
   * @param {Defaults} defaults
   * @param {(config: RunConfig) => void} begin
   */
  constructor(defaults, begin) {
    const dialog = byId("experiments", HTMLDialogElement);
    bindDialog(byId("experiments-open"), dialog);
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
