// @ts-check
/** A script that is typed or pasted: the server reads the settings out of it. */

import { byId } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { Newest } from "../page/newest.js";
import { reasonOf, showReason } from "../page/refusal.js";
import { readScript } from "./script-requests.js";

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

export class ScriptEditor {
  #shown;
  #form;
  #text;
  #reason;
  #use;
  #requests = new Newest();

  /** @param {{ current: () => string, use: (config: RunConfig) => void }} actions */
  constructor({ current, use }) {
    this.#use = use;
    this.#shown = byId("script");
    this.#form = byId("script-editor");
    this.#text = byId("script-text", HTMLTextAreaElement);
    this.#reason = byId("script-reason");
    byId("edit-script").addEventListener("click", () => this.#open(current()));
    byId("cancel-script").addEventListener("click", () => this.#close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read();
    });
    this.#form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#read();
    });
    // A text that is typed on is another one than the server reads.
    this.#text.addEventListener("input", () => this.#requests.cancel());
    this.#shown.addEventListener("paste", (event) => {
      this.#open(event.clipboardData?.getData("text/plain") ?? "");
      this.#read();
    });
  }

  /** @param {string} text */
  #open(text) {
    this.#text.value = text;
    this.#explain("");
    this.#form.hidden = false;
    this.#shown.hidden = true;
    this.#text.focus();
    this.#text.setSelectionRange(0, 0);
    this.#text.scrollTop = 0;
  }

  #close() {
    this.#requests.cancel();
    this.#explain("");
    const focused = this.#form.contains(document.activeElement);
    this.#form.hidden = true;
    this.#shown.hidden = false;
    if (focused) this.#shown.focus();
  }

  #read() {
    this.#requests.ask(
      (signal) => readScript(this.#text.value, signal),
      ({ config, notes }) => {
        this.#use(config);
        this.#close();
        const lines = notes.map(({ line, message }) => t("Line {line}: {message}", { line, message }));
        showReason(this.#reason, lines.join("\n"));
      },
      (error) => this.#explain(reasonOf(error)),
    );
  }

  /** @param {string} reason */
  #explain(reason) {
    showReason(this.#reason, reason, this.#text);
  }
}
