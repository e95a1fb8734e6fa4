// @ts-check
/** Making and finding comparisons, and remembering which one is this tab's own. It has one at a time. */

import { forget, request } from "../page/http.js";
import { decodeComparison } from "../run/snapshot.js";

/** @typedef {import("../run/session.js").Own} Own */
/** @typedef {import("../../types/protocol").ComparisonRequest} ComparisonRequest */

const KEY = "comparison";
const PATH = "/api/comparisons";

/** @returns {Own | null} The token lives in the tab's own storage, never in an address. */
export function ownComparison() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
}

/** A comparison holds up to eight runs, of which a browser may have only so many. @param {Own} own */
function leave({ id, owner_token }) {
  forget(`${PATH}/${encodeURIComponent(id)}`, owner_token);
}

/**
 * @param {ComparisonRequest} config
 * @returns {Promise<Own>}
 */
async function create(config) {
  const before = ownComparison();
  if (before !== null) leave(before);
  sessionStorage.removeItem(KEY);
  /** @type {import("../../types/protocol").ComparisonCreated} */
  const { id, owner_token } = await request(PATH, { method: "POST", body: config });
  return { id, owner_token, config };
}

/** @type {import("../run/session.js").Kind<import("./comparison-state.js").ServerMessage>} */
export const COMPARISONS = {
  path: PATH,
  create,
  find: (id) => request(`${PATH}/${encodeURIComponent(id)}`),
  own: ownComparison,
  remember: (own) => sessionStorage.setItem(KEY, JSON.stringify(own)),
  leave,
  configIn: () => null,
  decode: decodeComparison,
};
