// @ts-check
/** What the training page knows of its run, and how each message changes that. Pure: no DOM, no clock. */

import { remembered } from "./earlier.js";
import { Losses } from "./losses.js";
import { sampled } from "./samples.js";
import { DARK } from "./spotlight.js";
import { PLAIN } from "./view.js";

/** The status of a problem that passes by itself. */
const UNAVAILABLE = 503;

/** @typedef {import("./snapshot.js").Snapshot} Snapshot */
/** @typedef {import("../../types/protocol").RunState} RunState */
/** @typedef {import("../../types/protocol").Started} Started */
/** @typedef {import("../../types/protocol").Playing} Playing */
/** @typedef {import("../../types/protocol").Paused} Paused */
/** @typedef {import("../../types/protocol").Updated} Updated */
/** @typedef {import("../../types/protocol").Lines} Lines */
/** @typedef {import("../../types/protocol").LineRan} LineRan */
/** @typedef {import("../../types/protocol").LoopConfig} Loop */
/** @typedef {import("../../types/protocol").Finished} Finished */
/** @typedef {import("../../types/protocol").Warned} Warned */
/** @typedef {import("../../types/protocol").Stored} Stored */
/** @typedef {import("../../types/protocol").Failed} Failed */
/** @typedef {import("../../types/protocol").Problem} Problem */
/** @typedef {import("./shown.js").Past} Past */

/**
 * Where the page stands with the server.
 * opening: not yet heard from it. warming: it answers, but the trainer is still starting or being replaced.
 * busy: it asks to be left alone for a while; `problem` says why. open: messages flow.
 * lost: the connection broke, another is tried. gone: the run is no longer there.
 * refused: the server will not make a run; `problem` says why. stale: it is of another version than the page.
 *
 * @typedef {"opening" | "warming" | "busy" | "open" | "lost" | "gone" | "refused" | "stale"} Link
 */

/**
 * @typedef {object} State
 * @property {Link} link
 * @property {boolean} control whether this page may change the run
 * @property {RunState | null} run its config, step and status are kept current
 * @property {Started | null} started the data, the grid and the parameters' shapes
 * @property {number} generation grows whenever the run begins anew, so that pictures do too
 * @property {boolean} greeted whether this connection has sent its first `started`
 * @property {Snapshot | null} snapshot the newest
 * @property {Past | null} past what the reader looks back at, instead of the newest
 * @property {import("./spotlight.js").Spotlight} spotlight what the reader points at in the pictures of the model
 * @property {import("./view.js").View} view what the reader chose to see
 * @property {Losses} losses
 * @property {import("../../types/protocol").RunConfig | null} trained what the newest loss came from: settings may have changed since
 * @property {import("./samples.js").Samples} testLosses of the snapshots that came; empty where nothing is held out
 * @property {import("./earlier.js").Earlier[]} earlier the runs this page showed before, the newest first
 * @property {LineRan[]} lines those of the step that is, or was last, taken one line at a time
 * @property {Warned | null} warned what torch warned of, with these points
 * @property {string | null} unstored what keeps the server from storing the run
 * @property {boolean} incomplete whether losses are missing, so that the page must ask again
 * @property {Problem | null} problem why the last command was refused
 * @property {boolean} remade whether the run replaces one the server no longer had
 * @property {number | null} pace steps per second that Play asks for; null: as fast as the server can
 * @property {boolean} counting whether this page asked for a number of steps, which are taken at full speed
 */

/**
 * What the page itself has to tell, beside the server's messages.
 *
 * link: where the page stands. remade: a new run takes the place of a lost one. commanded: a command was sent.
 * refused: so was a request beside the stream. looked: the reader looks back, or at the present again. paced: the
 * reader chose a pace. viewed: the reader chose what to see. lit: the reader points at something in a picture of the
 * model, or no longer.
 *
 * @typedef {{ type: "link", link: Link, problem?: Problem } | { type: "remade" } |
 *   { type: "commanded", command?: import("../../types/protocol").ClientMessage } |
 *   { type: "refused", problem: Problem } | { type: "looked", past: Past | null } |
 *   { type: "paced", pace: number | null } |
 *   { type: "viewed", change: Partial<import("./view.js").View> } |
 *   { type: "lit", change: Partial<import("./spotlight.js").Spotlight> }} PageMessage
 * @typedef {Started | Snapshot | Playing | Paused | Lines | Updated | Warned | Stored | Finished | Failed | PageMessage} Message
 */

