// @ts-check
/** Making and finding runs, and remembering which one is this tab's own. */

import { request } from "../page/http.js";
import { decodeSnapshot } from "./snapshot.js";

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../../types/protocol").RunCreated} RunCreated */

/** @typedef {{ id: string, owner_token: string, config: RunConfig }} OwnRun */

const KEY = "run";

/**
 * @param {Partial<RunConfig>} config what is left out is the lesson's
 * @returns {Promise<RunCreated>}
 */
export function createRun(config) {
  return request("/api/runs", { method: "POST", body: config });
}

/**
 * @param {string} id
 * @returns {Promise<import("../../types/protocol").RunState>}
 */
export function findRun(id) {
  return request(pathOf(id));
}

/**
 * A run of one's own that stands where another stood, and goes on as it did.
 *
 * @param {string} id
 * @param {number} step
 * @returns {Promise<RunCreated>}
 */
export function forkRun(id, step) {
  return request(`${pathOf(id)}/fork`, { method: "POST", body: { step } });
}

/** @param {string} id */
export function pathOf(id) {
  return `/api/runs/${encodeURIComponent(id)}`;
}

/**
 * This tab's run. The token lives in the tab's own storage, never in an address.
 *
 * @returns {OwnRun | null}
 */
export function ownRun() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
}

/** @param {OwnRun} run */
export function rememberRun({ id, owner_token, config }) {
  sessionStorage.setItem(KEY, JSON.stringify({ id, owner_token, config }));
}

/** Runs, for a session to follow. @type {import("./session.js").Kind<import("./state.js").Message>} */
export const RUNS = {
  path: "/api/runs",
  create: createRun,
  find: findRun,
  own: ownRun,
  remember: rememberRun,
  leave: () => {},
  configIn: (message) => {
    if (message.type === "started") return message.run.config;
    return message.type === "updated" ? message.config : null;
  },
  decode: decodeSnapshot,
};
