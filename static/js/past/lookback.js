// @ts-check
/** Asks the server for what the reader looks back at: first an overview, so that dragging shows something at
 * once; then, where the hand rests, the very step with its neighbours. One request at a time. */

import { passing } from "../page/http.js";
import { CLOCK } from "../page/watchdog.js";
import { KeptSnapshots } from "./kept-snapshots.js";
import { snapshotAt, snapshotsBetween } from "./past-requests.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/shown.js").Past} Past */
/** @typedef {import("../run/snapshot.js").Snapshot} Snapshot */

/** Snapshots of the overview, the most that the server gives at once. */
const OVERVIEW = 256;
/** An overview that reaches this share of the run does. */
const ENOUGH = 0.95;
/** How long the hand rests before the very step is asked for, in ms; and how many steps at its either side. */
const REST = 80;
const AROUND = 24;
/** How long to wait after a request that failed, in ms. */
const PATIENCE = 2000;

/** The requests that it makes; a test gives others. */
const SERVER = { snapshotsBetween, snapshotAt };

export class Lookback {
  #show;
  #server;
  #clock;
  #kept = new KeptSnapshots();
  /** The run, and its points, that the snapshots are of. @type {State["started"]} */
  #told = null;
  /** @type {State | null} */
  #state = null;
  /** Whether the reader may be about to look back: the overview is asked for already. */
  #near = false;
  /** Aborts the request under way. @type {AbortController | null} */
  #asking = null;
  /** No request before this time, in ms. */
  #next = 0;
  /** What waits for that time, or for the hand to rest. @type {unknown} */
  #timer;
  /** The step that is looked back at, and since when. */
  #rest = { step: -1, since: 0 };
  /** The step whose neighbours were asked for last: if it is not among them, the server did not keep it. */
  #tried = -1;

  /**
   * @param {(past: Past) => void} show the state that follows from it comes back by `follow`
   * @param {typeof SERVER} [server]
   * @param {import("../page/watchdog.js").Clock} [clock]
   */
  constructor(show, server = SERVER, clock = CLOCK) {
    this.#show = show;
    this.#server = server;
    this.#clock = clock;
  }

  /** Gets the overview, before the first move of the hand. */
  approach() {
    this.#near = true;
    if (this.#state) this.follow(this.#state);
  }

  /**
   * Shows the nearest there is to what is looked back at, and asks for what is missing.
   *
   * @param {State} state that has just changed
   */
  follow(state) {
    this.#state = state;
    const { past, run, started } = state;
    if (started !== this.#told) this.#forget(started);
    this.#clock.clear(this.#timer);
    if (!run || run.step === 0 || !started || (past === null && !this.#near)) return;
    const step = past?.step ?? run.step;
    if (step !== this.#rest.step) this.#rest = { step, since: this.#clock.now() };
    const nearest = this.#kept.nearest(step);
    if (past && nearest && nearest !== past.snapshot) return this.#show({ step, snapshot: nearest });
    if (this.#asking) return;
    const wait = this.#next - this.#clock.now();
    if (wait > 0) return this.#later(wait);
    this.#near = false;
    const question = this.#question(run, started, nearest?.step !== step && past !== null);
    if (question) this.#ask(question);
  }

  /** Another run, or other points. @param {State["started"]} started */
  #forget(started) {
    this.#told = started;
    this.#kept = new KeptSnapshots();
    this.#tried = -1;
    this.#asking?.abort();
    this.#asking = null;
  }

  /** @param {number} wait in ms */
  #later(wait) {
    this.#timer = this.#clock.set(() => this.#state && this.follow(this.#state), wait);
  }

  /**
   * @param {import("../../types/protocol").RunState} run
   * @param {import("../../types/protocol").Started} started
   * @param {boolean} missing whether the very step is
   * @returns {((signal: AbortSignal) => Promise<() => void>) | null} asks, and gives what to do with the answer
   */
  #question(run, started, missing) {
    const [kept, server] = [this.#kept, this.#server];
    const { step, since } = this.#rest;
    if (step > kept.reach && kept.reach < ENOUGH * run.step) {
      return async (signal) => {
        const overview = await server.snapshotsBetween(run.id, 0, run.step, OVERVIEW, signal);
        return () => kept.spread(overview, run.step);
      };
    }
    if (!missing) return null;
    const rest = since + REST - this.#clock.now();
    if (rest > 0) {
      this.#later(rest);
      return null;
    }
    if (step === this.#tried) {
      return async (signal) => {
        const snapshot = await server.snapshotAt(run.id, step, started.parameters, signal);
        return () => kept.add([snapshot]);
      };
    }
    return async (signal) => {
      const [from, to] = [Math.max(0, step - AROUND), Math.min(step + AROUND, run.step - 1)];
      const near = await server.snapshotsBetween(run.id, from, to, to - from + 1, signal);
      return () => {
        kept.add(near);
        this.#tried = step;
      };
    };
  }

  /** @param {(signal: AbortSignal) => Promise<() => void>} question */
  async #ask(question) {
    const asking = new AbortController();
    this.#asking = asking;
    const { signal } = asking;
    try {
      const apply = await question(signal);
      if (signal.aborted) return;
      apply();
    } catch (error) {
      if (signal.aborted) return;
      // The nearest step goes on being shown; it says which it is.
      this.#next = this.#clock.now() + Math.max(PATIENCE, passing(error)?.delay ?? 0);
    }
    this.#asking = null;
    if (this.#state) this.follow(this.#state);
  }
}
