// @ts-check
/** A script that is typed or pasted: the server runs its first steps, and tells the settings that they show. */

import { byId, within } from "../page/dom.js";
import { Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
import { Newest } from "../page/newest.js";
import { toFragment } from "../page/program-link.js";
import { reasonOf, showReason } from "../page/refusal.js";
import { ROOT } from "../page/root.js";
import { readScript } from "./script-requests.js";

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

export class ScriptEditor {
  #shown;
  #form;
  #text;
  #reason;
  /** Leads to the calculator with a script that is no run. */
  #live;
  #use;
  #requests = new Newest();

  /** @param {{ current: () => string, use: (config: RunConfig) => void }} actions */
  constructor({ current, use }) {
    this.#use = use;
    this.#shown = byId("script");
    this.#form = byId("script-editor");
    this.#text = byId("script-text", HTMLTextAreaElement);
    this.#reason = byId("script-reason");
    this.#live = byId("script-live");
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
    const script = this.#text.value;
    this.#requests.ask(
      (signal) => readScript(script, signal),
      ({ config, notes }) => {
        this.#use(config);
        this.#close();
        showReason(this.#reason, notes.map(atLine).join("\n"));
      },
      (error) => this.#refuse(error, script),
    );
  }

  /**
   * Says all reasons why a script is no run, and offers to run it as a program.
   *
   * @param {unknown} error
   * @param {string} script
   */
  async #refuse(error, script) {
    const about = error instanceof Refusal ? error.problem.errors : [];
    if (about.length === 0) return this.#explain(reasonOf(error));
    this.#explain(about.map(atLine).join("\n"));
    const link = within(this.#live, "a", HTMLAnchorElement);
    link.href = `${ROOT}/calculator${await toFragment({ program: script, beside: null })}`;
    this.#live.hidden = this.#reason.hidden;
  }

  /** @param {string} reason */
  #explain(reason) {
    this.#live.hidden = true;
    showReason(this.#reason, reason, this.#text);
  }
}

/** @param {{ line?: number | null, message: string }} said */
function atLine({ line, message }) {
  return line ? t("Line {line}: {message}", { line, message }) : message;
}
