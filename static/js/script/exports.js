// @ts-check
/** What can be taken along: the script, the settings as a link or a request, the run's files. */

import { copiedWords, copy } from "../page/clipboard.js";
import { bindMenu } from "../page/menu.js";
import { curl, python } from "../page/recipes.js";
import { nested } from "../run/config.js";
import { exportAddress } from "./script-requests.js";

/** @typedef {import("../run/state.js").State} State */

/** How long a button says what came of it, in ms. */
const MOMENT = 1500;

/**
 * @typedef {object} Sources
 * @property {() => State} state
 * @property {() => string} script
 * @property {() => string} permalink
 * @property {() => import("../run/config.js").Settings} changes the settings that are not the defaults
 */

export class Exports {
  #links;
  /** @type {string | null} */
  #run = null;

  /**
   * @param {HTMLElement} panel
   * @param {Sources} sources
   * @param {(text: string) => void} tell tells those who listen
   */
  constructor(panel, sources, tell) {
    bindMenu(/** @type {HTMLDetailsElement} */ (panel.querySelector("details.menu")));
    this.#links = /** @type {NodeListOf<HTMLAnchorElement>} */ (panel.querySelectorAll("[data-export]"));
    const texts = {
      "copy-script": sources.script,
      "copy-link": sources.permalink,
      "copy-curl": () => curl(`${location.origin}/api/runs`, nested(sources.changes())),
      "copy-python": () => {
        const config = sources.state().run?.config;
        return config ? python(location.origin, config, nested(sources.changes())) : "";
      },
    };
    for (const [id, text] of Object.entries(texts)) {
      const button = /** @type {HTMLElement} */ (panel.querySelector(`#${id}`));
      button.addEventListener("click", () => copyFrom(button, text(), tell));
    }
  }

  /** @param {State} state */
  draw({ run }) {
    if (run === null || run.id === this.#run) return;
    this.#run = run.id;
    for (const link of this.#links)
      link.href = exportAddress(run.id, /** @type {string} */ (link.dataset.export));
  }
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 * @param {(text: string) => void} tell
 */
async function copyFrom(button, text, tell) {
  const copied = await copy(text);
  tell(copiedWords(copied));
  button.toggleAttribute("data-copied", copied);
  setTimeout(() => button.removeAttribute("data-copied"), MOMENT);
}
