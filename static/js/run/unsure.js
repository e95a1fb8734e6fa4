// @ts-check
/** Changes that were sent and may not have arrived: a connection that died in silence has taken them along. */

/** A change that is older than this, in ms, is not sent again: it was for what one saw then. */
const FRESH = 10_000;
/** Most changes that are remembered; the server knows that many again. */
const MOST = 8;
const CHANGES = ["play", "pause", "step", "line", "edit", "update", "reset"];

/** @returns {string} what nobody else makes up. `randomUUID` is only there over HTTPS. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16).padStart(8, "0")).join(
    "",
  );
}

export class Unsure {
  #now;
  /** @type {{ message: { type: string }, at: number }[]} */
  #sent = [];
  /** How many of them were sent before the last ping. */
  #before = 0;

  /** @param {() => number} [now] in ms */
  constructor(now = Date.now) {
    this.#now = now;
  }

  /**
   * @template {{ type: string }} M
   * @param {M} message about to be sent
   * @returns {M} what to send: a change has a name, by which the server does not carry it out twice
   */
  named(message) {
    if (message.type === "ping") this.#before = this.#sent.length;
    if (!CHANGES.includes(message.type)) return message;
    const named = { ...message, command_id: newKey() };
    this.#sent.push({ message: named, at: this.#now() });
    if (this.#sent.length > MOST) {
      this.#sent.shift();
      this.#before = Math.max(0, this.#before - 1);
    }
    return named;
  }

  /** The last ping is answered, so all that was sent before it has arrived. */
  arrived() {
    this.#sent.splice(0, this.#before);
    this.#before = 0;
  }

  /** @returns {{ type: string }[]} what to send over the next connection */
  again() {
    this.#before = 0;
    this.#sent = this.#sent.filter(({ at }) => this.#now() - at < FRESH);
    return this.#sent.map(({ message }) => message);
  }
}
