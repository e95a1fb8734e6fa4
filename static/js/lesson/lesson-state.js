// @ts-check
/** What the page of a lesson knows, and how each message changes that. Pure: no DOM, no clock. */

/** @typedef {import("../../types/protocol").LessonShown} Lesson */
/** @typedef {import("../../types/protocol").StepShown} Step */
/** @typedef {import("../../types/protocol").Revealed} Revealed */
/** @typedef {import("../../types/protocol").Checked} Checked */
/** @typedef {import("../../types/protocol").Problem} Problem */
/** @typedef {import("../room/room-state.js").Answer} Answer */
/** @typedef {import("../room/room-state.js").Draft} Draft */
/** @typedef {import("../room/room-state.js").State} RoomState */
/** @typedef {import("../room/room-state.js").Written} Written */
/** @typedef {import("./told.js").Told} Told */
/** @typedef {NonNullable<RoomState["room"]>["question"]} Question */

/**
 * How far the reader is with one step.
 *
 * @typedef {object} Progress
 * @property {Answer | null} answer as it was locked
 * @property {Revealed | null} revealed
 * @property {Checked | null} checked
 */

/**
 * @typedef {object} State
 * @property {Lesson | null} lesson
 * @property {number} at the step, from 0
 * @property {Record<number, Progress>} progress
 * @property {Draft | null} draft what is being predicted
 * @property {Extract<Told, { lesson: "runs" }> | null} runs those in the frame
 * @property {string | null} program the one in the frame, as it was run last
 * @property {boolean} waits whether the server was asked, and has not answered
 * @property {Problem | null} problem why the last request was refused
 */

/**
 * @typedef {{ type: "lesson", lesson: Lesson, at: number } | { type: "go", at: number } | { type: "told", told: Told }
 *   | { type: "drafted", answer: Answer | null, written?: Written } | { type: "locked", answer: Answer }
 *   | { type: "asked" } | { type: "revealed", at: number, revealed: Revealed }
 *   | { type: "checked", at: number, checked: Checked } | { type: "refused", problem: Problem }} Message
 */

/** @type {Progress} */
const UNTOUCHED = Object.freeze({ answer: null, revealed: null, checked: null });

/** @type {State} */
export const INITIAL = Object.freeze({
  lesson: null,
  at: 0,
  progress: {},
  draft: null,
  runs: null,
  program: null,
  waits: false,
  problem: null,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case "lesson":
      return gone({ ...state, lesson: message.lesson }, message.at);
    case "go":
      return gone(state, message.at);
    case "told":
      return message.told.lesson === "runs"
        ? { ...state, runs: message.told }
        : { ...state, program: message.told.program };
    case "drafted":
      return {
        ...state,
        problem: null,
        draft: { asked: askedKey(state), answer: message.answer, written: message.written ?? null },
      };
    case "locked":
      return { ...progressed(state, state.at, { answer: message.answer }), draft: null, problem: null };
    case "asked":
      return { ...state, waits: true, problem: null };
    case "revealed":
      return { ...progressed(state, message.at, { revealed: message.revealed }), waits: false };
    case "checked":
      return { ...progressed(state, message.at, { checked: message.checked }), waits: false };
    case "refused":
      return { ...state, waits: false, problem: message.problem };
    default:
      return state;
  }
}

/**
 * Another step; what its frame shows is not known yet, unless it stays the same.
 *
 * @param {State} state
 * @param {number} wanted
 * @returns {State}
 */
function gone(state, wanted) {
  const last = (state.lesson?.shown.length ?? 1) - 1;
  const at = Math.min(Math.max(Math.trunc(wanted) || 0, 0), last);
  const next = { ...state, at, draft: null, problem: null };
  return frameKey(next) === frameKey(state) ? next : { ...next, runs: null, program: null };
}

/** @param {State} state @param {number} at @param {Partial<Progress>} change @returns {State} */
function progressed(state, at, change) {
  const before = state.progress[at] ?? UNTOUCHED;
  return { ...state, progress: { ...state.progress, [at]: { ...before, ...change } } };
}

/** @param {State} state @returns {Step | null} */
export function stepOf({ lesson, at }) {
  return lesson?.shown[at] ?? null;
}

/** @param {State} state @returns {Progress} */
export function progressOf({ progress, at }) {
  return progress[at] ?? UNTOUCHED;
}

/** What the frame is of: another one is another page. @param {State} state */
export function frameKey(state) {
  const step = stepOf(state);
  return step === null ? "" : JSON.stringify([step.scene, stepsAsked(step)]);
}

/** How many steps a prediction is about; null: it is about no run. @param {Step} step */
export function stepsAsked({ ask }) {
  return ask !== null && "trial" in ask ? ask.trial.steps : null;
}

/** @param {State} state */
const askedKey = ({ at }) => `${at + 1}.1`;

/** Whether the step's runs have come to their end. @param {State} state */
export const haveEnded = ({ runs }) => runs?.ended ?? false;

/** Whether the reader must predict before they see what becomes of it. @param {State} state */
export function isHidden(state) {
  return stepOf(state)?.ask != null && progressOf(state).answer === null;
}

/**
 * The step's prediction as a classroom's question, for its views.
 *
 * @param {State} state
 * @returns {RoomState}
 */
export function asRoom(state) {
  const { draft, problem } = state;
  const question = questionOf(state);
  return /** @type {RoomState} */ ({
    link: "open",
    over: null,
    room: question && { role: "member", question },
    problem: question === null ? null : problem,
    draft,
  });
}

/** A curve is asked for once its points are there to draw it over. @param {State} state @returns {Question} */
function questionOf(state) {
  const step = stepOf(state);
  const about = step && askedAbout(step, state.runs?.points ?? []);
  if (step === null || about === null) return null;
  const { answer, revealed } = progressOf(state);
  return {
    number: state.at + 1,
    text: step.ask_text,
    about,
    phase: phaseOf(state),
    round: 1,
    n_answered: 0,
    own: [answer],
    right: revealed?.right ?? null,
    distance: revealed?.distance ?? null,
    tallies: [],
    truth: revealed?.truth ?? null,
  };
}

/**
 * @param {Step} step
 * @param {[number, number][]} points
 * @returns {Step["ask"]}
 */
function askedAbout({ ask }, points) {
  if (ask?.kind !== "curve") return ask;
  if (points.length === 0) return null;
  const { trial } = ask;
  const data = { ...trial.config.data, points };
  return { ...ask, trial: { ...trial, config: { ...trial.config, data } } };
}

/** @param {State} state @returns {"open" | "locked" | "revealing" | "revealed"} */
function phaseOf(state) {
  const { answer, revealed } = progressOf(state);
  if (revealed !== null) return "revealed";
  if (answer === null) return "open";
  return state.waits ? "revealing" : "locked";
}
