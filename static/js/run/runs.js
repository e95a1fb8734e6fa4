// @ts-check
/** Making and finding runs. */

import { forget, request } from "../page/http.js";
import { RUN_SHAPES } from "./message-shapes.js";
import { reader } from "./messages.js";
import { Owned } from "./owned.js";
import { decodeSnapshot } from "./snapshot.js";

/** @typedef {import("./owned.js").Own} Own */
/** @typedef {import("../../types/protocol").RunConfig} RunConfig */

const PATH = "/api/runs";

/**
 * Makes a run of one's own that stands at a step of another, with its weights and its optimizer's state.
 *
 * @param {string} id
 * @param {number} step
 * @returns {Promise<Own>}
 */
export async function forkRun(id, step) {
  return made(await request(`${pathOf(id)}/fork`, { method: "POST", body: { step } }));
}

/** @param {string} id */
export function pathOf(id) {
  return `${PATH}/${encodeURIComponent(id)}`;
}

/**
 * @param {any} answer to a request that makes something
 * @returns {Own}
 * @throws {RangeError} if it is not what this page knows
 */
export function made(answer) {
  const { id, owner_token, config } = answer ?? {};
  if (typeof id !== "string" || typeof owner_token !== "string") throw new RangeError("nothing was made");
  return { id, owner_token, config };
}

/** Runs, for a session to follow. @type {import("./session.js").Kind<import("./state.js").Message>} */
export const RUNS = {
  path: PATH,
  owned: new Owned("run"),
  create: async (config, key) => made(await request(PATH, { method: "POST", body: config, key })),
  find: (id, signal) => request(pathOf(id), { signal }),
  leave: ({ id, owner_token }) => forget(pathOf(id), owner_token),
  configIn: (message) => {
    if (message.type === "started") return message.run.config;
    return message.type === "updated" ? message.config : null;
  },
  read: reader(RUN_SHAPES, decodeSnapshot),
};
