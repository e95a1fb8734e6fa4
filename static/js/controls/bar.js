// @ts-check
/** The control bar: play, pause, step, reset, and where the run stands. */

import { when } from "../page/changes.js";
import { byId, setHidden, within } from "../page/dom.js";
import { tn } from "../page/i18n.js";
import { lossText } from "../page/numbers.js";
import { showReason } from "../page/refusal.js";
import { describe } from "../run/words.js";
import { typed } from "./settings.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../../types/protocol").ClientMessage} ClientMessage */

/**
 * What the bar controls.
 *
 * @typedef {object} Controlled
 * @property {() => State} state as it is at this moment
 * @property {(message: ClientMessage) => void} send
 * @property {(pace: number | null) => void} choose a pace for the next Play
 */

/** Seeds are drawn small, so that they can be read out in class. */
const SEEDS = 10_000;

/** @type {(state: State, statuses: string[]) => boolean} */
const usable = (state, statuses) =>
  state.link === "open" && state.control && state.run !== null && statuses.includes(state.run.status);

const STILL = ["ready", "paused"];
const GOING = [...STILL, "playing"];
const ENDED = ["finished", "diverged", "failed"];
const ANY = [...GOING, ...ENDED];
/** States of the connection in which a viewer is offered a run of their own. */
const SETTLED = ["open", "gone", "refused"];

export class Controls {
  #bar;
  #controlled;
  #views;

  /**
   * @param {HTMLElement} bar
   * @param {Controlled} controlled
   * @param {(state: State) => import("../run/words.js").Words} [words] what the status says
   */
  constructor(bar, controlled, words = describe) {
    this.#controlled = controlled;
    this.#bar = {
      play: byId("play"),
      step: byId("step"),
      runSteps: within(bar, "#run-steps button"),
      form: byId("run-steps"),
      count: byId("count", HTMLInputElement),
      countReason: byId("count-reason"),
      pace: byId("pace", HTMLSelectElement),
      reset: byId("reset"),
      newSeed: byId("new-seed"),
      stepCount: byId("step-count"),
      maxSteps: byId("max-steps"),
      loss: byId("loss-now"),
      status: byId("status"),
      statusText: byId("status-text"),
      ownRun: byId("own-run"),
      reload: byId("reload"),
    };
    this.#listen(bar);
    this.#views = [this.#buttons(), this.#figures(), this.#status(words), this.#pace(), this.#reason()];
  }

  /** @param {HTMLElement} bar */
  #listen(bar) {
    const { play, step, form, reset, newSeed, pace, reload } = this.#bar;
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
    reload.addEventListener("click", () => location.reload());
    pace.addEventListener("change", () => {
      this.#controlled.choose(pace.value === "" ? null : Number(pace.value));
      if (this.#isPlaying) this.#play();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const count = /** @type {number} */ (typed(this.#bar.count.value));
      if (this.#can(STILL)) this.#controlled.send({ type: "step", count });
    });
  }

  /** Plays if the run stands still, pauses it if it plays. */
  toggle() {
    if (!this.#can(GOING)) return;
    if (this.#isPlaying) this.#controlled.send({ type: "pause" });
    else this.#play();
  }

  /** Takes one step. */
  step() {
    if (this.#can(STILL)) this.#controlled.send({ type: "step", count: 1 });
  }

  /** Goes back to step 0 with the same initial weights. */
  reset() {
    if (this.#can(ANY)) this.#controlled.send({ type: "reset" });
  }

  #play() {
    this.#controlled.send({ type: "play", steps_per_second: this.#controlled.state().pace });
  }

  #newSeed() {
    if (!this.#can(ANY)) return;
    const before = this.#controlled.state().run?.config.seed;
    const drawn = 1 + Math.floor(Math.random() * SEEDS);
    this.#controlled.send({ type: "update", config: { seed: drawn === before ? drawn + 1 : drawn } });
  }

  /** @param {string[]} statuses */
  #can(statuses) {
    return usable(this.#controlled.state(), statuses);
  }

  get #isPlaying() {
    return this.#controlled.state().run?.status === "playing";
  }

  /** @param {State} state */
  draw(state) {
    for (const view of this.#views) view(state);
  }

  #buttons() {
    const { play, step, runSteps, reset, newSeed, ownRun, reload } = this.#bar;
    return when(
      (/** @type {State} */ state) => [
        usable(state, GOING),
        usable(state, STILL),
        usable(state, ANY),
        usable(state, ENDED),
        state.run?.status === "playing",
        !state.control && SETTLED.includes(state.link),
        state.link === "stale",
      ],
      (going, still, any, ended, playing, watching, stale) => {
        const needed = new Map([
          [play, going],
          [step, still],
          [runSteps, still],
          [reset, any],
          [newSeed, any],
        ]);
        for (const [button, can] of needed) button.setAttribute("aria-disabled", String(!can));
        play.toggleAttribute("data-playing", playing);
        reset.toggleAttribute("data-next", ended);
        setHidden(ownRun, !watching, play);
        setHidden(reload, !stale, play);
      },
    );
  }

  #figures() {
    const { stepCount, maxSteps, loss } = this.#bar;
    return when(
      (/** @type {State} */ { run, past, snapshot }) => [
        run === null ? null : (past?.snapshot?.step ?? run.step),
        (past?.snapshot ?? snapshot)?.loss ?? null,
        run?.config.max_steps,
      ],
      (step, newest, most) => {
        stepCount.textContent = step === null ? "–" : String(step);
        loss.textContent = lossText(newest);
        if (most !== undefined) maxSteps.textContent = String(most);
      },
    );
  }

  /** @param {(state: State) => import("../run/words.js").Words} words */
  #status(words) {
    const { status, statusText } = this.#bar;
    return when(
      (/** @type {State} */ state) => {
        const { tone, text } = words(state);
        return [tone, text];
      },
      (tone, text) => {
        status.dataset.tone = tone;
        statusText.textContent = text;
      },
    );
  }

  #pace() {
    const select = this.#bar.pace;
    return when(
      (/** @type {State} */ { pace }) => [pace],
      (pace) => {
        const value = pace === null ? "" : String(pace);
        const offered = Array.from(select.options).some((option) => option.value === value);
        // Somebody who plays the run by other means may have chosen any.
        if (!offered) select.add(new Option(tn("{count} step/s", "{count} steps/s", pace ?? 0), value));
        select.value = value;
      },
    );
  }

  /** Why a number of steps was refused. */
  #reason() {
    const { count, countReason } = this.#bar;
    return when(
      (/** @type {State} */ { problem }) => [
        problem?.errors.find(({ field }) => field === "count")?.message ?? null,
      ],
      (reason) => {
        showReason(countReason, reason ?? "", count);
      },
    );
  }
}
