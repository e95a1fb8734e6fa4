// @ts-check
/** Copies of the script, of the settings as a link or a request, and links to the run's files. */

import { copiedWords, copy } from "../page/clipboard.js";
import { byId, within } from "../page/dom.js";
import { bindMenu } from "../page/menu.js";
import { curl, python } from "../page/recipes.js";
import { server } from "../page/root.js";
import { nested } from "../run/config.js";
import { exportAddress } from "./script-requests.js";

/** @typedef {import("../run/state.js").State} State */

/** How long a button shows that it has copied, in ms. */
const MOMENT = 1500;

/**
 * What is copied. An empty text is none: there is nothing to copy yet.
 *
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
   * @param {(text: string) => void} tell tells a screen reader
   */
  constructor(panel, sources, tell) {
    bindMenu(within(panel, "details.menu", HTMLDetailsElement));
    this.#links = /** @type {NodeListOf<HTMLAnchorElement>} */ (panel.querySelectorAll("[data-export]"));
    const texts = {
      "copy-script": sources.script,
      "copy-link": sources.permalink,
      "copy-curl": () => curl(`${server()}/api/runs`, nested(sources.changes())),
      "copy-python": () => {
        const config = sources.state().run?.config;
        return config ? python(server(), config, nested(sources.changes())) : "";
      },
    };
    for (const [id, text] of Object.entries(texts)) {
      const button = byId(id);
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
  if (text === "") return;
  const copied = await copy(text);
  tell(copiedWords(copied));
  button.toggleAttribute("data-copied", copied);
  setTimeout(() => button.removeAttribute("data-copied"), MOMENT);
}
