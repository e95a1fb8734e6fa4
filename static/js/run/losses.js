// @ts-check
/** The loss of every step a run has taken. */

const SMALLEST_STORE = 1024;

/**
 * An immutable sequence. Appending shares the store with the shorter history it grew from, so a run of
 * 100,000 steps costs one array, not one per message.
 */
export class Losses {
  #store;

  /**
   * @param {{ floats: Float32Array, used: number }} store `used`: how far any history has written
   * @param {number} length how much of it belongs to this history
   */
  constructor(store = { floats: new Float32Array(SMALLEST_STORE), used: 0 }, length = 0) {
    this.#store = store;
    this.length = length;
  }

  /** @returns {Float32Array} step k's loss is at index k - 1; a view, valid for as long as this history */
  get values() {
    return this.#store.floats.subarray(0, this.length);
  }

  /**
   * This history and what is new in a message; steps already known are left out.
   *
   * @param {number} from the step whose loss is `values[0]`; steps count from 1
   * @param {Float32Array} values
   * @returns {Losses | null} null if steps between this history and `from` are missing
   */
  appended(from, values) {
    const known = this.length + 1 - from;
    if (known < 0) return null;
    const fresh = values.subarray(known);
    if (fresh.length === 0) return this;

    const length = this.length + fresh.length;
    const store = this.#roomFor(length);
    store.floats.set(fresh, this.length);
    store.used = length;
    return new Losses(store, length);
  }

  /** @param {number} length */
  #roomFor(length) {
    const tailIsFree = this.#store.used === this.length;
    if (tailIsFree && length <= this.#store.floats.length) return this.#store;
    let capacity = this.#store.floats.length;
    while (capacity < length) capacity *= 2;
    const floats = new Float32Array(capacity);
    floats.set(this.values);
    return { floats, used: this.length };
  }
}