/** @type {State} */
export const INITIAL = Object.freeze({
  link: "opening",
  control: false,
  run: null,
  started: null,
  generation: 0,
  greeted: false,
  snapshot: null,
  past: null,
  spotlight: DARK,
  view: PLAIN,
  losses: new Losses(),
  trained: null,
  testLosses: { x: [], y: [] },
  earlier: [],
  lines: [],
  warned: null,
  unstored: null,
  incomplete: false,
  problem: null,
  remade: false,
  pace: 60,
  counting: false,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State} once the server is of another version, nothing of the run changes any more
 */
export function reduce(state, message) {
  if (state.link === "stale" && message.type !== "viewed") return state;
  switch (message.type) {
    case "started":
      return started(state, message);
    case "snapshot":
      return snapshot(state, message);
    case "playing":
      return playing(state, message);
    case "paused":
      return withRun(
        { ...state, counting: false },
        { status: message.step === 0 ? "ready" : "paused", step: message.step },
      );
    case "warned":
      return { ...state, warned: message.warning === null ? null : message };
    case "stored":
      return { ...state, unstored: message.trouble };
    case "finished":
      return finished(state, message);
    case "updated":
      return updated(state, message);
    case "lines":
      return lines(state, message);
    case "failed":
      return failed(state, message.problem);
    case "link":
      return {
        ...state,
        link: message.link,
        unstored: null,
        greeted: false,
        incomplete: false,
        problem: message.problem ?? null,
      };
    case "remade":
      return {
        ...INITIAL,
        generation: state.generation,
        earlier: remembered(state),
        remade: true,
        pace: state.pace,
        view: state.view,
      };
    case "commanded":
      return commanded(state, message.command?.type);
    case "paced":
      return { ...state, pace: message.pace };
    case "viewed":
      return { ...state, view: { ...state.view, ...message.change } };
    case "refused":
      return { ...state, problem: message.problem };
    case "looked":
      return { ...state, past: message.past };
    case "lit":
      return { ...state, spotlight: { ...state.spotlight, ...message.change } };
    default:
      return { ...state, link: "stale" };
  }
}

/**
 * @param {State} state
 * @param {Playing} message
 * @returns {State}
 */
function playing(state, { steps_per_second }) {
  const run = { status: /** @type {const} */ ("playing"), reason: null, line: null, steps_per_second };
  return withRun({ ...state, remade: false, pace: paceOf(state, steps_per_second) }, run);
}

/**
 * The pace of a run that plays; a number of steps that this page asked for says nothing of it.
 *
 * @param {State} state
 * @param {number | null} stepsPerSecond
 */
function paceOf({ pace, counting }, stepsPerSecond) {
  return counting && stepsPerSecond === null ? pace : stepsPerSecond;
}

/**
 * @param {State} state
 * @param {import("../../types/protocol").ClientMessage["type"]} [command]
 * @returns {State}
 */
function commanded(state, command) {
  const counting = command === "step" || (state.counting && command !== "play");
  if (state.problem === null && state.past === null && counting === state.counting) return state;
  return { ...state, problem: null, past: null, counting };
}

/**
 * @param {State} state
 * @param {Started} message
 * @returns {State}
 */
function started(state, message) {
  const same = !state.greeted && isSame(state, message.run);
  const resumed = same && state.losses.length <= message.run.step;
  return {
    ...state,
    link: "open",
    control: message.control,
    run: message.run,
    started: message,
    greeted: true,
    problem: null,
    remade: state.remade && !state.greeted,
    pace: message.run.status === "playing" ? paceOf(state, message.run.steps_per_second) : state.pace,
    ...(resumed ? {} : begun(state)),
    // A server that was killed goes back a little with a run: that is no other one.
    ...(same ? { earlier: state.earlier } : {}),
  };
}

/**
 * Other settings, and other points where they changed with them.
 *
 * @param {State} before
 * @param {Updated} message
 * @returns {State}
 */
function updated(before, { config, points }) {
  // A refusal that came before was that of an earlier command.
  const state = before.problem === null ? before : { ...before, problem: null };
  const line = state.run?.line ?? null;
  const known =
    points && state.started ? { ...state, past: null, started: { ...state.started, ...points } } : state;
  if (line === null) return withRun(known, { config });
  const last = state.lines.at(-1)?.line;
  const stays = last === undefined && config.loop[line];
  return withRun(known, { config, line: stays ? line : nextLine(last ?? line, config.loop) });
}

/**
 * @param {State} state
 * @param {Finished} message
 * @returns {State}
 */
function finished(state, { type: _, ...told }) {
  return withRun({ ...state, counting: false }, { ...told, status: ending(told.reason), line: null });
}

/**
 * What changes when another run begins, or the same one anew.
 *
 * @param {State} state
 */
function begun(state) {
  const { generation } = state;
  const { snapshot, past, losses, testLosses, lines, warned } = INITIAL;
  return {
    generation: generation + 1,
    snapshot,
    past,
    losses,
    testLosses,
    lines,
    warned,
    earlier: remembered(state),
  };
}

/**
 * Whether a run told on a new connection is the one this page followed. With the same config it has the same
 * numbers, so its losses can be kept if it is further on.
 *
 * @param {State} state
 * @param {RunState} run
 */
function isSame(state, run) {
  return (
    state.run !== null &&
    state.run.id === run.id &&
    JSON.stringify(state.run.config) === JSON.stringify(run.config)
  );
}

/**
 * @param {State} state
 * @param {Snapshot} message
 * @returns {State}
 */
function snapshot(state, message) {
  const losses = state.losses.appended(message.lossesFrom, message.losses);
  if (losses === null) return { ...state, incomplete: true };
  const trained = losses === state.losses ? state.trained : (state.run?.config ?? null);
  const testLosses = sampled(state.testLosses, message.step, message.testLoss);
  const over = state.lines.some(({ step }) => step < message.step);
  const lines = over ? state.lines.filter(({ step }) => step >= message.step) : state.lines;
  // Lines of a step may be told before the snapshot of the step before it.
  const inStep = state.lines.length
    ? lines.some(({ step }) => step > message.step)
    : message.step === state.run?.step;
  const line = inStep ? (state.run?.line ?? null) : null;
  const known = { ...state, losses, trained, testLosses, lines, snapshot: message };
  return withRun(known, { step: message.step, line });
}

/**
 * @param {State} state
 * @param {Lines} message
 * @returns {State}
 */
function lines(state, message) {
  const newest = message.lines.at(-1);
  if (!newest || state.run === null) return state;
  const ran = [...state.lines, ...message.lines].filter(({ step }) => step === newest.step);
  return withRun({ ...state, lines: ran }, { line: nextLine(newest.line, state.run.config.loop) });
}

/** The lines of the loop, in their order. */
export const LINES = /** @type {const} */ (["forward", "loss", "zero_grad", "backward", "step"]);

/**
 * The line that runs after another in the same step: those switched off are passed over.
 *
 * @param {LineRan["line"]} line
 * @param {Loop} loop
 * @returns {LineRan["line"] | null} null: the step is over
 */
function nextLine(line, loop) {
  return LINES.slice(LINES.indexOf(line) + 1).find((name) => loop[name]) ?? null;
}

/**
 * A refused command, or a trainer that is being replaced: its run is told again by `started`.
 *
 * @param {State} state
 * @param {Problem} problem
 * @returns {State}
 */
function failed(state, problem) {
  if (problem.status === UNAVAILABLE) return { ...state, link: "warming" };
  return { ...state, problem, counting: false };
}

/**
 * @param {State} state
 * @param {Partial<RunState>} change
 * @returns {State}
 */
function withRun(state, change) {
  return state.run === null ? state : { ...state, run: { ...state.run, ...change } };
}

/**
 * @param {Finished["reason"]} reason
 * @returns {RunState["status"]}
 */
function ending(reason) {
  return reason === "diverged" || reason === "failed" ? reason : "finished";
}
