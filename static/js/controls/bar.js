// @ts-check
/** The control bar: play, pause, step, reset, and where the run stands. */

import { lossText } from "../page/numbers.js";
import { describe } from "../run/words.js";
import { typed } from "./settings.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../../types/protocol").ClientMessage} ClientMessage */

/** Seeds are drawn small, so that they can be read out in class. */
const SEEDS = 10_000;

/** @type {(state: State, statuses: string[]) => boolean} */
const usable = (state, statuses) =>
  state.link === "open" && state.control && state.run !== null && statuses.includes(state.run.status);

const STILL = ["ready", "paused"];
const ENDED = ["finished", "diverged", "failed"];
const ANY = [...STILL, "playing", ...ENDED];

export class Controls {
  #bar;
  #send;
  #describe;
  /** @type {State | null} */
  #shown = null;

  /**
   * @param {HTMLElement} bar
   * @param {(message: ClientMessage) => void} send
   * @param {(state: State) => import("../run/words.js").Words} [words] how it stands
   */
  constructor(bar, send, words = describe) {
    this.#send = send;
    this.#describe = words;
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (bar.querySelector(`#${id}`));
    this.#bar = {
      play: find("play"),
      step: find("step"),
      runSteps: /** @type {HTMLElement} */ (bar.querySelector("#run-steps button")),
      count: /** @type {HTMLInputElement} */ (find("count")),
      countReason: find("count-reason"),
      pace: /** @type {HTMLSelectElement} */ (find("pace")),
      reset: find("reset"),
      newSeed: find("new-seed"),
      stepCount: find("step-count"),
      maxSteps: find("max-steps"),
      loss: find("loss-now"),
      status: find("status"),
      statusText: find("status-text"),
      ownRun: find("own-run"),
    };
    this.#listen(bar);
  }

  /** @param {HTMLElement} bar */
  #listen(bar) {
    const { play, step, reset, newSeed, pace } = this.#bar;
    // A pressed button does not take the focus, so that Space goes on meaning play and pause; a field that
    // has it gives it up, which sends what was typed there.
    bar.addEventListener("mousedown", (event) => {
      if (!(/** @type {HTMLElement} */ (event.target).closest("button"))) return;
      event.preventDefault();
      /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    });
    play.addEventListener("click", () => this.toggle());
    step.addEventListener("click", () => this.step());
    reset.addEventListener("click", () => this.reset());
    newSeed.addEventListener("click", () => this.#newSeed());
    pace.addEventListener("change", () => {
      if (this.#shown?.run?.status === "playing") this.#play();
    });
    /** @type {HTMLElement} */ (bar.querySelector("#run-steps")).addEventListener("submit", (event) => {
      event.preventDefault();
      const count = /** @type {number} */ (typed(this.#bar.count.value));
      if (this.#can(this.#bar.runSteps)) this.#send({ type: "step", count });
    });
  }

  /** Plays if the run stands still, pauses it if it plays. */
  toggle() {
    if (!this.#can(this.#bar.play)) return;
    if (this.#shown?.run?.status === "playing") this.#send({ type: "pause" });
    else this.#play();
  }

  /** Takes one step. */
  step() {
    if (this.#can(this.#bar.step)) this.#send({ type: "step", count: 1 });
  }

  /** Goes back to step 0 with the same initial weights. */
  reset() {
    if (this.#can(this.#bar.reset)) this.#send({ type: "reset" });
  }

  #play() {
    const pace = this.#bar.pace.value;
    this.#send({ type: "play", steps_per_second: pace === "" ? null : Number(pace) });
  }

  #newSeed() {
    if (!this.#can(this.#bar.newSeed)) return;
    const before = this.#shown?.run?.config.seed;
    const drawn = 1 + Math.floor(Math.random() * SEEDS);
    this.#send({ type: "update", config: { seed: drawn === before ? drawn + 1 : drawn } });
  }

  /** @param {HTMLElement} button */
  #can(button) {
    return button.getAttribute("aria-disabled") !== "true";
  }

  /** @param {State} state */
  draw(state) {
    if (state === this.#shown) return;
    this.#shown = state;
    const bar = this.#bar;
    const playing = state.run?.status === "playing";
    bar.play.toggleAttribute("data-playing", playing);
    bar.play.setAttribute("aria-disabled", String(!usable(state, [...STILL, "playing"])));
    for (const button of [bar.step, bar.runSteps]) {
      button.setAttribute("aria-disabled", String(!usable(state, STILL)));
    }
    for (const button of [bar.reset, bar.newSeed]) {
      button.setAttribute("aria-disabled", String(!usable(state, ANY)));
    }
    bar.reset.toggleAttribute("data-next", usable(state, ENDED));

    const past = state.past?.snapshot;
    bar.stepCount.textContent = state.run === null ? "–" : String(past?.step ?? state.run.step);
    bar.loss.textContent = lossText((past ?? state.snapshot)?.loss ?? null);
    if (state.run) bar.maxSteps.textContent = String(state.run.config.max_steps);

    const { tone, text } = this.#describe(state);
    bar.status.dataset.tone = tone;
    bar.statusText.textContent = text;
    bar.ownRun.hidden = state.control || !["open", "gone", "refused"].includes(state.link);

    const error = state.problem?.errors.find(({ field }) => field === "count");
    bar.countReason.hidden = error === undefined;
    bar.countReason.textContent = error?.message ?? "";
    bar.count.setAttribute("aria-invalid", String(error !== undefined));
  }
}
