// @ts-check
/** Snapshots of earlier steps, a bounded number of them. Pure. */

/** @typedef {import("../run/snapshot.js").Snapshot} Snapshot */

/** So many answers stay beside the one that is spread over the whole run; each has at most 2 MiB. */
const MOST = 3;

export class KeptSnapshots {
  /** Spread over the run from its beginning. @type {Snapshot[]} */
  #spread = [];
  /** Answers about neighbouring steps, the newest first. @type {Snapshot[][]} */
  #near = [];
  /** How far the spread reaches: the step the run was at. -1: there is none yet. */
  reach = -1;

  /**
   * @param {Snapshot[]} snapshots evenly over the run
   * @param {number} reach where the run was, which by a change by hand may still become another
   */
  spread(snapshots, reach) {
    this.#spread = snapshots.filter(({ step }) => step < reach);
    this.reach = reach;
  }

  /** @param {Snapshot[]} snapshots of steps the run has left behind */
  add(snapshots) {
    this.#near = [snapshots, ...this.#near].slice(0, MOST);
  }

  /**
   * The snapshot whose step is nearest; of two, the earlier.
   *
   * @param {number} step
   * @returns {Snapshot | null}
   */
  nearest(step) {
    /** @type {Snapshot | null} */
    let best = null;
    for (const snapshot of [...this.#near.flat(), ...this.#spread]) {
      const closer =
        Math.abs(snapshot.step - step) - Math.abs((best?.step ?? Number.POSITIVE_INFINITY) - step);
      if (closer < 0 || (closer === 0 && snapshot.step < (best?.step ?? 0))) best = snapshot;
    }
    return best;
  }
}
