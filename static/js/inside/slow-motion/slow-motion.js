// @ts-check
/** One training step line by line: which line is next, and what each did. */

import { byId, setFlag, within } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { set, write } from "../../page/svg.js";
import { elementsOf, offsetOf, parameterName } from "../../run/layers.js";
import { mayChange } from "../../run/may.js";
import { flat, partsOf, residualsOf } from "../../run/residuals.js";
import { LINES } from "../../run/state.js";
import { forwardPicture, gradsPicture, lossPicture, movePicture } from "./line-pictures.js";
import { PURPOSE, sentenceOf, WITHOUT } from "./line-words.js";
import { changesOf } from "./step-changes.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/state.js").LineRan} LineRan */
/** @typedef {import("../model/model.js").Model} Model */
/** @typedef {import("../model/model.js").Actions} Actions */
/** @typedef {import("../../run/snapshot.js").Snapshot} Snapshot */

/**
 * @typedef {object} Card
 * @property {LineRan["line"]} line
 * @property {HTMLElement} element
 * @property {HTMLElement} picture
 * @property {HTMLElement} words
 * @property {HTMLElement} mark how it stands, in a word
 */

/** The states of a run in which another line can run; one that plays is paused first. */
const RUNNING = ["ready", "paused", "playing"];

export class SlowMotion {
  #panel = byId("slow-motion");
  #button = byId("next-line");
  #where = byId("slow-where");
  #live = byId("slow-told");
  #send;
  /** @type {Card[]} */
  #cards;
  /** @type {State | null} */
  #drawn = null;
  /** The newest snapshot, and the one before it. @type {{ before: Snapshot | null, now: Snapshot | null }} */
  #snapshots = { before: null, now: null };

