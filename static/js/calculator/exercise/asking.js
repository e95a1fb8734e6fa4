// @ts-check
/**
 * Predict, then run: what was asked about a program, what the reader answered, and what torch said. Pure.
 *
 * closed: nothing is asked. asking: the questions are on their way. asked: they wait for answers. stale: the program
 * was changed meanwhile. marking: torch runs it. marked: its answers are shown.
 */

/** @typedef {import("../../../types/protocol").Question} Question */
/** @typedef {import("../../../types/protocol").Mark} Mark */
/** @typedef {import("../../../types/protocol").Drill["kind"]} DrillKind */
/** @typedef {{ kind: DrillKind, level: number, seed: number }} DrillAddress */
/** @typedef {{ kind: "typed" | "none" | "error" | "choice", text: string }} Written what stands in an answer's place */

/**
 * @typedef {object} Score
 * @property {number} right
 * @property {number} answered
 * @property {number} row programs in a row with all answers right
 */

/**
 * @typedef {object} State
 * @property {"closed" | "asking" | "asked" | "stale" | "marking" | "marked"} phase
 * @property {string} program
 * @property {DrillAddress | null} drill where the program is from; null: the reader's own
 * @property {Question[]} questions
 * @property {Record<string, Written>} written by the question's id
 * @property {Record<string, Mark>} marks by the question's id
 * @property {Score} score
 * @property {string} refusal why the server did not answer; "": it did
 */

/**
 * @typedef {{ type: "ask", program: string, drill: DrillAddress | null }
 *   | { type: "asked", program: string, questions: Question[] }
 *   | { type: "write", id: string, written: Written }
 *   | { type: "edited", program: string }
 *   | { type: "mark" }
 *   | { type: "marked", marks: Mark[] }
 *   | { type: "refused", text: string }
 *   | { type: "close" }} Message
 */

/** Programs in a row with all answers right before the next drill is a harder one. */
const ROW = 3;
const LEVELS = 5;

/** @type {State} */
export const INITIAL = Object.freeze({
  phase: "closed",
  program: "",
  drill: null,
  questions: [],
  written: {},
  marks: {},
  score: { right: 0, answered: 0, row: 0 },
  refusal: "",
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case "ask":
      return {
        ...INITIAL,
        phase: "asking",
        program: message.program,
        drill: message.drill,
        score: state.score,
      };
    case "asked":
      if (state.phase !== "asking") return state;
      return { ...state, phase: "asked", program: message.program, questions: message.questions };
    case "write":
      if (state.phase !== "asked") return state;
      return { ...state, refusal: "", written: { ...state.written, [message.id]: message.written } };
    case "edited":
      if (state.phase !== "asked" && state.phase !== "marked") return state;
      return message.program === state.program ? state : { ...state, phase: "stale", drill: null };
    case "mark":
      return state.phase === "asked" && isComplete(state)
        ? { ...state, phase: "marking", refusal: "" }
        : state;
    case "marked":
      return state.phase === "marking" ? marked(state, message.marks) : state;
    case "refused":
      if (state.phase === "marking") return { ...state, phase: "asked", refusal: message.text };
      return { ...state, phase: "stale", refusal: message.text };
    case "close":
      return { ...INITIAL, score: state.score };
  }
}

/** @param {State} state @param {Mark[]} marks @returns {State} */
function marked(state, marks) {
  const told = marks.filter(({ right }) => right !== null);
  const right = told.filter((mark) => mark.right).length;
  const { score } = state;
  return {
    ...state,
    phase: "marked",
    marks: Object.fromEntries(marks.map((mark) => [mark.question, mark])),
    score: {
      right: score.right + right,
      answered: score.answered + told.length,
      row: right === told.length ? score.row + 1 : 0,
    },
  };
}

/** Whether the answers are hidden that the results would tell. @param {State} state */
export function isHiding({ phase }) {
  return phase === "asking" || phase === "asked" || phase === "marking";
}

/** Whether every question has an answer. @param {State} state */
export function isComplete({ questions, written }) {
  return questions.length > 0 && questions.every(({ id }) => isWritten(written[id]));
}

/** @param {Written | undefined} written */
export function isWritten(written) {
  return written !== undefined && (written.kind !== "typed" || written.text.trim() !== "");
}

/** How many of the answers shown are right. @param {State} state */
export function rightOnes({ marks }) {
  return Object.values(marks).filter(({ right }) => right).length;
}

/**
 * The drill to go on with: a level harder after a row of right ones.
 *
 * @param {State} state
 * @param {{ kind: DrillKind, level: number }} chosen
 * @param {number} seed
 * @returns {DrillAddress}
 */
export function nextDrill({ phase, score, drill }, { kind, level }, seed) {
  const harder =
    phase === "marked" &&
    drill?.kind === kind &&
    drill.level === level &&
    score.row > 0 &&
    score.row % ROW === 0;
  return { kind, level: Math.min(LEVELS, level + (harder ? 1 : 0)), seed };
}

/** @param {DrillAddress} drill @returns {string} as in the page's address, with its "#" */
export function fragmentOf({ kind, level, seed }) {
  return `#drill=${kind}&level=${level}&seed=${seed}`;
}

/**
 * @param {string} fragment of the page's address
 * @returns {DrillAddress | null} null: it names no drill. Whether there is such a kind, the server knows.
 */
export function drillIn(fragment) {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  const kind = values.get("drill");
  if (kind === null) return null;
  const [level, seed] = [Number(values.get("level") ?? 1), Number(values.get("seed") ?? 0)];
  return { kind: /** @type {DrillKind} */ (kind), level, seed };
}

/** @param {string | null} text as `JSON.stringify` wrote a score @returns {Score} */
export function scoreIn(text) {
  try {
    const { right, answered, row } = JSON.parse(text ?? "");
    if ([right, answered, row].every(Number.isInteger)) return { right, answered, row };
  } catch {
    // Nothing was kept, or something else.
  }
  return INITIAL.score;
}
