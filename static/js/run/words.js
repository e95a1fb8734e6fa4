// @ts-check
/** The run's status in words. */

import { isWatching } from "../page/embedded.js";
import { t, tn } from "../page/i18n.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../types/protocol").RunState} RunState */

/**
 * wait: the server has to do something first. still: it waits for the reader. busy: it trains.
 * done: it ended well. bad: something needs attention. past: what is shown is not how it stands.
 *
 * @typedef {"wait" | "still" | "busy" | "done" | "bad" | "past"} Tone
 * @typedef {{ tone: Tone, text: string, isHeard?: boolean }} Words isHeard: also while it is busy
 */

/**
 * @param {State} state
 * @returns {Words}
 */
export function describe(state) {
  if (state.link !== "open") return describeLink(state);
  if (state.problem !== null && state.problem.errors.length === 0) {
    return { tone: "bad", text: state.problem.detail };
  }
  return withTrouble(state, describeOpen(state));
}

/**
 * Words about a run that cannot be stored, which is said besides.
 *
 * @param {State} state
 * @param {Words} words
 * @returns {Words}
 */
export function withTrouble({ unstored }, words) {
  return unstored === null ? words : { tone: "bad", text: sentences(words.text, unstored) };
}

/**
 * @param {State} state
 * @returns {Words}
 */
function describeOpen(state) {
  const run = /** @type {RunState} */ (state.run);
  const past = state.past?.snapshot;
  if (past) {
    const values = { step: past.step, at: run.step };
    return { tone: "past", text: t("Looking back at step {step}. The run itself is at step {at}.", values) };
  }
  const words = describeRun(run, state.remade);
  const watching = t("You are watching; only the owner can control this run.");
  // In a classroom's frame that is said around it.
  return state.control || isWatching ? words : { tone: words.tone, text: sentences(watching, words.text) };
}

/**
 * @param {State} state
 * @returns {Words}
 */
function describeLink(state) {
  switch (state.link) {
    case "warming":
      if (state.run === null)
        return { tone: "wait", text: t("The trainer is warming up: it is importing torch…") };
      return { tone: "wait", text: t("The trainer is being replaced. Your run comes back by itself…") };
    case "busy":
      return { tone: "wait", text: state.problem?.detail ?? "" };
    case "lost":
      return { tone: "bad", text: t("Connection lost. Trying again…") };
    case "gone":
      return { tone: "bad", text: t("This run is no longer on the server.") };
    case "refused":
      return { tone: "bad", text: state.problem?.detail ?? "" };
    case "opening":
      return { tone: "wait", text: t("Connecting to the server…") };
    default:
      return { tone: "bad", text: t("This page is from another version of the server. Reload it.") };
  }
}

/**
 * @param {RunState} run
 * @param {boolean} remade
 * @returns {Words}
 */
function describeRun(run, remade) {
  if (run.line !== null)
    return { tone: "still", text: t("In the middle of step {step}.", { step: run.step + 1 }) };
  switch (run.status) {
    case "ready":
      if (remade) {
        return {
          tone: "still",
          text: t("The server no longer had your run. Here is a new one with the same settings: press Play."),
        };
      }
      return { tone: "still", text: t("Ready: nothing is trained yet.") };
    case "playing":
      return { tone: "busy", text: t("Training…") };
    case "paused":
      return { tone: "still", text: t("Paused at step {step}.", { step: run.step }) };
    case "finished":
      return { tone: "done", text: finished(run) };
    case "diverged":
      return {
        tone: "bad",
        text: t("Diverged at step {step}: the loss grew beyond all bounds.", { step: run.step }),
      };
    case "failed":
      return {
        tone: "bad",
        text: t("The run failed at step {step}. Press Reset to start over.", { step: run.step }),
      };
  }
}

/** @param {RunState} run */
function finished(run) {
  if (run.reason === "stop_loss") {
    return t("Finished at step {step}: the loss is down to {loss}.", {
      step: run.step,
      loss: run.config.stop_loss ?? 0,
    });
  }
  return tn(
    "Finished after {count} step. Raise max_steps to train on, or reset.",
    "Finished after {count} steps. Raise max_steps to train on, or reset.",
    run.step,
  );
}

/**
 * Two sentences, spaced as the language does.
 *
 * @param {string} first
 * @param {string} second
 */
function sentences(first, second) {
  return t("{first} {second}", { first, second });
}
