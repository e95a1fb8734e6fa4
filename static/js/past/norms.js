// @ts-check
/** The length of each layer's gradient, step by step, as far as the server has answered. Pure. */

/** @typedef {{ name: string, values: Float32Array }} LayerNorms NaN: there was no gradient, or it was not finite */

export class Norms {
  /**
   * @param {readonly number[]} steps ascending: every step, or as many as are kept of a long run
   * @param {readonly LayerNorms[]} layers from the input to the output
   */
  constructor(steps = [], layers = []) {
    this.steps = steps;
    this.layers = layers;
  }

  /** The newest step known; 0: none. */
  get last() {
    return this.steps.at(-1) ?? 0;
  }

  /**
   * These, and what a later answer adds.
   *
   * @param {import("../../types/protocol").Norms} answer
   * @returns {Norms}
   */
  with({ steps, layers }) {
    const known = steps.findIndex((step) => step > this.last);
    if (known < 0) return this;
    const joined = Object.entries(layers).map(([name, { gradient }], i) => {
      const before = this.layers[i]?.values ?? new Float32Array();
      const fresh = gradient.slice(known);
      const values = new Float32Array(before.length + fresh.length);
      values.set(before);
      values.set(
        fresh.map((norm) => norm ?? Number.NaN),
        before.length,
      );
      return { name, values };
    });
    return new Norms([...this.steps, ...steps.slice(known)], joined);
  }

  /** Where in `values` a step is, or the last one before it. @param {number} step @returns -1: nowhere */
  indexOf(step) {
    return this.steps.findLastIndex((known) => known <= step);
  }
}
