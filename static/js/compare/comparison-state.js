// @ts-check
/**
 * What the page knows of a comparison, and how each message changes that. Pure: no DOM, no clock.
 *
 * Each run is known as the training page knows its one (`../run/state.js`), and so is what they are together: a run
 * that stands at their step, and plays as long as one of them does.
 */

import { INITIAL as NOTHING, reduce as reduceRun } from "../run/state.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/state.js").PageMessage} PageMessage */
/** @typedef {import("../run/snapshot.js").ComparisonSnapshot} ComparisonSnapshot */
/** @typedef {import("../../types/protocol").ComparisonStarted} Started */
/** @typedef {import("../../types/protocol").ComparisonEnded} Ended */
/** @typedef {import("../../types/protocol").RunState} RunState */
/** @typedef {Exclude<import("../../types/protocol").ComparisonMessage, { type: "snapshot" | "pong" }> | ComparisonSnapshot} ServerMessage */

/**
 * @typedef {object} Comparison
 * @property {string | null} id
 * @property {State} together
 * @property {State[]} runs
 * @property {Started["runs"][number]["vary"][]} vary what each run has of its own, as a merge patch
 */

const ENDED = ["finished", "diverged", "failed"];

/** @type {Comparison} */
export const INITIAL = Object.freeze({ id: null, together: NOTHING, runs: [], vary: [] });

/**
 * @param {Comparison} comparison
 * @param {ServerMessage | PageMessage} message
 * @returns {Comparison}
 */
export function reduce(comparison, message) {
  switch (message.type) {
    case "started":
      return started(comparison, message);
    case "snapshot":
      return snapshot(comparison, message);
    case "playing":
    case "paused":
      return summed(
        { ...comparison, together: reduceRun(comparison.together, message) },
        each(comparison, (run) => (hasEnded(run) ? run : reduceRun(run, message))),
      );
    case "ended":
      return summed(
        comparison,
        each(comparison, (run) => (run.run?.id === message.run ? ended(run, message) : run)),
      );
    case "finished":
      return comparison; // Each run has ended with its own message.
    case "remade":
      return { ...INITIAL, together: reduceRun(comparison.together, message) };
    case "link":
      return {
        ...comparison,
        together: reduceRun(comparison.together, message),
        runs: each(comparison, (run) => reduceRun(run, message)),
      };
    default:
      return { ...comparison, together: reduceRun(comparison.together, message) };
  }
}

/** Whether a run has ended. @param {State} run */
export function hasEnded({ run }) {
  return run !== null && ENDED.includes(run.status);
}

/**
 * The first step whose loss is still needed of any run. Runs that have not ended are all at the same step; of those
 * that ended before it the server sends all losses again.
 *
 * @param {Comparison} comparison
 */
export function lossesFrom({ runs }) {
  return 1 + Math.max(0, ...runs.map(({ losses }) => losses.length));
}

/**
 * @param {Comparison} comparison
 * @param {(run: State, i: number) => State} change
 */
function each({ runs }, change) {
  return runs.map(change);
}

/**
 * @param {Comparison} comparison
 * @param {ComparisonSnapshot} message
 * @returns {Comparison}
 */
function snapshot(comparison, { runs: told }) {
  // Another number of runs than have started: a server of another version.
  if (told.length !== comparison.runs.length) return reduce(comparison, { type: "link", link: "stale" });
  const runs = each(comparison, (run, i) =>
    reduceRun(run, /** @type {ComparisonSnapshot["runs"][number]} */ (told[i])),
  );
  return summed(comparison, runs);
}

/**
 * @param {Comparison} comparison
 * @param {Started} message
 * @returns {Comparison}
 */
function started(comparison, { id, control, runs: told }) {
  const before = id === comparison.id ? comparison.runs : [];
  /** @param {State} state @param {Started["runs"][number]} run @returns {State} */
  const begin = (state, run) => reduceRun(state, { ...run, type: "started", control });
  const runs = told.map((run, i) => begin(before[i] ?? NOTHING, run));
  const [first] = told;
  const together = first ? begin(comparison.together, first) : comparison.together;
  const vary = told.map((run) => run.vary);
  return summed({ id, together, runs, vary }, runs);
}

/**
 * @param {State} state
 * @param {Ended} message
 * @returns {State}
 */
function ended(state, { type: _, run: __, ...told }) {
  const over = reduceRun(state, { ...told, type: "finished" });
  return over.run === null ? over : { ...over, run: { ...over.run, ...told } };
}

/**
 * A comparison with these runs, and with what follows from them for all together.
 *
 * @param {Comparison} comparison
 * @param {State[]} runs
 * @returns {Comparison}
 */
function summed(comparison, runs) {
  const first = runs[0]?.run;
  if (!first) return { ...comparison, runs };
  const best = bestOf(runs);
  const together = {
    ...comparison.together,
    incomplete: runs.some(({ incomplete }) => incomplete),
    remade: comparison.together.remade && runs.every(({ run }) => run?.step === 0),
    snapshot: best === null ? null : (runs[best]?.snapshot ?? null),
    run: {
      ...first,
      step: Math.max(...runs.map(({ run }) => run?.step ?? 0)),
      status: statusOf(runs),
      config: { ...first.config, max_steps: Math.max(...runs.map(({ run }) => run?.config.max_steps ?? 0)) },
    },
  };
  return { ...comparison, together, runs };
}

/**
 * @param {State[]} runs
 * @returns {RunState["status"]}
 */
function statusOf(runs) {
  const going = runs.find((run) => !hasEnded(run));
  return going?.run?.status ?? "finished";
}

/**
 * The run with the lowest loss.
 *
 * @param {State[]} runs
 * @returns {number | null} its place; null where none has a loss that is a number
 */
export function bestOf(runs) {
  let best = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (const [i, { snapshot }] of runs.entries()) {
    const loss = snapshot?.loss ?? Number.POSITIVE_INFINITY;
    if (loss < lowest) [best, lowest] = [i, loss];
  }
  return best;
}
