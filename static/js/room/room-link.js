// @ts-check
/** A page's connection with its classroom: the newest state, what it sends, and what it may ask for. */

import { problemOf } from "../page/refusal.js";
import { ROOM_SHAPES } from "../run/message-shapes.js";
import { reader } from "../run/messages.js";
import { Stream } from "../run/stream.js";
import { findRoom, RoomRequests, streamOf } from "./room-requests.js";
import { INITIAL, reduce } from "./room-state.js";
import { decodeCurves } from "./wall/curves.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("./room-state.js").Message} Message */
/** @typedef {import("./room-keys.js").Key} Key */
/** @typedef {import("../../types/protocol").RoomState["role"]} Role */

/** @type {(data: string | ArrayBuffer) => Message} */
const read = reader(ROOM_SHAPES, decodeCurves);

export class RoomLink {
  state = INITIAL;
  #draw;
  #stream;
  #frame = 0;

  /**
   * @param {Key} key
   * @param {Role} role
   * @param {(state: State) => void} draw called in a frame after the state has changed
   */
  constructor(key, role, draw) {
    this.#draw = draw;
    this.requests = new RoomRequests(key);
    this.#stream = new Stream({
      path: streamOf(key.id),
      hello: () => ({ type: "hello", role, token: key.token }),
      find: (signal) => findRoom(key.code, signal),
      read,
      receive: (message) => this.dispatch(/** @type {Message} */ (message)),
    });
  }

  /** @param {Message} message */
  dispatch(message) {
    const before = this.state;
    this.state = reduce(before, message);
    if (this.state === before) return;
    if (this.state.over !== null) this.#stream.close();
    // Hidden pages get no frames, and still have to know when they are over.
    if (document.hidden) this.#draw(this.state);
    else this.#frame ||= requestAnimationFrame(() => this.#drawn());
  }

  #drawn() {
    this.#frame = 0;
    this.#draw(this.state);
  }

  /** @param {import("../../types/protocol").RoomClientMessage} message */
  send(message) {
    this.#stream.send(message);
  }

  close() {
    this.#stream.close();
  }

  /**
   * Asks the server for something; why it refused is in the state.
   *
   * @param {(requests: RoomRequests) => Promise<unknown>} work
   * @returns {Promise<boolean>} whether it was done
   */
  async ask(work) {
    this.dispatch({ type: "asked" });
    try {
      await work(this.requests);
      return true;
    } catch (error) {
      this.dispatch({ type: "refused", problem: problemOf(error) });
      return false;
    }
  }
}
