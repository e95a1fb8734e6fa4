// @ts-check
/** One run's socket, or a comparison's: it opens again by itself until it is closed or the run is gone. */

import { NOT_FOUND, passing, Refusal } from "../page/http.js";

/** @typedef {import("../../types/protocol").ClientMessage} ClientMessage */

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8000;

/** @typedef {Extract<import("./state.js").PageMessage, { type: "link" }>} LinkMessage */

/**
 * @template M
 * @typedef {object} Source
 * @property {string} path of the socket
 * @property {string | null} token without one the page only watches
 * @property {() => number} lossesFrom the first step whose loss is still needed
 * @property {() => Promise<unknown>} find asks the server for the run; refused if it is gone
 * @property {(message: ArrayBuffer) => M} decode
 * @property {(message: M | LinkMessage) => void} receive
 */

/** @template M */
export class Stream {
  #source;
  /** @type {WebSocket | null} */
  #socket = null;
  #closed = false;
  #delay = FIRST_DELAY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Source<M>} source */
  constructor(source) {
    this.#source = source;
    this.#open();
  }

  /** @param {ClientMessage} message lost if the socket is not open: a command is for what one sees now */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Begins again, asking for the losses that are missing. */
  reopen() {
    this.#socket?.close();
  }

  /** Tries now, where it waits to try again. */
  retry() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#open();
  }

  /** Ends it for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#socket?.close();
  }

  /** A refused socket does not say why, so the run is asked for first. */
  async #open() {
    const { find, receive } = this.#source;
    try {
      await find();
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof Refusal && error.problem.status === NOT_FOUND) {
        this.close();
        receive({ type: "link", link: "gone" });
        return;
      }
      const { link, problem, delay } = passing(error) ?? { link: "lost", delay: 0 };
      this.#later({ type: "link", link, ...(problem ? { problem } : {}) }, delay);
      return;
    }
    if (!this.#closed) this.#connect();
  }

  #connect() {
    const { path, token, lossesFrom, decode, receive } = this.#source;
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () =>
      this.send({ type: "hello", owner_token: token, format: "binary", losses_from: lossesFrom() });
    socket.onmessage = ({ data }) => {
      this.#delay = FIRST_DELAY;
      receive(typeof data === "string" ? JSON.parse(data) : decode(data));
    };
    socket.onclose = () => {
      if (!this.#closed) this.#later({ type: "link", link: "lost" }, 0);
    };
    this.#socket = socket;
  }

  /**
   * @param {LinkMessage} message what to tell meanwhile
   * @param {number} least in ms
   */
  #later(message, least) {
    this.#source.receive(message);
    // Spread out, so that a class does not return all at once.
    const delay = this.#delay * (0.5 + Math.random());
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY);
    this.#timer = setTimeout(() => this.retry(), Math.max(delay, least));
  }
}
