// @ts-check
/** A program's run on the server. */

import { Refusal, request } from "./http.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */

/** Refusals that pass by themselves: too many requests, not ready. */
const PASSING = [429, 503];
const MOST_TRIES = 10;

/**
 * Runs a program; while the server has no process free for it, waits and tries again.
 *
 * @param {string} program
 * @param {AbortSignal} signal
 * @param {(reason: string) => void} onWait told why it waits
 * @returns {Promise<Derivation>}
 * @throws {Refusal | TypeError | DOMException} as `request` does
 */
export async function derive(program, signal, onWait) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await request("/api/gradients", { method: "POST", body: { program }, signal });
    } catch (error) {
      const passing = error instanceof Refusal && PASSING.includes(error.problem.status);
      if (!passing || tries === MOST_TRIES) throw error;
      onWait(error.problem.detail);
      await pause(1000 * error.retryAfter, signal);
    }
  }
}

/**
 * @param {number} duration in ms
 * @param {AbortSignal} signal ends the pause, with its own reason as the error
 */
function pause(duration, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, duration);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
