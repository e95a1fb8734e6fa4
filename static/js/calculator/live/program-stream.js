// @ts-check
/** The socket of a program that runs live. A connection that is lost is made again for as long as the server keeps it. */

/** @typedef {import("../../../types/protocol").ProgramClientMessage} ProgramClientMessage */
/** @typedef {import("../../../types/protocol").ProgramMessage} ProgramMessage */

import { socketAddress } from "../../page/root.js";
import { PROGRAM_SHAPES } from "../../run/message-shapes.js";
import { reader } from "../../run/messages.js";

const PATH = "/api/programs/stream";
/** Pauses before each further attempt, in ms: together about as long as the server keeps a program. */
const PAUSES = [250, 500, 1000, 2000, 4000, 8000, 16_000, 16_000];

/** @type {(data: string | ArrayBuffer) => ProgramMessage} */
const read = reader(PROGRAM_SHAPES, () => {
  throw new RangeError("programs are told of in JSON");
});

/** The messages cannot be read: the server is of another version than the page. */
export class OtherVersion extends Error {}

export class ProgramStream {
  #receive;
  #lost;
  /** @type {WebSocket | null} */
  #socket = null;
  #tries = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What to say when the socket opens again. @type {() => ProgramClientMessage | null} */
  #again = () => null;

  /**
   * @param {(message: ProgramMessage) => void} receive
   * @param {(error: unknown) => void} lost the program cannot be followed any more
   */
  constructor(receive, lost) {
    this.#receive = receive;
    this.#lost = lost;
  }

  /**
   * Begins with a message: a program to run, or one to watch.
   *
   * @param {ProgramClientMessage} first
   * @param {() => ProgramClientMessage | null} again what to begin with after a lost connection; null: nothing
   */
  begin(first, again) {
    this.#again = again;
    this.#tries = 0;
    clearTimeout(this.#timer);
    if (this.#socket?.readyState === WebSocket.OPEN) this.send(first);
    else this.#connect(first);
  }

  /** @param {ProgramClientMessage} message lost if the socket is not open */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Ends the connection. */
  close() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** @param {ProgramClientMessage} first */
  #connect(first) {
    this.close();
    const socket = new WebSocket(socketAddress(PATH));
    this.#socket = socket;
    socket.addEventListener("open", () => this.#socket === socket && this.send(first));
    socket.addEventListener("message", ({ data }) => this.#socket === socket && this.#take(data));
    socket.addEventListener("close", () => this.#socket === socket && this.#closed());
  }

  /** @param {string} data */
  #take(data) {
    let message;
    try {
      message = read(data);
    } catch {
      this.close();
      this.#lost(new OtherVersion());
      return;
    }
    this.#tries = 0;
    if (message.type !== "pong") this.#receive(message);
  }

  #closed() {
    this.#socket = null;
    const first = this.#again();
    const pause = PAUSES[this.#tries];
    if (first === null) return;
    if (pause === undefined) {
      this.#lost(new TypeError("the connection was lost"));
      return;
    }
    this.#tries += 1;
    this.#timer = setTimeout(() => this.#connect(first), pause);
  }
}
