// @ts-check
/** Measures the connection to the server: what the browser can do, requests, and a socket for ten seconds. */

import { ROOT, socketAddress } from "../page/root.js";
import { learn, openOverHttp } from "../page/sockets.js";
import { NOTHING, TICKS } from "./verdict.js";

/** @typedef {import("./verdict.js").Findings} Findings */
/** @typedef {import("../page/sockets.js").Socket} Socket */
/** @typedef {import("../../types/protocol").ConnectionInfo} ConnectionInfo */

const TRIPS = 5;
/** ms after which a request or a socket that does not open counts as lost. */
const PATIENCE = 10_000;
const STREAM = "/api/connection/stream";
/** Ticks between two messages that are to be answered. */
const CALL_EVERY = 10;

/** What the pages need, by name. @type {Record<string, () => boolean>} */
const NEEDED = {
  WebSocket: () => typeof WebSocket === "function",
  "AbortSignal.any": () => typeof AbortSignal === "function" && typeof AbortSignal.any === "function",
  "Array.toSorted": () => typeof Array.prototype.toSorted === "function",
  "<dialog>": () => typeof HTMLDialogElement === "function",
  "CSS @layer": () => typeof CSSLayerBlockRule === "function",
};

export class Measurement {
  /** @type {Findings} */
  found = NOTHING;
  /** @type {ConnectionInfo | null} */
  info = null;
  over = false;
  #changed;

  /** @param {() => void} changed called whenever there is more to tell */
  constructor(changed) {
    this.#changed = changed;
  }

  async run() {
    const missing = Object.keys(NEEDED).filter((name) => !NEEDED[name]?.());
    this.#note({ missing, online: navigator.onLine });
    if (missing.length === 0 && (await this.#requests())) await this.#sockets();
    // A connection that broke in the middle: is it the socket's only, or the network's?
    if (this.found.closed !== null && this.found.ticks.length < TICKS) await this.#request();
    this.over = true;
    this.#changed();
  }

  /** @param {Partial<Findings>} more */
  #note(more) {
    this.found = { ...this.found, ...more };
    this.#changed();
  }

  async #requests() {
    for (let i = 0; i < TRIPS && this.found.failure === null; i++) await this.#request();
    return this.found.failure === null;
  }

  async #request() {
    const begun = performance.now();
    try {
      const response = await fetch(`${ROOT}/api/connection`, {
        signal: AbortSignal.timeout(PATIENCE),
        cache: "no-store",
      });
      const trip = performance.now() - begun;
      if (!response.ok) {
        this.#note({ failure: { status: response.status } });
        return;
      }
      const info = await response.json().catch(() => null);
      if (typeof info?.time !== "number") {
        this.#note({ failure: "other" });
        return;
      }
      this.info = info;
      const clock = Date.now() - trip / 2 - 1000 * info.time;
      this.#note({ trips: [...this.found.trips, trip], clock });
    } catch {
      this.#note({ failure: "none", online: navigator.onLine });
    }
  }

  /** A WebSocket, and if it does not open a socket that does without. The pages of this tab then know it, too. */
  async #sockets() {
    await this.#socket(new WebSocket(socketAddress(STREAM)), "opened");
    if (!this.found.opened) await this.#socket(openOverHttp(STREAM), "without");
    if (this.found.opened || this.found.without) learn(this.found.opened === true);
  }

  /**
   * @param {Socket} socket
   * @param {"opened" | "without"} what is found: whether it opens
   * @returns {Promise<void>} when the socket is closed
   */
  #socket(socket, what) {
    return new Promise((resolve) => {
      const begun = performance.now();
      const patience = setTimeout(() => socket.close(), PATIENCE);
      /** @type {Map<number, number>} */
      const calls = new Map();
      socket.addEventListener("open", () => {
        clearTimeout(patience);
        this.#note({ [what]: true });
      });
      socket.addEventListener("message", ({ data }) => {
        const at = performance.now() - begun;
        const message = JSON.parse(data);
        if (message.type === "echo") {
          this.#note({ echoes: [...this.found.echoes, at - (calls.get(message.n) ?? at)] });
          return;
        }
        this.#note({ ticks: [...this.found.ticks, at], first: this.found.first ?? at });
        if (message.n % CALL_EVERY === 0) {
          calls.set(message.n, at);
          socket.send(JSON.stringify({ type: "call", n: message.n }));
        }
      });
      socket.addEventListener("close", ({ code }) => {
        clearTimeout(patience);
        this.#note(this.found[what] ? { closed: code } : { [what]: false });
        resolve();
      });
    });
  }
}
