// @ts-check
/** How a comparison and its runs stand, in words. */

import { isWatching } from "../page/embedded.js";
import { t, tn } from "../page/i18n.js";
import { lossText } from "../page/numbers.js";
import { describe, withTrouble } from "../run/words.js";
import { bestOf, hasEnded } from "./comparison-state.js";

/** @typedef {import("./comparison-state.js").Comparison} Comparison */
/** @typedef {import("../run/state.js").State} State */
/** @typedef {import("../run/words.js").Words} Words */

/**
 * @param {Comparison} comparison
 * @returns {Words}
 */
export function describeComparison({ together, runs }) {
  const plain = describe(together);
  const { link, problem, control, remade, run } = together;
  if (link === "gone") return { tone: "bad", text: t("These runs are no longer on the server.") };
  if (link !== "open" || problem !== null || remade || run === null) return plain;
  const words = standing(runs, run);
  const watching = t("You are watching; only the owner can control these runs.");
  const told =
    control || isWatching
      ? words
      : { tone: words.tone, text: t("{first} {second}", { first: watching, second: words.text }) };
  return withTrouble(together, told);
}

/**
 * @param {State[]} runs
 * @param {import("../../types/protocol").RunState} together
 * @returns {Words}
 */
function standing(runs, { status, step }) {
  const over = runs.filter(hasEnded).length;
  switch (status) {
    case "ready":
      return {
        tone: "still",
        text: t("Ready: {count} runs from one seed. Press Play.", { count: runs.length }),
      };
    case "playing":
      if (over === 0)
        return { tone: "busy", text: t("Training {count} runs in step…", { count: runs.length }) };
      return {
        tone: "busy",
        text: tn("Training…; {count} of {all} has ended.", "Training…; {count} of {all} have ended.", over, {
          all: runs.length,
        }),
      };
    case "paused":
      return { tone: "still", text: t("Paused at step {step}.", { step }) };
    default:
      return { tone: "done", text: t("All runs have ended, the last one at step {step}.", { step }) };
  }
}

/**
 * A run's loss; where it went wrong, a word for that.
 *
 * @param {State} state
 * @returns {Words}
 */
export function standOf({ run, snapshot }) {
  if (run?.status === "diverged") return { tone: "bad", text: t("diverged") };
  if (run?.status === "failed") return { tone: "bad", text: t("failed") };
  return { tone: run?.status === "finished" ? "done" : "still", text: lossText(snapshot?.loss ?? null) };
}

/**
 * Why a run went wrong.
 *
 * @param {State} state
 * @returns {string[]} empty where it did not; torch's own words last
 */
export function reasonsOf({ run }) {
  if (run?.status !== "diverged" && run?.status !== "failed") return [];
  const what =
    run.status === "diverged"
      ? t("Diverged at step {step}: the loss grew beyond all bounds.", { step: run.step })
      : t("Failed at step {step}: torch refused it.", { step: run.step });
  return [what, run.explanation, run.error].filter((text) => text !== null);
}

/**
 * What is said of the comparison while it goes on.
 *
 * @param {Comparison} comparison
 * @param {string[]} names
 */
export function remark({ together, runs }, names) {
  const best = bestOf(runs);
  const step = together.run?.step ?? 0;
  if (best === null) return t("Step {step}.", { step });
  const loss = lossText(together.snapshot?.loss ?? null);
  return t("Step {step}. The lowest loss is {loss}: {name}.", { step, loss, name: names[best] ?? "" });
}
