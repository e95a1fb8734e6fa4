// @ts-check
/** The PyTorch script of a run's settings: the server writes it, and reads one that someone pasted. */

import { request } from "../page/http.js";

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
 * @typedef {{ config: RunConfig, notes: { line: number, message: string }[] }} ScriptRead
 */

/**
 * @param {string} script
 * @returns {Promise<ScriptRead>}
 */
export function readScript(script) {
  return request("/api/scripts/read", { method: "POST", body: { script } });
}

/**
 * @param {string} run
 * @param {string} what "script", "notebook", "weights" or "losses.csv"
 */
export function exportAddress(run, what) {
  return `/api/runs/${encodeURIComponent(run)}/${what}`;
}
