// @ts-check
/** Asking the class: what is on offer about the screen, and a poll of the teacher's own. */

import { button, byId, html, replaceChildren, within } from "../page/dom.js";
import { t, tn } from "../page/i18n.js";
import { Newest } from "../page/newest.js";
import { reasonOf } from "../page/refusal.js";
import { offersOf } from "./offers.js";

/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("../../types/protocol").Ask} Ask */
/** @typedef {import("./offers.js").Offer} Offer */

const STEPS = [20, 50, 200, 1000];
const USUAL = 200;
const FEWEST_CHOICES = 2;
const MOST_CHOICES = 8;

export class AskView {
  #parts;
  #screen;
  #ask;
  #steps = USUAL;
  #requests = new Newest();

  /**
   * @param {() => Screen} screen what would be asked about
   * @param {(question: Ask) => Promise<string>} ask asks it; says why not, "" where it was asked
   */
  constructor(screen, ask) {
    const root = byId("asks");
    this.#parts = {
      words: within(root, '[data-part="words"]'),
      offers: within(root, '[data-part="offers"]'),
      text: byId("poll-text", HTMLInputElement),
      choices: byId("poll-choices", HTMLTextAreaElement),
    };
    this.#screen = screen;
    this.#ask = ask;
    within(root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#poll();
    });
  }

  /** Brings what is on offer now. */
  open() {
    const screen = this.#screen();
    this.#say(t("Looking at the screen…"));
    replaceChildren(this.#parts.offers);
    this.#requests.ask(
      (signal) => offersOf(screen, this.#steps, signal),
      (offers) => {
        this.#say(
          offers.length === 0 ? t("About this screen nothing is on offer; ask something of your own.") : "",
        );
        const runs = screen.kind === "run" || screen.kind === "comparison";
        replaceChildren(
          this.#parts.offers,
          ...(runs ? [this.#stepsChoice()] : []),
          ...offers.map((offer) => this.#item(offer)),
        );
      },
      (error) => this.#say(reasonOf(error)),
    );
  }

  /** How many steps the runs shall take. */
  #stepsChoice() {
    const choices = STEPS.map((steps) => {
      const choice = button(tn("{count} step", "{count} steps", steps), () => {
        this.#steps = steps;
        this.open();
      });
      choice.dataset.key = `steps ${steps}`;
      choice.setAttribute("aria-pressed", String(steps === this.#steps));
      return choice;
    });
    const group = html("div", "asks-steps", ...choices);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", t("How many steps"));
    return html("li", "asks-wide", group);
  }

  /** @param {Offer} offer */
  #item({ title, note, about }) {
    const element = html("button", "shelf-item", html("strong", "", title));
    if (note) element.append(html("span", "", note));
    element.setAttribute("type", "button");
    element.addEventListener("click", async () => {
      this.#say(t("Asking…"));
      try {
        this.#say(await this.#ask({ text: null, about: await about() }));
      } catch (error) {
        this.#say(reasonOf(error));
      }
    });
    return html("li", "", element);
  }

  async #poll() {
    const { text, choices } = this.#parts;
    const lines = choices.value.split("\n").map((line) => line.trim());
    const given = lines.filter((line) => line !== "").slice(0, MOST_CHOICES);
    if (text.value.trim() === "" || given.length < FEWEST_CHOICES) {
      this.#say(t("A poll needs a question and at least two choices."));
      (text.value.trim() === "" ? text : choices).focus();
      return;
    }
    const refused = await this.#ask({ text: text.value.trim(), about: { kind: "poll", choices: given } });
    this.#say(refused);
    if (refused !== "") return;
    text.value = "";
    choices.value = "";
  }

  /** @param {string} text */
  #say(text) {
    this.#parts.words.textContent = text;
  }
}
