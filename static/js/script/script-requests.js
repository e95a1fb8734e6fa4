// @ts-check
/** Requests about scripts: the script of a run's settings, and the settings of a script that was pasted. */

import { request } from "../page/http.js";
import { ROOT } from "../page/root.js";

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

/**
 * lines: where the lines of the training loop are, from 1, such as `{ forward: 24 }`.
 *
 * @typedef {{ script: string, lines: Record<string, number> }} Script
 */

/**
 * @param {RunConfig} config
 * @param {AbortSignal} signal
 * @returns {Promise<Script>}
 */
export function writeScript(config, signal) {
  return request("/api/scripts", { method: "POST", body: config, signal });
}

/**
 * What a script trains with; notes: what of it a run does not have, or has in another way.
 *
 * @typedef {{ config: RunConfig, notes: { line: number | null, message: string }[] }} ScriptRead
 */

/**
 * @param {string} script
 * @param {AbortSignal} signal
 * @returns {Promise<ScriptRead>}
 */
export function readScript(script, signal) {
  return request("/api/scripts/read", { method: "POST", body: { script }, signal });
}

/**
 * @param {string} run
 * @param {string} what "script", "notebook", "weights" or "losses.csv"
 */
export function exportAddress(run, what) {
  return `${ROOT}/api/runs/${encodeURIComponent(run)}/${what}`;
}
