// @ts-check
/** One run's socket: it opens again by itself until it is closed or the run is gone. */

import { Refusal } from "./http.js";
import { decodeSnapshot } from "./snapshot.js";

/** @typedef {import("./state.js").Link} Link */
/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("../types/protocol").ClientMessage} ClientMessage */

const FIRST_DELAY = 250;
const LONGEST_DELAY = 8000;
const NOT_READY = 503;
const NOT_FOUND = 404;

/**
 * @typedef {object} Source
 * @property {string} runId
 * @property {string | null} token without one the page only watches
 * @property {() => number} lossesFrom the first step whose loss is still needed
 * @property {(id: string) => Promise<unknown>} find asks the server for the run; refused if it is gone
 * @property {(message: Message) => void} receive
 */

export class Stream {
  #source;
  /** @type {WebSocket | null} */
  #socket = null;
  #closed = false;
  #delay = FIRST_DELAY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Source} source */
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

  /** Ends it for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** A refused socket does not say why, so the run is asked for first. */
  async #open() {
    const { runId, find, receive } = this.#source;
    try {
      await find(runId);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof Refusal && error.problem.status === NOT_FOUND) {
        this.close();
        receive({ type: "link", link: "gone" });
        return;
      }
      const starting = error instanceof Refusal && error.problem.status === NOT_READY;
      this.#later(starting ? "warming" : "lost");
      return;
    }
    if (!this.#closed) this.#connect();
  }

  #connect() {
    const { runId, token, lossesFrom, receive } = this.#source;
    const address = new URL(`/api/runs/${encodeURIComponent(runId)}/stream`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () =>
      this.send({ type: "hello", owner_token: token, format: "binary", losses_from: lossesFrom() });
    socket.onmessage = ({ data }) => {
      this.#delay = FIRST_DELAY;
      receive(typeof data === "string" ? JSON.parse(data) : decodeSnapshot(data));
    };
    socket.onclose = () => {
      if (!this.#closed) this.#later("lost");
    };
    this.#socket = socket;
  }

  /** @param {Link} link what to tell meanwhile */
  #later(link) {
    this.#source.receive({ type: "link", link });
    // Spread out, so that a class does not return all at once.
    const delay = this.#delay * (0.5 + Math.random());
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY);
    this.#timer = setTimeout(() => this.#open(), delay);
  }
}
