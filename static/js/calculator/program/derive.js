// @ts-check
/** A program's run on the server. */

import { passing, Refusal, request } from "../../page/http.js";
import { checked, record, text } from "../../page/record.js";
import { isDerivation } from "./derivation.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../page/record.js").UnknownShape} UnknownShape */

const MOST_TRIES = 10;

/** A program that goes on live. @typedef {{ id: string, owner_token: string }} GoesOn */

const isGoingOn = record({ id: text, owner_token: text });
/** @param {unknown} answer */
const isAnswer = (answer) => isGoingOn(answer) || isDerivation(answer);

/** The server runs one program of a browser at a time, and of those that wait only the newest. */
export class Turns {
  #last = Promise.resolve();

  /**
   * Runs a program; while the server has no process free for it, waits and tries again.
   *
   * @param {string} program
   * @param {AbortSignal} signal
   * @param {(reason: string) => void} onWait called with the reason before each wait
   * @returns {Promise<Derivation | GoesOn>} what became of it, or where it goes on if it takes its time
   * @throws {Refusal | TypeError | DOMException} as `request` does
   * @throws {UnknownShape} if the server is of another version than the page
   */
  derive(program, signal, onWait) {
    const turn = this.#last.then(() => derive(program, signal, onWait));
    this.#last = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }
}

/** @type {Turns["derive"]} */
async function derive(program, signal, onWait) {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      const body = { program, curves: true, goes_on: true };
      return await checked(request("/api/gradients", { method: "POST", body, signal }), isAnswer);
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
