// @ts-check
/**
 * Which run the page shows: its own, one the address names, or a new one; and the stream that brings it. The same
 * for a comparison of several runs, which is another kind of thing to follow.
 */

import { passing, Refusal } from "../page/http.js";
import { Stream } from "./stream.js";

/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("./state.js").PageMessage} PageMessage */
/** @typedef {import("../../types/protocol").ClientMessage} ClientMessage */

/** @typedef {{ step: number }} Picture */

/** What this tab has made: its id, the token that lets one command it, and what it was made of.
 * @typedef {{ id: string, owner_token: string, config: any }} Own */

/**
 * What can be followed.
 *
 * @template M what its stream brings
 * @typedef {object} Kind
 * @property {string} path of all of them on the server
 * @property {(config: any) => Promise<Own>} create makes one, with what is given or else the lesson's settings
 * @property {(id: string) => Promise<unknown>} find
 * @property {() => Own | null} own
 * @property {(own: Own) => void} remember
 * @property {(own: Own) => void} leave called for one that was made when another was already wanted
 * @property {(message: M) => unknown} configIn what it would now be made of again, where a message tells; else null
 * @property {(message: ArrayBuffer) => M} decode
 */

/** At least so long between two attempts to make a run, in ms. */
const PATIENCE = 1000;
const FORBIDDEN = 403;

/** @template M */
export class Session {
  #kind;
  #receive;
  #lossesFrom;
  /** @type {Stream<M> | null} */
  #stream = null;
  /** @type {Own | null} */
  #own = null;
  /** What the newest one is made of. @type {unknown} */
  #wanted = null;
  /** The last picture that came, even if the run has begun anew since. @type {Picture | null} */
  #newest = null;
  /** @type {Picture | null} */
  #acknowledged = null;

  /**
   * @param {Kind<M>} kind
   * @param {(message: M | PageMessage) => void} receive
   * @param {(run: string) => number} lossesFrom the first step whose loss the page still needs
   */
  constructor(kind, receive, lossesFrom) {
    this.#kind = kind;
    this.#receive = receive;
    this.#lossesFrom = lossesFrom;
  }

  /**
   * Follows the run the address names; else makes one with the settings it names; else goes on with this tab's
   * own; else makes the lesson's.
   *
   * @param {string | null} named
   * @param {any} config null: it names none
   */
  start(named, config) {
    const own = this.#kind.own();
    if (named !== null && named !== own?.id) return this.#follow(named);
    if (own === null || (named === null && config !== null)) return this.create(config ?? {});
    this.#own = own;
    return this.#follow(own.id);
  }

  /**
   * A new run, which this tab owns. While the server is not ready it tries again.
   *
   * @param {any} config what is left out is the lesson's
   */
  async create(config) {
    this.#stream?.close();
    this.#wanted = config;
    try {
      const made = await this.#kind.create(config);
      if (config === this.#wanted) this.adopt(made);
      else this.#kind.leave(made);
    } catch (error) {
      if (config === this.#wanted) this.#createLater(config, error);
    }
  }

  /** Goes on with a run that this tab has just come to own. @param {Own} run */
  adopt(run) {
    this.#stream?.close();
    this.#own = run;
    this.#kind.remember(run);
    this.#follow(run.id);
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#stream?.send(message);
  }

  /** Tells the server that the newest picture is drawn, so that it sends another. */
  acknowledge() {
    if (this.#newest === null || this.#newest === this.#acknowledged) return;
    this.#acknowledged = this.#newest;
    this.send({ type: "ack", step: this.#newest.step });
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
   * @param {any} config
   * @param {unknown} error
   */
  #createLater(config, error) {
    const wait = passing(error);
    if (wait !== null) {
      const { link, problem, delay } = wait;
      this.#receive({ type: "link", link, ...(problem ? { problem } : {}) });
      const again = () => config === this.#wanted && this.create(config);
      setTimeout(again, Math.max(delay, PATIENCE));
    } else if (error instanceof Refusal) {
      this.#receive({ type: "link", link: "refused", problem: error.problem });
    }
  }

  /** @param {string} runId */
  #follow(runId) {
    this.#stream = new Stream({
      path: `${this.#kind.path}/${encodeURIComponent(runId)}/stream`,
      token: this.#own?.id === runId ? this.#own.owner_token : null,
      lossesFrom: () => this.#lossesFrom(runId),
      find: () => this.#kind.find(runId),
      decode: this.#kind.decode,
      receive: (message) => this.#hear(message),
    });
  }

  /** @param {M | PageMessage} heard */
  #hear(heard) {
    const message = /** @type {Message} */ (/** @type {unknown} */ (heard));
    if (message.type === "snapshot") this.#newest = message;
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
    const config = this.#kind.configIn(/** @type {M} */ (heard));
    if (this.#own !== null && config !== null) {
      this.#own = { ...this.#own, config };
      this.#kind.remember(this.#own);
    }
    this.#receive(heard);
  }
}
