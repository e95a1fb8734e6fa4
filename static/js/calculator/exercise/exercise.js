// @ts-check
/** Exercise mode: the page asks about the program, the reader answers, and only then does torch run it. */

import { byId, setHidden, within } from "../../page/dom.js";
import { Refusal } from "../../page/http.js";
import { t } from "../../page/i18n.js";
import { tab } from "../../page/memory.js";
import { Newest } from "../../page/newest.js";
import { UnknownShape } from "../../page/record.js";
import { isReadable } from "./answers.js";
import { drillIn, fragmentOf, INITIAL, isComplete, isHiding, nextDrill, reduce, scoreIn } from "./asking.js";
import { exerciseView, wordsOf } from "./question-list.js";
import { ask, drill, mark } from "./requests.js";

/** @typedef {import("../../../types/protocol").Drill["kind"]} DrillKind */
/** @typedef {import("./asking.js").DrillAddress} DrillAddress */
/** @typedef {import("./asking.js").Message} Message */
/** @typedef {import("./asking.js").State} State */

/**
 * What the page does for an exercise.
 *
 * @typedef {object} Page
 * @property {() => string} program the one in the editor
 * @property {(program: string) => void} pose puts one there without running it
 * @property {() => void} run runs it, and shows what became of it
 * @property {(hiding: boolean) => void} hide takes the results away, so that nothing tells an answer
 * @property {(text: string) => void} tell says something to a screen reader
 */

const SCORE = "score";
/** One more than the largest seed of a drill on offer: short enough to be read out. */
const SEEDS = 100_000;

export class Exercise {
  #panel = byId("exercise");
  #opener = byId("predict");
  #kind = byId("drill-kind", HTMLSelectElement);
  #level = byId("drill-level", HTMLSelectElement);
  #page;
  #draw;
  /** @type {State} */
  #state = { ...INITIAL, score: scoreIn(tab.get(SCORE)) };
  #requests = new Newest();

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#draw = exerciseView(this.#panel, (id, written) => this.#dispatch({ type: "write", id, written }));
    this.#opener.addEventListener("click", () => {
      if (this.#state.phase === "closed") this.#ask();
      else this.#dispatch({ type: "close" });
    });
    within(this.#panel, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.check();
    });
    within(this.#panel, '[data-part="again"]').addEventListener("click", () => this.#ask());
    within(this.#panel, '[data-part="drill"]').addEventListener("click", () => {
      const chosen = { kind: /** @type {DrillKind} */ (this.#kind.value), level: Number(this.#level.value) };
      this.open(nextDrill(this.#state, chosen, Math.floor(Math.random() * SEEDS)));
    });
    this.#draw(this.#state);
  }

  /** Whether the results are hidden now. */
  get hiding() {
    return isHiding(this.#state);
  }

  /** How the answers went; "": nothing was answered. */
  get verdict() {
    return this.#state.phase === "marked" ? wordsOf(this.#state) : "";
  }

  /** @param {string} fragment of the page's address @returns {boolean} whether it names a drill, which is opened */
  openLink(fragment) {
    const address = drillIn(fragment);
    if (address) this.open(address);
    return address !== null;
  }

  /** @param {DrillAddress} address */
  open(address) {
    this.#dispatch({ type: "ask", program: "", drill: address });
    this.#kind.value = address.kind;
    this.#level.value = String(address.level);
    this.#requests.ask(
      (signal) => drill(address, signal),
      ({ program, questions }) => {
        this.#page.pose(program);
        history.replaceState(null, "", location.pathname + location.search + fragmentOf(address));
        this.#asked(program, questions);
      },
      (error) => this.#fail(error),
    );
  }

  /** The program in the editor is another one. @param {string} program */
  edited(program) {
    this.#dispatch({ type: "edited", program });
  }

  /** Has torch run the program and mark the answers; where one is missing, goes there. */
  check() {
    const { questions, written } = this.#state;
    const missing = questions.find((question) => !isReadable(question, written[question.id]));
    if (missing) this.#focus(missing.id);
    if (missing || !isComplete(this.#state)) return;
    this.#dispatch({ type: "mark" });
    if (this.#state.phase !== "marking") return;
    this.#requests.ask(
      (signal) => mark(this.#state, signal),
      ({ marks }) => {
        this.#dispatch({ type: "marked", marks });
        tab.set(SCORE, JSON.stringify(this.#state.score));
        this.#page.run();
      },
      (error) => this.#fail(error),
    );
  }

  #ask() {
    const program = this.#page.program();
    this.#dispatch({ type: "ask", program, drill: null });
    this.#requests.ask(
      (signal) => ask(program, signal),
      ({ questions }) => this.#asked(program, questions),
      (error) => this.#fail(error),
    );
  }

  /** @param {string} program @param {import("./asking.js").Question[]} questions */
  #asked(program, questions) {
    this.#dispatch({ type: "asked", program, questions });
    if (questions[0]) this.#focus(questions[0].id);
    this.#page.tell(wordsOf(this.#state));
  }

  /** @param {string} id of a question */
  #focus(id) {
    const row = within(this.#panel, `[data-question="${CSS.escape(id)}"]`);
    within(row, "input, button").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** @param {unknown} error */
  #fail(error) {
    const text =
      error instanceof Refusal
        ? error.message
        : error instanceof UnknownShape
          ? t("This page is from another version of the server. Reload it.")
          : t("The server cannot be reached.");
    this.#dispatch({ type: "refused", text });
    this.#page.tell(text);
  }

  /** @param {Message} message */
  #dispatch(message) {
    const before = this.#state;
    this.#state = reduce(before, message);
    if (this.#state === before) return;
    if (message.type === "close") this.#requests.cancel();
    const closed = this.#state.phase === "closed";
    setHidden(this.#panel, closed, this.#opener);
    this.#opener.setAttribute("aria-pressed", String(!closed));
    this.#draw(this.#state);
    if (isHiding(before) === isHiding(this.#state)) return;
    this.#page.hide(isHiding(this.#state));
    if (closed) this.#page.run();
  }
}
