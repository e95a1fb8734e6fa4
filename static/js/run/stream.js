// @ts-check
/**
 * The socket of a run, a comparison or a classroom. It opens again by itself until it is closed, what it follows is
 * gone, or the server turns out to be of another version.
 */

import { NOT_FOUND, passing, Refusal } from "../page/http.js";
import { OPEN, openSocket } from "../page/sockets.js";
import { Watchdog } from "../page/watchdog.js";
import { Unsure } from "./unsure.js";

/** @typedef {import("../../types/protocol").ClientMessage} ClientMessage */
/** @typedef {import("../../types/protocol").RoomClientMessage} RoomClientMessage */

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8000;
/** How long a new socket may take to bring its first message, in ms. */
const OPENING = 10_000;

/** @typedef {Extract<import("./state.js").PageMessage, { type: "link" }>} LinkMessage */

/**
 * @template M
 * @typedef {object} Source
 * @property {string} path of the socket
 * @property {() => { type: "hello" }} hello the first message over each connection
 * @property {(signal: AbortSignal) => Promise<unknown>} find asks the server for what is followed; refused if it is gone
 * @property {(data: string | ArrayBuffer) => M} read throws where the message is of another version
 * @property {(message: M | LinkMessage) => void} receive
 */

/** @template M */
export class Stream {
  #source;
  /** Ends what goes on between this stream and the page. */
  #life = new AbortController();
  /** Ends one attempt to connect, and the socket it opened. */
  #attempt = new AbortController();
  /** @type {import("../page/sockets.js").Socket | null} */
  #socket = null;
  /** Whether the socket has brought anything. */
  #heard = false;
  #unsure = new Unsure();
  #delay = FIRST_DELAY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #watchdog = new Watchdog(
    () => this.send({ type: "ping" }),
    () => this.#giveUp(),
  );

  /** @param {Source<M>} source */
  constructor(source) {
    this.#source = source;
    const { signal } = this.#life;
    document.addEventListener("visibilitychange", () => this.#wake(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#wake(), { signal });
    addEventListener("online", () => this.#wake(), { signal });
    this.#open();
  }

  /**
   * @param {ClientMessage | RoomClientMessage} message lost if the socket is not open: a command is for what one
   *   sees now
   */
  send(message) {
    if (this.#socket?.readyState === OPEN) this.#say(this.#unsure.named(message));
  }

  /** @param {{ type: string }} message */
  #say(message) {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Begins again, asking for the losses that are missing. */
  reopen() {
    this.#later({ type: "link", link: "lost" }, 0);
  }

  /** Tries now, where it waits to try again. */
  retry() {
    if (this.#timer !== undefined) this.#open();
  }

  /** Ends the stream. */
  close() {
    this.#life.abort();
    this.#begin();
  }

  /** The page is seen again or hidden, or the network is back. */
  #wake() {
    if (document.hidden) return this.#watchdog.rest();
    this.#watchdog.wake();
    if (this.#socket === null) this.#open();
  }

  /** Ends the attempt that is under way. @returns {AbortSignal} of what takes its place */
  #begin() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watchdog.stop();
    this.#attempt.abort();
    this.#attempt = new AbortController();
    this.#socket?.close();
    this.#socket = null;
    return this.#attempt.signal;
  }

  /** A refused socket does not say why, so the run is asked for first. */
  async #open() {
    const signal = this.#begin();
    try {
      await this.#source.find(signal);
    } catch (error) {
      if (!signal.aborted) this.#explain(error);
      return;
    }
    if (!signal.aborted) this.#connect();
  }

  /** Why the run was not found. @param {unknown} error */
  #explain(error) {
    if (error instanceof Refusal && error.problem.status === NOT_FOUND) {
      this.close();
      this.#source.receive({ type: "link", link: "gone" });
      return;
    }
    const { link, problem, delay } = passing(error) ?? { link: "lost", delay: 0 };
    this.#later({ type: "link", link, ...(problem ? { problem } : {}) }, delay);
  }

  #connect() {
    const { path } = this.#source;
    const signal = this.#begin();
    const socket = openSocket(path);
    socket.binaryType = "arraybuffer";
    const hello = () => {
      this.#say(this.#source.hello());
      for (const change of this.#unsure.again()) this.#say(change);
    };
    socket.addEventListener("open", hello, { signal });
    socket.addEventListener("message", ({ data }) => this.#take(data), { signal });
    socket.addEventListener("close", () => this.#later({ type: "link", link: "lost" }, 0), { signal });
    this.#socket = socket;
    this.#heard = false;
    this.#watchdog.expect(OPENING);
  }

  /** @param {string | ArrayBuffer} data */
  #take(data) {
    const { read, receive } = this.#source;
    this.#delay = FIRST_DELAY;
    this.#heard = true;
    this.#watchdog.heard();
    let message;
    try {
      message = read(data);
    } catch {
      this.close();
      receive({ type: "link", link: "stale" });
      return;
    }
    if (/** @type {{ type: string }} */ (message).type === "pong") this.#unsure.arrived();
    else receive(message);
  }

  /**
   * The socket is dead, and has not said so. One that lived opens again at once, without asking for the run: the
   * browser could send that over a connection that died as well.
   */
  #giveUp() {
    if (!this.#heard) return this.#later({ type: "link", link: "lost" }, 0);
    this.#source.receive({ type: "link", link: "opening" });
    this.#connect();
  }

  /**
   * @param {LinkMessage} message what to tell meanwhile
   * @param {number} least in ms
   */
  #later(message, least) {
    this.#begin();
    this.#source.receive(message);
    // Spread out, so that a class does not return all at once.
    const delay = this.#delay * (0.5 + Math.random());
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY);
    this.#timer = setTimeout(() => this.#open(), Math.max(delay, least));
  }
}
