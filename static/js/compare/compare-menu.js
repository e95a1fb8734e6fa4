// @ts-check
/** The ways to see the run beside others: each leads to a comparison that begins with the run's settings. */

import { bindMenu } from "../page/menu.js";
import { changes } from "../run/config.js";
import { comparedBy, query } from "./comparison-address.js";

/** @typedef {import("../run/state.js").State} State */

export class CompareMenu {
  #links;
  #defaults;
  /** @type {import("../../types/protocol").RunConfig | null} */
  #shown = null;

  /**
   * @param {HTMLDetailsElement} menu
   * @param {import("../run/config.js").Defaults} defaults
   */
  constructor(menu, defaults) {
    this.#links = /** @type {NodeListOf<HTMLAnchorElement>} */ (menu.querySelectorAll("[data-vary]"));
    this.#defaults = defaults;
    bindMenu(menu);
  }

  /** @param {State} state */
  draw({ run }) {
    if (run === null || run.config === this.#shown) return;
    this.#shown = run.config;
    const common = changes(run.config, this.#defaults);
    for (const link of this.#links) {
      const { vary } = comparedBy({ vary: JSON.parse(link.dataset.vary ?? "[]") });
      link.search = query(null, { common, vary });
    }
  }

  /** Shows the first of them. */
  open() {
    this.#links[0]?.click();
  }
}
