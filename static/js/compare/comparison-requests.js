// @ts-check
/** Making and finding comparisons. A tab has one at a time. */

import { forget, request } from "../page/http.js";
import { COMPARISON_SHAPES } from "../run/message-shapes.js";
import { reader } from "../run/messages.js";
import { Owned } from "../run/owned.js";
import { made } from "../run/runs.js";
import { decodeComparison } from "../run/snapshot.js";

/** @typedef {import("../run/owned.js").Own} Own */
/** @typedef {import("../../types/protocol").ComparisonRequest} ComparisonRequest */

const PATH = "/api/comparisons";

/** @param {string} id */
const pathOf = (id) => `${PATH}/${encodeURIComponent(id)}`;

/** Gives a comparison back: its runs count among those that a browser may hold. @param {Own} own */
function leave({ id, owner_token }) {
  owned.forget(id);
  forget(pathOf(id), owner_token);
}

const owned = new Owned("comparison");

/**
 * @param {ComparisonRequest} config
 * @returns {Promise<Own>}
 */
async function create(config) {
  const before = owned.newest;
  if (before !== null) leave(before);
  return { ...made(await request(PATH, { method: "POST", body: config })), config };
}

/** @type {import("../run/session.js").Kind<import("./comparison-state.js").ServerMessage>} */
export const COMPARISONS = {
  path: PATH,
  owned,
  create,
  find: (id, signal) => request(pathOf(id), { signal }),
  leave,
  configIn: () => null,
  read: reader(COMPARISON_SHAPES, decodeComparison),
};
