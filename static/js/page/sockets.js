// @ts-check
/** Opens the pages' sockets: WebSockets, and where something on the way blocks those, sockets that do without. */

import { ABNORMAL, HttpSocket } from "./http-socket.js";
import { tab } from "./memory.js";
import { socketAddress } from "./root.js";
import { Turns } from "./turns.js";

/**
 * @typedef {Pick<WebSocket, "addEventListener" | "binaryType" | "close" | "readyState" | "send">} Socket what the pages use
 */

/** The `readyState` of a socket on which messages go. */
export const OPEN = 1;

/** So many WebSockets in a row that brought nothing are enough. Some firewalls let one open, and nothing through it. */
const ENOUGH = 3;
/** What a WebSocket that the page gives up sooner, in ms, would have brought, nobody knows. */
const SLOW = 5000;
/** Where WebSockets are blocked, one is tried beside the others, at most each so many ms: a network may change. */
const PROBE_EVERY = 300_000;
/** How long that one may take, in ms. */
const PATIENCE = 10_000;
const KEY = "websockets";

/** Of this tab, from its first socket without WebSockets on. @type {Turns | undefined} */
let turns;

/** @returns {{ failed: number, at: number }} WebSockets in a row that brought nothing, and when that was last told */
function known() {
  const [failed = 0, at = 0] = (tab.get(KEY) ?? "").split(" ").map(Number);
  return { failed, at };
}

/** @param {number} failed */
const remember = (failed) => tab.set(KEY, `${failed} ${Date.now()}`);

/** Remembers for as long as the tab is open whether WebSockets pass. @param {boolean} doPass */
export const learn = (doPass) => remember(doPass ? 0 : ENOUGH);

/** @param {string} path @returns {Socket} what stands for `new WebSocket` */
export function openSocket(path) {
  if (known().failed < ENOUGH) return openWebSocket(path);
  const socket = openOverHttp(path);
  socket.addEventListener("open", () => Date.now() > known().at + PROBE_EVERY && probe());
  return socket;
}

/** @param {string} path @returns {Socket} */
function openWebSocket(path) {
  const socket = new WebSocket(socketAddress(path));
  const begun = Date.now();
  let isGivenUp = false;
  const close = socket.close.bind(socket);
  socket.close = (...reason) => {
    isGivenUp = Date.now() < begun + SLOW;
    close(...reason);
  };
  const failed = () => isGivenUp || remember(known().failed + 1);
  socket.addEventListener("close", failed);
  const passed = () => {
    socket.removeEventListener("close", failed);
    learn(true);
  };
  socket.addEventListener("message", passed, { once: true });
  return socket;
}

/** @param {string} path @returns {Socket} */
export function openOverHttp(path) {
  turns ??= new Turns();
  const socket = new HttpSocket(path, turns);
  // If this does not open either, it may be for another reason that WebSockets did not.
  /** @param {Event} event */
  const failed = (event) => /** @type {CloseEvent} */ (event).code === ABNORMAL && learn(true);
  socket.addEventListener("close", failed);
  socket.addEventListener("open", () => socket.removeEventListener("close", failed));
  return /** @type {Socket} */ (/** @type {unknown} */ (socket));
}

/** Tries whether WebSockets pass by now; the next socket of the tab then is one. */
function probe() {
  learn(false);
  const socket = new WebSocket(socketAddress("/api/connection/stream"));
  const patience = setTimeout(() => socket.close(), PATIENCE);
  socket.addEventListener("close", () => clearTimeout(patience));
  socket.addEventListener("message", () => {
    learn(true);
    socket.close();
  });
}
