// @ts-check
/**
 * What the page knows of a comparison, and how each message changes that. Pure: no DOM, no clock.
 *
 * Each run is known as the training page knows its one (`../state.js`), and so is what they are together: a run
 * that stands at their step, and plays as long as one of them does.
 */

import { INITIAL as NOTHING, reduce as reduceRun } from "../run/state.js";

/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/state.js").PageMessage} PageMessage */
/** @typedef {import("../run/snapshot.js").ComparisonSnapshot} Picture */
/** @typedef {import("../../types/protocol").ComparisonStarted} Started */
/** @typedef {import("../../types/protocol").ComparisonEnded} Ended */
/** @typedef {import("../../types/protocol").RunState} RunState */
/** @typedef {Exclude<import("../../types/protocol").ComparisonMessage, { type: "snapshot" | "pong" }> | Picture} ServerMessage */

/**
 * @typedef {object} Race
 * @property {string | null} id
 * @property {State} together
 * @property {State[]} runs
 * @property {Started["runs"][number]["vary"][]} vary what each run has of its own, as a merge patch
 */

const ENDED = ["finished", "diverged", "failed"];

/** @type {Race} */
export const INITIAL = Object.freeze({ id: null, together: NOTHING, runs: [], vary: [] });

/**
 * @param {Race} race
 * @param {ServerMessage | PageMessage} message
 * @returns {Race}
 */
export function reduce(race, message) {
  switch (message.type) {
    case "started":
      return started(race, message);
    case "snapshot":
      return snapshot(race, message);
    case "playing":
    case "paused":
      return summed(
        { ...race, together: reduceRun(race.together, message) },
        each(race, (run) => (hasEnded(run) ? run : reduceRun(run, message))),
      );
    case "ended":
      return summed(
        race,
        each(race, (run) => (run.run?.id === message.run ? ended(run, message) : run)),
      );
    case "finished":
      return race; // Each has told of its own end.
    case "remade":
      return { ...INITIAL, together: reduceRun(race.together, message) };
    case "link":
      return {
        ...race,
        together: reduceRun(race.together, message),
        runs: each(race, (run) => reduceRun(run, message)),
      };
    default:
      return { ...race, together: reduceRun(race.together, message) };
  }
}

/** Whether the run has. @param {State} run */
export function hasEnded({ run }) {
  return run !== null && ENDED.includes(run.status);
}

/**
 * The first step whose loss is still needed of any run: all that have not ended are equally far, and the server
 * tells those again from their beginning that ended before it.
 *
 * @param {Race} race
 */
export function lossesFrom({ runs }) {
  return 1 + Math.max(0, ...runs.map(({ losses }) => losses.length));
}

/**
 * @param {Race} race
 * @param {(run: State, i: number) => State} change
 */
function each({ runs }, change) {
  return runs.map(change);
}

/**
 * @param {Race} race
 * @param {Picture} message
 * @returns {Race}
 */
function snapshot(race, { runs: told }) {
  // Fewer or more than have started is nothing that this page knows.
  if (told.length !== race.runs.length) return reduce(race, { type: "link", link: "stale" });
  const runs = each(race, (run, i) => reduceRun(run, /** @type {Picture["runs"][number]} */ (told[i])));
  return summed(race, runs);
}

/**
 * @param {Race} race
 * @param {Started} message
 * @returns {Race}
 */
function started(race, { id, control, runs: told }) {
  const before = id === race.id ? race.runs : [];
  /** @param {State} state @param {Started["runs"][number]} run @returns {State} */
  const begin = (state, run) => reduceRun(state, { ...run, type: "started", control });
  const runs = told.map((run, i) => begin(before[i] ?? NOTHING, run));
  const [first] = told;
  const together = first ? begin(race.together, first) : race.together;
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
 * With what the runs are together.
 *
 * @param {Race} race
 * @param {State[]} runs
 * @returns {Race}
 */
function summed(race, runs) {
  const first = runs[0]?.run;
  if (!first) return { ...race, runs };
  const best = bestOf(runs);
  const together = {
    ...race.together,
    incomplete: runs.some(({ incomplete }) => incomplete),
    remade: race.together.remade && runs.every(({ run }) => run?.step === 0),
    snapshot: best === null ? null : (runs[best]?.snapshot ?? null),
    run: {
      ...first,
      step: Math.max(...runs.map(({ run }) => run?.step ?? 0)),
      status: statusOf(runs),
      config: { ...first.config, max_steps: Math.max(...runs.map(({ run }) => run?.config.max_steps ?? 0)) },
    },
  };
  return { ...race, together, runs };
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
