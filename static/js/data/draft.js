// @ts-check
/** The points as this page has them: changed at once, and in the server's form again when it has followed. */

import { Outbox } from "./outbox.js";
import { pointsOf, written } from "./points.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./points.js").Point} Point */
/** @typedef {import("./points.js").Pair} Pair */

/**
 * Between two messages, in ms, and for each point. The server keeps every change of a run, up to 100,000 points
 * in all: where there are many they are sent less often, so that they last as long.
 */
const PAUSE = 100;
const PAUSE_PER_POINT = 1.25;

export class Draft {
  #outbox;
  /** @type {State | null} */
  #state = null;
  /** @type {readonly Point[]} */
  #told = [];
  /** @type {readonly Point[] | null} */
  #local = null;

  /** @param {(points: Pair[]) => void} send */
  constructor(send) {
    this.#outbox = new Outbox(send);
  }

  /** The same list for as long as nothing changes. */
  get points() {
    return this.#local ?? this.#told;
  }

  /** @param {readonly Point[]} points */
  change(points) {
    this.#local = points;
    this.#outbox.offer(written(points), Math.max(PAUSE, PAUSE_PER_POINT * points.length));
  }

  /** Takes back what the server does not have. */
  forget() {
    this.#outbox.clear();
    this.#local = null;
  }

  /**
   * @param {State} state
   * @param {boolean} held whether a point is being held, so that what the server has is already the past
   */
  draw(state, held) {
    const before = this.#state;
    this.#state = state;
    const { started, run, problem } = state;
    const config = run?.config;
    const news = config !== before?.run?.config || state.generation !== before?.generation;
    if (news || (problem && problem !== before?.problem)) this.#outbox.answered();
    if (problem && problem !== before?.problem) this.forget();
    if (started && config && (news || started !== before?.started)) {
      this.#told = pointsOf(started, /** @type {Pair[] | null} */ (config.data.points));
    }
    if (!held && this.#outbox.idle) this.#local = null;
  }
}