  /** @param {Actions} actions */
  constructor({ send }) {
    this.#send = send;
    this.#button.addEventListener("click", () => this.next());
    this.#button.addEventListener("mousedown", (event) => event.preventDefault());
    this.#cards = LINES.map((line) => {
      const element = within(this.#panel, `[data-line="${line}"]`);
      return {
        line,
        element,
        picture: within(element, ".line-picture"),
        words: within(element, ".line-words"),
        mark: within(element, ".line-mark"),
      };
    });
  }

  /** Runs the next line; a run that plays is paused first. */
  next() {
    const state = this.#drawn;
    if (!canRun(state)) return;
    if (state?.run?.status === "playing") this.#send({ type: "pause" });
    this.#send({ type: "line", count: 1 });
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  draw(state, model) {
    if (state === this.#drawn) return;
    if (state.past === null && state.snapshot !== this.#snapshots.now) {
      this.#snapshots = { before: this.#snapshots.now, now: state.snapshot };
    }
    const { run } = state;
    const can = run !== null && canRun(state);
    set(this.#button, "aria-disabled", String(!can));
    const next = can ? (run.line ?? LINES.find((line) => run.config.loop[line]) ?? null) : null;
    for (const card of this.#cards) this.#stand(card, state, next);
    write(this.#where, can ? whereabouts(run, state.lines) : "");
    // For a class it is there while there is something to tell of a step.
    setFlag(this.#panel, "data-told", state.lines.length > 0);
    this.#showLines(state, model);
    this.#drawn = state;
  }

  /**
   * How a card stands: its line has run, is left out, or waits; and whether it is the next.
   *
   * @param {Card} card
   * @param {State} state
   * @param {LineRan["line"] | null} next
   */
  #stand({ line, element, words, mark }, state, next) {
    const on = state.run?.config.loop[line] ?? true;
    const ran = state.lines.some((other) => other.line === line);
    const isNext = line === next;
    set(element, "data-stand", ran ? "ran" : on ? "waits" : "off");
    element.toggleAttribute("data-next", isNext);
    if (isNext) set(element, "aria-current", "step");
    else element.removeAttribute("aria-current");
    write(mark, isNext ? t("next") : ran ? t("done") : on ? "" : t("off"));
    if (!ran) write(words, t(on ? PURPOSE[line] : WITHOUT[line]));
  }

  /**
   * @param {State} state
   * @param {Model} model
   */
  #showLines(state, model) {
    const anew = state.lines !== this.#drawn?.lines;
    const chosen = state.spotlight.chosen !== this.#drawn?.spotlight.chosen;
    const moved = state.snapshot !== this.#drawn?.snapshot || chosen;
    if (!anew && !(moved && state.lines.length > 0)) return;
    for (const card of this.#cards) {
      const ran = state.lines.find(({ line }) => line === card.line);
      card.element.toggleAttribute("data-stale", !ran);
      if (ran) this.#showLine(card, ran, state, model);
    }
    const last = state.lines.at(-1);
    const card = this.#cards.find(({ line }) => line === last?.line);
    if (card && anew) write(this.#live, `${last?.line}: ${card.words.textContent}`);
  }

  /**
   * @param {Card} card
   * @param {LineRan} ran
   * @param {State} state
   * @param {Model} model
   */
  #showLine({ picture, words }, ran, state, model) {
    const { before, now } = this.#snapshots;
    const what = ran.line === "step" ? "parameters" : "gradients";
    const touches = ran.line !== "forward" && ran.line !== "loss";
    const around = { before: before?.[what] ?? null, after: now?.[what] ?? null };
    const changes = touches ? changesOf(ran, model.layers, around) : null;
    picture.replaceChildren(...this.#pictures(ran, changes, state, model));
    write(words, sentenceOf(state, ran, changes));
  }

  /**
   * @param {LineRan} ran
   * @param {import("./step-changes.js").Changes | null} changes
   * @param {State} state
   * @param {Model} model
   * @returns {Element[]}
   */
  #pictures(ran, changes, state, model) {
    const residuals = residualsOf(state);
    if (ran.line === "forward") return residuals ? [forwardPicture(residuals)] : [];
    if (ran.line === "loss") {
      const loss = flat(ran.changes[0]?.after ?? null)[0] ?? Number.NaN;
      return residuals && state.run
        ? [lossPicture(residuals, partsOf(residuals, state.run.config), loss)]
        : [];
    }
    if (ran.line === "step") return changes ? this.#move(ran, changes, state, model) : [];
    return [gradsPicture(changes?.before ?? null, changes?.after ?? null)];
  }

  /**
   * The move of the parameter that was pressed last, else of the one that moved most.
   *
   * @param {LineRan} ran
   * @param {import("./step-changes.js").Changes} changes
   * @param {State} state
   * @param {Model} model
   */
  #move(ran, { before, after, largest }, { snapshot, run, spotlight: { chosen } }, { layers }) {
    const most = [...elementsOf(layers)].find((element) => offsetOf(layers, element) === largest.at);
    const element = chosen && chosen.layer < layers.length ? chosen : most;
    if (!element || !before || !after || !run) return [];
    const at = offsetOf(layers, element);
    const { optimizer } = run.config;
    const plain = optimizer.name === "SGD" && optimizer.momentum === 0 && optimizer.weight_decay === 0;
    return movePicture({
      name: parameterName(layers, element),
      before: before[at] ?? Number.NaN,
      after: after[at] ?? Number.NaN,
      grad: snapshot?.gradients?.[at] ?? null,
      lr: plain ? ran.lr : null,
    });
  }
}

/**
 * Whether this page can run another line.
 *
 * @param {State | null} state
 */
function canRun(state) {
  return mayChange(state) && RUNNING.includes(state?.run?.status ?? "");
}

/**
 * @param {import("../../run/state.js").RunState} run
 * @param {LineRan[]} lines
 */
function whereabouts(run, [line]) {
  if (run.line !== null) return t("In the middle of step {step}.", { step: run.step + 1 });
  if (line) return t("Step {step} is done.", { step: line.step });
  return t("Next: the first line of step {step}.", { step: run.step + 1 });
}
