// @ts-check
/** Asks the server for what the reader looks back at: first an overview, so that dragging shows something at
 * once; then, where the hand rests, the very step with its neighbours. One request at a time. */

import { passing } from "../page/http.js";
import { Album } from "./album.js";
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

/** What it asks; given by a test in place of the server. */
const SERVER = { snapshotsBetween, snapshotAt };

export class Recall {
  #show;
  #server;
  #album = new Album();
  /** Whose album it is. @type {State["started"]} */
  #started = null;
  /** The newest. @type {State | null} */
  #state = null;
  /** Whether the reader may be about to look back. */
  #near = false;
  #busy = false;
  /** The step that is looked back at; and whether the hand has rested there. */
  #at = { step: -1, rested: false };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;
  /** Whether it waits after a request that failed. */
  #waiting = false;
  /** The step whose neighbours came last: is it not among them, then it is not kept. */
  #tried = -1;

  /** @param {(past: Past) => void} show */
  constructor(show, server = SERVER) {
    this.#show = show;
    this.#server = server;
  }

  /** Gets the overview, before the first move of the hand. */
  approach() {
    this.#near = true;
    this.#goOn();
  }

  /**
   * Whenever the state has changed: shows the nearest there is to what is looked back at, and asks for what is
   * missing.
   *
   * @param {State} state
   */
  follow(state) {
    this.#state = state;
    if (state.started !== this.#started) {
      this.#started = state.started;
      this.#album = new Album();
      this.#tried = -1;
    }
    this.#goOn();
  }

  #goOn() {
    const { past = null, run = null, started = null } = this.#state ?? {};
    if (!run || run.step === 0 || !started || (past === null && !this.#near)) return;
    const step = past?.step ?? run.step;
    this.#rest(step);
    const nearest = this.#album.nearest(step);
    if (past && nearest && nearest !== past.snapshot) return this.#show({ step, snapshot: nearest });
    if (this.#busy || this.#waiting) return;
    this.#near = false;
    const question = this.#question(run, started, nearest?.step !== step && past !== null);
    if (question) this.#ask(question);
  }

  /** Notes where the hand is, and goes on when it has rested there. @param {number} step */
  #rest(step) {
    if (step === this.#at.step) return;
    this.#at = { step, rested: false };
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#at.rested = true;
      this.#goOn();
    }, REST);
  }

  /**
   * @param {import("../../types/protocol").RunState} run
   * @param {import("../../types/protocol").Started} started
   * @param {boolean} missing whether the very step is
   * @returns {(() => Promise<void>) | null}
   */
  #question(run, started, missing) {
    const album = this.#album;
    const { step, rested } = this.#at;
    if (step > album.reach && album.reach < ENOUGH * run.step) {
      return async () =>
        album.spread(await this.#server.snapshotsBetween(run.id, 0, run.step, OVERVIEW), run.step);
    }
    if (!missing || !rested) return null;
    if (step === this.#tried) {
      return async () => album.add([await this.#server.snapshotAt(run.id, step, started.parameters)]);
    }
    return async () => {
      const [from, to] = [Math.max(0, step - AROUND), Math.min(step + AROUND, run.step - 1)];
      album.add(await this.#server.snapshotsBetween(run.id, from, to, to - from + 1));
      this.#tried = step;
    };
  }

  /** @param {() => Promise<void>} question */
  async #ask(question) {
    this.#busy = true;
    try {
      await question();
    } catch (error) {
      // The nearest step goes on being shown; it says which it is.
      this.#waiting = true;
      const goOn = () => {
        this.#waiting = false;
        this.#goOn();
      };
      setTimeout(goOn, Math.max(PATIENCE, passing(error)?.delay ?? 0));
    } finally {
      this.#busy = false;
    }
    this.#goOn();
  }
}
