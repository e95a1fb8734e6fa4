// @ts-check
/**
 * Which run the page shows: its own, one the address names, or a new one; and the stream that brings it. The same
 * for a comparison of several runs, which is another kind of thing to follow.
 */

import { farewell, passing, Refusal } from "../page/http.js";
import { Stream } from "./stream.js";
import { newKey } from "./unsure.js";

/** @typedef {import("./owned.js").Own} Own */
/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("./state.js").PageMessage} PageMessage */
/** @typedef {import("../../types/protocol").ClientMessage} ClientMessage */

/** @typedef {{ step: number }} Numbered */

/**
 * What can be followed.
 *
 * @template M what its stream brings
 * @typedef {object} Kind
 * @property {string} path of all of them on the server
 * @property {import("./owned.js").Owned} owned those that this tab has made
 * @property {(config: any, key: string) => Promise<Own>} create makes one, with what is given or else the lesson's
 *   settings; with the same key the same one
 * @property {(id: string, signal: AbortSignal) => Promise<unknown>} find
 * @property {(own: Own) => void} leave gives back one that was made when another was already wanted
 * @property {(message: M) => unknown} configIn what it would now be made of again, where a message tells; else null
 * @property {(data: string | ArrayBuffer) => M} read throws where the message is of another version
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
  /** Aborted when another run is wanted than the one that is being made. */
  #making = new AbortController();
  /** The last snapshot that came, even if the run has begun anew since. @type {Numbered | null} */
  #newest = null;
  /** @type {Numbered | null} */
  #acknowledged = null;
  /** Whether the page is going away. */
  #going = false;

  /**
   * @param {Kind<M>} kind
   * @param {(message: M | PageMessage) => void} receive
   * @param {(run: string) => number} lossesFrom the first step whose loss the page still needs
   */
  constructor(kind, receive, lossesFrom) {
    this.#kind = kind;
    this.#receive = receive;
    this.#lossesFrom = lossesFrom;
    addEventListener("pagehide", () => {
      this.#going = true;
    });
    addEventListener("pageshow", () => {
      this.#going = false;
    });
  }

  /**
   * Follows the run the address names; else makes one with the settings it names; else goes on with this tab's
   * own; else makes the lesson's.
   *
   * @param {string | null} named
   * @param {any} config null: it names none
   */
  start(named, config) {
    const { owned } = this.#kind;
    if (named === null && (config !== null || owned.newest === null)) return this.create(config ?? {});
    const own = named === null ? owned.newest : owned.find(named);
    if (own === null) return this.#follow(/** @type {string} */ (named));
    this.#goOn({ ...own, config: own.config ?? config ?? {} });
  }

  /**
   * A new run, which this tab owns. While the server is not ready it tries again.
   *
   * @param {any} config what is left out is the lesson's
   * @param {string} [key] that of the attempt before, whose answer may have been lost
   */
  async create(config, key = newKey()) {
    this.#stream?.close();
    const signal = this.#supersede();
    let own;
    try {
      own = await this.#kind.create(config, key);
    } catch (error) {
      if (!signal.aborted) this.#explain(error, () => this.create(config, key), signal);
      return;
    }
    this.#take(own, signal);
  }

  /**
   * Goes on with a run that is being made for this tab, unless another is wanted before it is there.
   *
   * @param {Promise<Own>} making
   * @param {AbortSignal} cancelled
   */
  async adopt(making, cancelled) {
    const signal = AbortSignal.any([this.#supersede(), cancelled]);
    this.#take(await making, signal);
  }

  /** Ends the session. */
  close() {
    this.#supersede();
    this.#stream?.close();
  }

  /** @param {ClientMessage} message */
  send(message) {
    if (this.#going && message.type === "update" && this.#own !== null) {
      // What a socket takes now may never leave: it ends with the page.
      const { id, owner_token } = this.#own;
      farewell(`${this.#kind.path}/${id}`, owner_token, "PATCH", message.config);
    } else {
      this.#stream?.send(message);
    }
  }

  /** Tells the server that the newest snapshot is drawn, so that it sends another. */
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

  /** Cancels what is being made. @returns {AbortSignal} of what is made next */
  #supersede() {
    this.#making.abort();
    this.#making = new AbortController();
    return this.#making.signal;
  }

  /**
   * @param {Own} own just made
   * @param {AbortSignal} signal
   */
  #take(own, signal) {
    if (signal.aborted) this.#kind.leave(own);
    else this.#goOn(own);
  }

  /** @param {Own} own */
  #goOn(own) {
    this.#own = own;
    this.#kind.owned.remember(own);
    this.#follow(own.id);
  }

  /**
   * Tells the page why no run was made, and tries again if the reason passes by itself.
   *
   * @param {unknown} error
   * @param {() => void} again
   * @param {AbortSignal} signal
   */
  #explain(error, again, signal) {
    const wait = passing(error);
    if (wait !== null) {
      const { link, problem, delay } = wait;
      this.#receive({ type: "link", link, ...(problem ? { problem } : {}) });
      const timer = setTimeout(again, Math.max(delay, PATIENCE));
      signal.addEventListener("abort", () => clearTimeout(timer));
    } else if (error instanceof Refusal) {
      this.#receive({ type: "link", link: "refused", problem: error.problem });
    } else {
      this.#receive({ type: "link", link: "stale" });
    }
  }

  /** @param {string} runId */
  #follow(runId) {
    this.#stream?.close();
    const token = this.#own?.id === runId ? this.#own.owner_token : null;
    this.#stream = new Stream({
      path: `${this.#kind.path}/${encodeURIComponent(runId)}/stream`,
      hello: () => ({
        type: "hello",
        owner_token: token,
        format: "binary",
        losses_from: this.#lossesFrom(runId),
      }),
      find: (signal) => this.#kind.find(runId, signal),
      read: this.#kind.read,
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
      const { id } = this.#own;
      this.#own = null;
      this.#follow(id);
      return;
    }
    const config = this.#kind.configIn(/** @type {M} */ (heard));
    if (this.#own !== null && config !== null) {
      this.#own = { ...this.#own, config };
      this.#kind.owned.remember(this.#own);
    }
    this.#receive(heard);
  }
}
