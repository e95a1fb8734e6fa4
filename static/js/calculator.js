// @ts-check
/** The calculator page: a program in the editor, and what the server says it did. */

import { Announcer } from "./announcer.js";
import { Editor } from "./editor.js";
import { derive } from "./gradients.js";
import { Refusal } from "./http.js";
import { t } from "./i18n.js";
import { Results, stopped } from "./results.js";

/** @typedef {import("./words.js").Tone} Tone */

const DRAFT = "program";

class CalculatorPage {
  #status;
  #statusText;
  #button;
  #announcer;
  #editor;
  #results = new Results();
  #example;
  /** Ends the run under way when another begins, so that a stale answer is never shown. */
  #underWay = new AbortController();

  constructor() {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
    this.#status = find("status");
    this.#statusText = find("status-text");
    this.#button = find("run");
    this.#announcer = new Announcer(find("live"));
    this.#editor = new Editor(find("editor"), { onChange: () => this.#changed(), onRun: () => this.run() });
    this.#example = this.#editor.value;
    this.#editor.value = sessionStorage.getItem(DRAFT) ?? this.#example;
    this.#button.addEventListener("click", () => this.run());
    find("example").addEventListener("click", () => {
      this.#editor.value = this.#example;
      this.#changed();
    });
  }

  /** Runs the program in the editor; a run already under way is given up. */
  async run() {
    this.#underWay.abort();
    this.#underWay = new AbortController();
    const { signal } = this.#underWay;
    this.#editor.mark(null);
    this.#results.busy = true;
    this.#say("busy", t("Running…"));
    try {
      const derivation = await derive(this.#editor.value, signal, (reason) => this.#say("wait", reason));
      if (signal.aborted) return;
      this.#results.show(derivation);
      this.#conclude(derivation);
    } catch (error) {
      if (signal.aborted) return;
      this.#say("bad", refusal(error));
    }
    this.#results.busy = false;
  }

  /** @param {import("../types/protocol").Derivation} derivation */
  #conclude({ error, variables }) {
    if (error === null) {
      this.#say("done", t("Done."));
      const gradients = variables.filter((variable) => variable.grad_state === "value");
      const heard = gradients.map(({ name, grad }) => `${name}.grad = ${grad}`);
      this.#announcer.tell([t("Done."), ...heard].join(" "), performance.now());
      return;
    }
    this.#editor.mark(error.line);
    this.#say("bad", stopped(error));
  }

  #changed() {
    sessionStorage.setItem(DRAFT, this.#editor.value);
    this.#say("still", t("Changed. Press Run to see what it does."));
  }

  /**
   * @param {Tone} tone
   * @param {string} text
   */
  #say(tone, text) {
    this.#status.dataset.tone = tone;
    if (this.#statusText.textContent === text) return;
    this.#statusText.textContent = text;
    if (tone !== "still") this.#announcer.tell(text, performance.now());
  }
}

/** @param {unknown} error */
function refusal(error) {
  if (error instanceof Refusal) return error.message;
  if (error instanceof DOMException) return t("The server did not answer in time. Press Run to try again.");
  return t("The server cannot be reached. Press Run to try again.");
}

new CalculatorPage();
