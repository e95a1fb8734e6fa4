// @ts-check
/** The rooms of this browser: which it owns, and as whom it is in which. The tokens are in no address. */

import { browser } from "../page/memory.js";

/** @typedef {{ id: string, code: string, token: string }} Key of a room: as its owner, or as one member */

/** So many are kept; the oldest goes first. */
const MOST = 20;

export class RoomKeys {
  #name;
  #memory;

  /**
   * @param {string} name under which they are remembered
   * @param {Pick<import("../page/memory.js").Memory, "get" | "set">} [memory]
   */
  constructor(name, memory = browser) {
    this.#name = name;
    this.#memory = memory;
  }

  /** @returns {Key[]} the newest last */
  get all() {
    try {
      const keys = JSON.parse(this.#memory.get(this.#name) ?? "[]");
      return Array.isArray(keys) ? keys.filter(isKey) : [];
    } catch {
      return [];
    }
  }

  /** @returns {Key | null} */
  get newest() {
    return this.all.at(-1) ?? null;
  }

  /** @param {string} code @returns {Key | null} */
  find(code) {
    return this.all.findLast((key) => key.code === code) ?? null;
  }

  /** @param {Key} key */
  keep(key) {
    const others = this.all.filter(({ id }) => id !== key.id);
    this.#memory.set(this.#name, JSON.stringify([...others, key].slice(-MOST)));
  }

  /** @param {string} id of a room that is gone, or that this browser was removed from */
  forget(id) {
    this.#memory.set(this.#name, JSON.stringify(this.all.filter((key) => key.id !== id)));
  }
}

/** @param {any} key perhaps something that another version left */
function isKey(key) {
  return [key?.id, key?.code, key?.token].every((text) => typeof text === "string");
}

export const OWNED = new RoomKeys("rooms");
export const JOINED = new RoomKeys("joined rooms");
