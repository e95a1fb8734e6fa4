// @ts-check
/** What the page knows of a program that runs live, and how messages change it. Pure. */

/** @typedef {import("../../../types/protocol").ProgramMessage} ProgramMessage */
/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").FigureShown} FigureShown */
/** @typedef {import("../../../types/protocol").Round} Round */
/** @typedef {import("../../../types/protocol").Rounds} Rounds */
/** @typedef {{ loop: number, round: number }} Moment a round of a loop; rounds count from 1 */

/** A loop: the last message about it, with all rows that are kept. @typedef {Rounds} Loop */

/**
 * @typedef {object} LiveState
 * @property {"idle" | "queued" | "running" | "paused" | "finished"} phase
 * @property {string | null} id
 * @property {string | null} token
 * @property {boolean} control whether this page may command it
 * @property {string} program
 * @property {number} place in the queue, from 1
 * @property {number | null} speed rounds per second at most
 * @property {string} printed
 * @property {Loop[]} loops by their numbers
 * @property {FigureShown[]} figures in the order they were drawn
 * @property {Derivation | null} derivation once it has ended
 * @property {import("../../../types/protocol").ProgramFinished["reason"] | "gone" | null} reason of its end
 * @property {Moment | null} past what the reader looks back at
 * @property {boolean} isUp whether there is a connection
 */

/**
 * @typedef {ProgramMessage
 *   | { type: "look", past: Moment | null }
 *   | { type: "link", isUp: boolean }
 *   | { type: "gone" }
 *   | { type: "forget" }} LiveMessage
 */

/** Pictures kept; of more, every second is dropped. */
const MOST_FIGURES = 100;

/** @type {LiveState} */
export const IDLE = {
  phase: "idle",
  id: null,
  token: null,
  control: false,
  program: "",
  place: 0,
  speed: null,
  printed: "",
  loops: [],
  figures: [],
  derivation: null,
  reason: null,
  past: null,
  isUp: true,
};

/**
 * @param {LiveState} state
 * @param {LiveMessage} message
 * @returns {LiveState}
 */
export function reduce(state, message) {
  switch (message.type) {
    case "started": {
      const { id, control, program } = message;
      const { token, past } = state.id === id ? state : IDLE; // told anew after a lost connection
      return { ...IDLE, phase: "running", id, token: message.owner_token ?? token, control, program, past };
    }
    case "queued":
      return { ...state, phase: "queued", place: message.place };
    case "running":
      return { ...state, phase: "running", speed: message.rounds_per_second };
    case "paused":
      return { ...state, phase: "paused" };
    case "printed":
      return { ...state, printed: state.printed + message.text };
    case "rounds":
      return { ...state, loops: withRounds(state.loops, message) };
    case "figure":
      return { ...state, figures: withFigure(state.figures, message) };
    case "finished":
      return { ...state, phase: "finished", reason: message.reason, derivation: message.derivation };
    case "link":
      return { ...state, isUp: message.isUp };
    case "gone":
      return state.phase === "idle"
        ? state
        : { ...state, phase: "finished", control: false, isUp: true, reason: state.reason ?? "gone" };
    case "look":
      return { ...state, past: message.past };
    case "forget":
      return IDLE;
    default:
      return state;
  }
}

/** @param {Loop[]} loops @param {Rounds} message */
function withRounds(loops, message) {
  const changed = [...loops];
  const before = loops[message.loop];
  let rows = before?.rows ?? [];
  if (before && message.stride !== before.stride) {
    const every = message.stride / before.stride;
    rows = rows.filter((_, k) => k % every === 0);
  }
  changed[message.loop] = { ...message, first: 1, rows: [...rows, ...message.rows] };
  return changed;
}

/** @param {FigureShown[]} figures @param {FigureShown} figure */
function withFigure(figures, figure) {
  if (figures.length < MOST_FIGURES) return [...figures, figure];
  const last = new Map(figures.map((shown, k) => [shown.number, k]));
  return [...figures.filter((shown, k) => k % 2 === 1 || last.get(shown.number) === k), figure];
}

/** @param {LiveState} state @returns {Loop[]} those that have ended a round, the outer before the inner */
export function loopsOf({ loops }) {
  return loops.filter((loop) => loop !== undefined && loop.count > 0);
}

/** The loop that the reader follows: the one with most rounds. @param {LiveState} state @returns {Loop | null} */
export function followedLoop(state) {
  const chosen = state.past === null ? undefined : state.loops[state.past.loop];
  if (chosen) return chosen;
  return loopsOf(state).reduce(
    (/** @type {Loop | null} */ most, loop) => (most === null || loop.count > most.count ? loop : most),
    null,
  );
}

/** @param {Loop} loop @returns {{ name: string, values: (number | null)[] }[]} the names that were numbers */
export function columnsOf({ names, rows }) {
  return names
    .map((name, place) => ({ name, values: rows.map(({ values }) => values[place] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null));
}

/** @param {Loop} loop @param {number} k @returns {number} the number of the round of a row */
export function roundAt({ stride }, k) {
  return 1 + k * stride;
}

/** The row of what the reader looks back at. @param {LiveState} state @returns {Round | null} null: the present */
export function pastRow({ past, loops }) {
  if (past === null) return null;
  const loop = loops[past.loop];
  if (!loop || loop.rows.length === 0) return null;
  const k = Math.floor((past.round - 1) / loop.stride);
  return loop.rows[Math.min(k, loop.rows.length - 1)] ?? null;
}

/** The text as it was then. @param {LiveState} state */
export function printedThen(state) {
  const row = pastRow(state);
  // The server counts characters, JavaScript their halves.
  return row === null ? state.printed : Array.from(state.printed).slice(0, row.printed).join("");
}

/** The pictures as they were then, one of each figure. @param {LiveState} state @returns {FigureShown[]} */
export function figuresThen(state) {
  const row = pastRow(state);
  /** @type {Map<number, FigureShown>} */
  const shown = new Map();
  for (const figure of state.figures) {
    if (row === null || figure.tick < row.tick) shown.set(figure.number, figure);
  }
  return [...shown.values()];
}

/**
 * How far the outermost loop has come whose length is known.
 *
 * @param {LiveState} state
 * @returns {{ done: number, total: number } | null}
 */
export function progressOf(state) {
  const known = loopsOf(state).filter(({ total, done }) => total !== null && total > 0 && done <= total);
  const outer = known.sort((a, b) => a.depth - b.depth || b.line - a.line)[0];
  return outer ? { done: outer.done, total: /** @type {number} */ (outer.total) } : null;
}

/**
 * Whether there may be something to watch in a program while it runs; else its result is asked for at once.
 *
 * @param {string} program
 */
export function isWatchable(program) {
  return /\b(?:for|while|pyplot|sleep)\b/.test(program.replaceAll(/#.*/g, ""));
}
