// @ts-check
/** Which run the page shows: its own, one the address names, or a new one; and the stream that brings it. */

import { passing, Refusal } from "./http.js";
import { createRun, findRun, ownRun, rememberRun } from "./runs.js";
import { Stream } from "./stream.js";

/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("../types/protocol").ClientMessage} ClientMessage */
/** @typedef {import("../types/protocol").RunConfig} RunConfig */

/** At least so long between two attempts to make a run, in ms. */
const PATIENCE = 1000;
const FORBIDDEN = 403;

export class Session {
  #receive;
  #lossesFrom;
  /** @type {Stream | null} */
  #stream = null;
  /** @type {import("./runs.js").OwnRun | null} */
  #own = null;

  /**
   * @param {(message: Message) => void} receive
   * @param {(run: string) => number} lossesFrom the first step whose loss the page still needs
   */
  constructor(receive, lossesFrom) {
    this.#receive = receive;
    this.#lossesFrom = lossesFrom;
  }

  /**
   * Follows the run the address names; else makes one with the settings it names; else goes on with this tab's
   * own; else makes the lesson's.
   *
   * @param {string | null} named
   * @param {Partial<RunConfig> | null} config
   */
  start(named, config) {
    const own = ownRun();
    if (named !== null && named !== own?.id) return this.#follow(named);
    if (own === null || (named === null && config !== null)) return this.create(config ?? {});
    this.#own = own;
    return this.#follow(own.id);
  }

  /**
   * A new run, which this tab owns. While the server is not ready it tries again.
   *
   * @param {Partial<RunConfig>} config what is left out is the lesson's
   */
  async create(config) {
    this.#stream?.close();
    try {
      this.adopt(await createRun(config));
    } catch (error) {
      this.#createLater(config, error);
    }
  }

  /** Goes on with a run that this tab has just come to own. @param {import("./runs.js").OwnRun} run */
  adopt(run) {
    this.#stream?.close();
    this.#own = run;
    rememberRun(run);
    this.#follow(run.id);
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#stream?.send(message);
  }

  /** Asks again for losses that are missing. */
  reopen() {
    this.#stream?.reopen();
  }

  /** Connects now, without waiting for the next try. */
  retry() {
    this.#stream?.retry();
  }

  /**
   * @param {Partial<RunConfig>} config
   * @param {unknown} error
   */
  #createLater(config, error) {
    const wait = passing(error);
    if (wait !== null) {
      const { link, problem, delay } = wait;
      this.#receive({ type: "link", link, ...(problem ? { problem } : {}) });
      setTimeout(() => this.create(config), Math.max(delay, PATIENCE));
    } else if (error instanceof Refusal) {
      this.#receive({ type: "link", link: "refused", problem: error.problem });
    }
  }

  /** @param {string} runId */
  #follow(runId) {
    this.#stream = new Stream({
      runId,
      token: this.#own?.id === runId ? this.#own.owner_token : null,
      lossesFrom: () => this.#lossesFrom(runId),
      find: findRun,
      receive: (message) => this.#hear(message),
    });
  }

  /** @param {Message} message */
  #hear(message) {
    if (message.type === "link" && message.link === "gone" && this.#own !== null) {
      this.#receive({ type: "remade" });
      this.create(this.#own.config);
      return;
    }
    if (message.type === "failed" && message.problem.status === FORBIDDEN && this.#own !== null) {
      // The token no longer counts: what is left is to watch.
      this.#stream?.close();
      const { id } = this.#own;
      this.#own = null;
      this.#follow(id);
      return;
    }
    if (this.#own !== null && (message.type === "started" || message.type === "updated")) {
      this.#own = { ...this.#own, config: message.type === "started" ? message.run.config : message.config };
      rememberRun(this.#own);
    }
    this.#receive(message);
  }
}
