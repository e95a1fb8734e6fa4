// @ts-check
/** The socket of a program that runs live. A connection that is lost is made again for as long as the server keeps it. */

/** @typedef {import("../../../types/protocol").ProgramClientMessage} ProgramClientMessage */
/** @typedef {import("../../../types/protocol").ProgramMessage} ProgramMessage */

import { OPEN, openSocket } from "../../page/sockets.js";
import { Watchdog } from "../../page/watchdog.js";
import { PROGRAM_SHAPES } from "../../run/message-shapes.js";
import { reader } from "../../run/messages.js";

const PATH = "/api/programs/stream";
/** Pauses before each further attempt, in ms; the last one again and again. */
const PAUSES = [250, 500, 1000, 2000, 4000];
/** How long a connection is tried for that was lost, in ms: a little longer than the server keeps a program. */
const KEPT = 75_000;
/** How long a new socket may take to bring its first message, in ms. */
const OPENING = 10_000;

/** @type {(data: string | ArrayBuffer) => ProgramMessage} */
const read = reader(PROGRAM_SHAPES, () => {
  throw new RangeError("programs are told of in JSON");
});

/** The messages cannot be read: the server is of another version than the page. */
export class OtherVersion extends Error {}

/**
 * @typedef {object} Followed
 * @property {(message: ProgramMessage) => void} receive
 * @property {(isUp: boolean) => void} link the connection was lost, or is there again
 * @property {(error: unknown) => void} lost the program cannot be followed any more
 */

export class ProgramStream {
  #followed;
  /** @type {import("../../page/sockets.js").Socket | null} */
  #socket = null;
  #tries = 0;
  /** When the connection was lost; null: it was not. @type {number | null} */
  #lostAt = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What to say when the socket opens again. @type {() => ProgramClientMessage | null} */
  #again = () => null;
  #watchdog = new Watchdog(
    () => this.send({ type: "ping" }),
    () => this.#closed(),
  );

  /** @param {Followed} followed */
  constructor(followed) {
    this.#followed = followed;
    document.addEventListener("visibilitychange", () => this.#wake());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#wake());
    addEventListener("online", () => this.#wake());
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
    this.#lostAt = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#socket?.readyState === OPEN) this.send(first);
    else this.#connect(() => first);
  }

  /** @param {ProgramClientMessage} message lost if the socket is not open */
  send(message) {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Ends the connection. */
  close() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watchdog.stop();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** The page is seen again or hidden, or the network is back. */
  #wake() {
    if (document.hidden) return this.#watchdog.rest();
    if (this.#socket !== null) this.#watchdog.wake();
    else if (this.#timer !== undefined) this.#connect(this.#again);
  }

  /** @param {() => ProgramClientMessage | null} first what to begin with once the socket is open */
  #connect(first) {
    this.close();
    const socket = openSocket(PATH);
    this.#socket = socket;
    this.#watchdog.expect(OPENING);
    const open = () => {
      const message = first();
      if (message) this.send(message);
    };
    socket.addEventListener("open", () => this.#socket === socket && open());
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
      this.#followed.lost(new OtherVersion());
      return;
    }
    this.#tries = 0;
    this.#watchdog.heard();
    if (this.#lostAt !== null) {
      this.#lostAt = null;
      this.#followed.link(true);
    }
    if (message.type !== "pong") this.#followed.receive(message);
  }

  /** The socket is closed, or dead without having said so. */
  #closed() {
    this.close();
    if (this.#again() === null) return;
    if (this.#lostAt === null) {
      this.#lostAt = Date.now();
      this.#followed.link(false);
    }
    if (Date.now() - this.#lostAt > KEPT) {
      this.#followed.lost(new TypeError("the connection was lost"));
      return;
    }
    const pause = PAUSES[Math.min(this.#tries, PAUSES.length - 1)];
    this.#tries += 1;
    this.#timer = setTimeout(() => this.#connect(this.#again), pause);
  }
}
