// @ts-check
/** The script of the present settings, coloured, with a line that can be lit. */

import { CHANGED } from "../page/appearance.js";
import { byId, html } from "../page/dom.js";
import { passing } from "../page/http.js";
import { t } from "../page/i18n.js";
import { Newest } from "../page/newest.js";
import { colour } from "../page/python.js";
import { reasonOf } from "../page/refusal.js";
import { writeScript } from "./script-requests.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {NonNullable<import("../../types/protocol").RunState["line"]>} LineName */
/** @typedef {import("./script-requests.js").Script} Script */

/** The shortest time between two requests while the server is not ready, in ms. */
const PATIENCE = 1000;
/** The first line of the training loop, and how far above it the view begins, in lines. */
const FIRST = "forward";
const ABOVE = 1.1;

export class ScriptPanel {
  #place = byId("script");
  #copy = byId("copy-script");
  #requests = new Newest();
  /** The present settings. @type {RunConfig | null} */
  #config = null;
  /** Their script; null until it has come. @type {Script | null} */
  #script = null;
  /** @type {HTMLElement[]} */
  #lines = [];
  /** @type {LineName | null} */
  #lit = null;

  constructor() {
    document.addEventListener(CHANGED, () => this.#startAtLoop());
  }

  /** The script of the present settings; empty while there is none. */
  get text() {
    return this.#script?.script ?? "";
  }

  /** @param {State} state */
  draw({ run }) {
    const line = run?.line ?? null;
    if (line !== this.#lit) this.light(line);
    if (run === null || run.config === this.#config) return;
    this.#config = run.config;
    this.#request(run.config);
  }

  /**
   * Asks for the script of the present settings. Until it has come there is none to copy: what is still shown is
   * that of the settings before.
   *
   * @param {RunConfig} config
   */
  #request(config) {
    this.#know(null);
    this.#requests.ask(
      (signal) => writeScript(config, signal),
      (script) => this.#show(script),
      (error) => this.#fail(config, error),
    );
  }

  /** @param {Script | null} script */
  #know(script) {
    this.#script = script;
    this.#copy.setAttribute("aria-disabled", String(script === null));
  }

  /**
   * @param {RunConfig} config
   * @param {unknown} error
   */
  #fail(config, error) {
    const wait = passing(error);
    const reason = wait ? t("The script cannot be shown now.") : reasonOf(error);
    this.#lines = [];
    this.#place.replaceChildren(html("span", "reason", reason));
    if (!wait) return;
    const again = () => config === this.#config && this.#request(config);
    setTimeout(again, Math.max(wait.delay, PATIENCE));
  }

  /**
   * Lights the line of the loop that runs.
   *
   * @param {LineName | null} name null: none
   */
  light(name) {
    this.#lit = name;
    const number = name === null ? undefined : this.#script?.lines[name];
    for (const [i, line] of this.#lines.entries()) line.toggleAttribute("data-lit", i + 1 === number);
    if (number !== undefined) this.#bringIntoView(number - 1, number - 1);
  }

  /**
   * @param {RunConfig} config
   * @param {AbortSignal} signal
   */
  async #write(config, signal) {
    try {
      const script = await writeScript(config, signal);
      if (!signal.aborted) this.#show(script);
    } catch (error) {
      if (signal.aborted) return;
      const wait = passing(error);
      if (wait)
        setTimeout(() => signal.aborted || this.#write(config, signal), Math.max(wait.delay, PATIENCE));
      if (this.#script === null) this.#place.textContent = t("The script cannot be shown now.");
    }
  }

  /** @param {Script} script */
  #show(script) {
    const before = this.#lines.map((line) => line.textContent);
    this.#lines = colour(script.script.replace(/\n$/, "")).map((pieces) =>
      html(
        "span",
        "line",
        ...pieces.map(({ kind, text }) => html("span", kind === "text" ? "" : `code-${kind}`, text)),
      ),
    );
    const after = this.#lines.map((line) => line.textContent);
    this.#know(script);
    this.#place.replaceChildren(...this.#lines.flatMap((line) => [line, "\n"]));
    if (before.length === 0) this.#startAtLoop();
    else this.#markChanged(before, after);
    this.light(this.#lit);
  }

  /** Scrolls to the training loop, which is what the page is about. */
  #startAtLoop() {
    const line = this.#lines[(this.#script?.lines[FIRST] ?? 1) - 1];
    if (line) this.#place.scrollTop = line.offsetTop - this.#place.offsetTop - ABOVE * line.offsetHeight;
  }

  /**
   * Shows which lines a change of the settings has changed.
   *
   * @param {(string | null)[]} before
   * @param {(string | null)[]} after
   */
  #markChanged(before, after) {
    const known = new Set(before);
    const fresh = [...after.keys()].filter((i) => after[i] !== "" && !known.has(after[i] ?? null));
    for (const i of fresh) this.#lines[i]?.setAttribute("data-fresh", "");
    if (fresh.length > 0)
      this.#bringIntoView(/** @type {number} */ (fresh[0]), /** @type {number} */ (fresh.at(-1)));
  }

  /**
   * Scrolls the panel, never the page.
   *
   * @param {number} from
   * @param {number} to
   */
  #bringIntoView(from, to) {
    const [first, last] = [this.#lines[from], this.#lines[to]];
    if (!first || !last) return;
    const top = first.offsetTop - this.#place.offsetTop;
    const bottom = last.offsetTop + last.offsetHeight - this.#place.offsetTop;
    const { scrollTop, clientHeight } = this.#place;
    if (top < scrollTop || bottom > scrollTop + clientHeight) {
      this.#place.scrollTop = Math.max(0, top - clientHeight / 3);
    }
  }
}
