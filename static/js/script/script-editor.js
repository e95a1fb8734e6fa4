// @ts-check
/** A script that is typed or pasted: the server reads the settings out of it. */

import { Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
import { readScript } from "./script-requests.js";

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

export class ScriptEditor {
  #shown;
  #form;
  #text;
  #reason;
  #use;

  /**
   * @param {HTMLElement} panel
   * @param {{ current: () => string, use: (config: RunConfig) => void }} actions
   */
  constructor(panel, { current, use }) {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (panel.querySelector(`#${id}`));
    this.#use = use;
    this.#shown = find("script");
    this.#form = find("script-editor");
    this.#text = /** @type {HTMLTextAreaElement} */ (find("script-text"));
    this.#reason = find("script-reason");
    find("edit-script").addEventListener("click", () => this.#open(current()));
    find("cancel-script").addEventListener("click", () => this.#close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read();
    });
    this.#form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#read();
    });
    this.#shown.addEventListener("paste", (event) => {
      this.#open(event.clipboardData?.getData("text/plain") ?? "");
      this.#read();
    });
  }

  /** @param {string} text */
  #open(text) {
    this.#text.value = text;
    this.#explain(null);
    this.#form.hidden = false;
    this.#shown.hidden = true;
    this.#text.focus();
    this.#text.setSelectionRange(0, 0);
    this.#text.scrollTop = 0;
  }

  #close() {
    this.#explain(null);
    this.#form.hidden = true;
    this.#shown.hidden = false;
    this.#shown.focus();
  }

  async #read() {
    try {
      const { config, notes } = await readScript(this.#text.value);
      this.#use(config);
      this.#close();
      this.#note(notes.map(({ line, message }) => t("Line {line}: {message}", { line, message })));
    } catch (error) {
      this.#explain(error instanceof Refusal ? told(error) : t("The server cannot be reached. Try again."));
    }
  }

  /** @param {string[]} notes */
  #note(notes) {
    this.#reason.hidden = notes.length === 0;
    this.#reason.textContent = notes.join("\n");
  }

  /** @param {string | null} reason */
  #explain(reason) {
    this.#note(reason === null ? [] : [reason]);
    this.#text.setAttribute("aria-invalid", String(reason !== null));
  }
}

/** @param {Refusal} refusal */
function told({ problem }) {
  const reasons = problem.errors.map(({ message }) => message);
  return reasons.length > 0 ? reasons.join("\n") : problem.detail;
}
