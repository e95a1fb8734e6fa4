// @ts-check
/** A program's run on the server. */

import { passing, Refusal, request } from "./http.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */

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
      if (!(error instanceof Refusal) || tries === MOST_TRIES) throw error;
      const wait = passing(error);
      if (wait === null) throw error;
      onWait(error.problem.detail);
      await pause(wait.delay, signal);
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
