// @ts-check
/** The runs or comparisons that this tab has made: their ids and owner tokens, which are in no address. */

import { tab } from "../page/memory.js";

/**
 * A run or comparison of this tab. config: what it is made of; null where only the address knows.
 *
 * @typedef {{ id: string, owner_token: string, config: any }} Own
 */

/** So many tokens are kept; the oldest goes first. */
const MOST = 100;

export class Owned {
  #key;
  #memory;

  /**
   * @param {string} key under which they are remembered: "run" or "comparison"
   * @param {Pick<import("../page/memory.js").Memory, "get" | "set">} [memory]
   */
  constructor(key, memory = tab) {
    this.#key = key;
    this.#memory = memory;
  }

  /** The one that was followed last. @returns {Own | null} */
  get newest() {
    const newest = this.#read(this.#key);
    return typeof newest?.owner_token === "string" ? newest : null;
  }

  /** @param {string} id @returns {Own | null} null: it is somebody else's */
  find(id) {
    const { newest } = this;
    if (newest?.id === id) return newest;
    const owner_token = new Map(this.#tokens).get(id);
    return owner_token === undefined ? null : { id, owner_token, config: null };
  }

  /** Keeps one as the newest. @param {Own} own */
  remember({ id, owner_token, config }) {
    const tokens = this.#tokens;
    if (tokens.at(-1)?.[0] !== id) {
      const others = tokens.filter(([other]) => other !== id);
      this.#write(this.#tokensKey, [...others, [id, owner_token]].slice(-MOST));
    }
    this.#write(this.#key, { id, owner_token, config });
  }

  /** Drops one that no longer exists. @param {string} id */
  forget(id) {
    this.#write(
      this.#tokensKey,
      this.#tokens.filter(([other]) => other !== id),
    );
    if (this.newest?.id === id) this.#write(this.#key, null);
  }

  /** @returns {[string, string][]} id and token of each, the newest last */
  get #tokens() {
    const tokens = this.#read(this.#tokensKey);
    return Array.isArray(tokens) ? tokens : [];
  }

  get #tokensKey() {
    return `${this.#key} tokens`;
  }

  /** @param {string} key @returns {any} perhaps something that another version left */
  #read(key) {
    try {
      return JSON.parse(this.#memory.get(key) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {unknown} value */
  #write(key, value) {
    this.#memory.set(key, JSON.stringify(value));
  }
}
