// @ts-check
/** The points that this page shows: with its own changes until the server has them all, then the server's. */

import { reasonAt } from "../page/refusal.js";
import { Outbox } from "./outbox.js";
import { pairsOf, pointsOf } from "./points.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("./points.js").Point} Point */
/** @typedef {import("./points.js").Pair} Pair */

/**
 * The pause between two messages, in ms, and for each point. The server keeps every change of a run, up to 100,000
 * points in all: where there are many points they are sent less often, so that this lasts as long.
 */
const PAUSE = 100;
const PAUSE_PER_POINT = 1.25;

export class Draft {
  #outbox;
  /** @type {State | null} */
  #state = null;
  /** The server's points. @type {readonly Point[]} */
  #known = [];
  /** This page's points, while the server does not have them all. @type {readonly Point[] | null} */
  #local = null;

  /** @param {(points: Pair[]) => void} send */
  constructor(send) {
    this.#outbox = new Outbox(send);
  }

  /** The same list for as long as nothing changes. */
  get points() {
    return this.#local ?? this.#known;
  }

  /** @param {readonly Point[]} points */
  change(points) {
    this.#local = points;
    this.#outbox.offer(pairsOf(points), Math.max(PAUSE, PAUSE_PER_POINT * points.length));
  }

  /** Sends at once what was changed last. */
  flush() {
    this.#outbox.flush();
  }

  /** Takes back what the server does not have. */
  forget() {
    this.#outbox.clear();
    this.#local = null;
  }

  /**
   * @param {State} state
   * @param {boolean} held whether a point is being held, so that more changes are to come
   */
  draw(state, held) {
    const before = this.#state;
    this.#state = state;
    const { started, run, link } = state;
    const open = link === "open";
    this.#outbox.hold(!open);
    const news = run?.config !== before?.run?.config || state.generation !== before?.generation;
    if (news) this.#outbox.answered();
    if (refuses(state, before) || (run && before?.run && run.id !== before.run.id)) this.forget();
    if (started && run && (news || started !== before?.started)) {
      this.#known = pointsOf(started, /** @type {Pair[] | null} */ (run.config.data.points));
    }
    if (!open) return;
    // What was on its way when the connection broke may not have arrived.
    if (before?.link !== "open" && this.#local) this.change(this.#local);
    if (!held && this.#outbox.idle) this.#local = null;
  }
}

/**
 * Whether the server has just refused points, or a command without saying which.
 *
 * @param {State} state
 * @param {State | null} before
 */
function refuses({ problem }, before) {
  if (problem === null || problem === before?.problem) return false;
  return problem.errors.length === 0 || reasonAt(problem, "data.points") !== "";
}
