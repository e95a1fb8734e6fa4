// @ts-check
/** Tells from what was measured of a connection which part of the way is at fault. Pure. */

import { t, tn } from "../page/i18n.js";

/** Ticks that the server sends in a visit, and ms between two: as in app/protocol/connection.py. */
export const TICKS = 100;
export const INTERVAL = 100;

/** From so many ms on, a round trip is felt in everything that one presses. */
const SLOW = 600;
/** So many ms without a tick are felt in a picture that moves. */
const GAP = 1000;
/** Ticks that came within so many ms of each other came together. */
const TOGETHER = 15;
/** So many ticks at once were held back by something that collects. */
const BUNCH = 8;
/** ms by which a clock may be wrong: certificates and records of when something happened do not mind. */
const CLOCK = 120_000;

/**
 * What was measured so far.
 *
 * @typedef {object} Findings
 * @property {string[]} missing what this browser lacks
 * @property {boolean} online whether the browser says that there is a network
 * @property {number[]} trips ms of each request that was answered by the server
 * @property {Answer | null} failure how the last request failed, if it did
 * @property {number | null} clock ms by which this device's clock is ahead of the server's
 * @property {boolean | null} opened whether the WebSocket opened; null: not known yet
 * @property {boolean | null} without whether a socket opened that does without; null: not known, or not asked
 * @property {number | null} first ms from opening the socket to its first message
 * @property {number[]} ticks ms at which ticks came, after the socket was opened
 * @property {number[]} echoes ms of each message and its answer
 * @property {number | null} closed the code with which the socket was closed
 */

/** none: nothing answered. other: something that is not this server did. @typedef {{ status: number } | "none" | "other"} Answer */

/** @typedef {"none" | "browser" | "network" | "server" | "proxy"} Fault */

/** @typedef {{ fault: Fault, what: string, advice: string }} Verdict */

/** @type {Findings} */
export const NOTHING = {
  missing: [],
  online: true,
  trips: [],
  failure: null,
  clock: null,
  opened: null,
  without: null,
  first: null,
  ticks: [],
  echoes: [],
  closed: null,
};

/**
 * @param {Findings} found
 * @param {boolean} over whether nothing more will be measured
 * @returns {Verdict | null} null: not known yet
 */
export function verdict(found, over) {
  return ofBrowser(found) ?? ofRequests(found) ?? ofSocket(found) ?? (over ? ofPace(found) : null);
}

/** @param {Findings} found @returns {Verdict | null} */
function ofBrowser({ missing }) {
  if (missing.length === 0) return null;
  return {
    fault: "browser",
    what: t("It is the browser: it lacks {what}.", { what: missing.join(", ") }),
    advice: t("Update it, or open this page in a current Firefox, Chrome, Edge or Safari."),
  };
}

/** @param {Findings} found @returns {Verdict | null} */
function ofRequests({ online, failure }) {
  if (failure === null) return null;
  if (!online) {
    return {
      fault: "network",
      what: t("It is the network: this device is not connected to any."),
      advice: t("Turn Wi-Fi on, or flight mode off, and test again."),
    };
  }
  if (failure === "none") {
    return {
      fault: "server",
      what: t("The server does not answer."),
      advice: t(
        "Ask whether it answers others. If it does, leave the Wi-Fi and join it again; if not, tell whoever runs the server.",
      ),
    };
  }
  if (failure === "other") {
    return {
      fault: "network",
      what: t("It is the network: something else answers in place of the server."),
      advice: t("Many a Wi-Fi wants one to sign in first: open another site, sign in there, and test again."),
    };
  }
  return ofStatus(failure.status);
}

/** @param {number} status @returns {Verdict} */
function ofStatus(status) {
  if (status === 404) {
    return {
      fault: "proxy",
      what: t("It is the proxy before the server: it passes on this page, but not what belongs to it."),
      advice: t("Tell whoever runs the server: the path below which it is offered is PLAYGROUND_ROOT_PATH."),
    };
  }
  if (status === 429) {
    return {
      fault: "server",
      what: t("The server refuses, because too much was asked from this address."),
      advice: t("Wait a minute and test again. If a whole class is refused, tell whoever runs the server."),
    };
  }
  return {
    fault: "server",
    what: t("It is the server: it answers with error {status}.", { status }),
    advice: t(
      "Wait a minute and test again: it may be starting. If it stays so, tell whoever runs the server.",
    ),
  };
}

/** @param {Findings} found @returns {Verdict | null} */
function ofSocket({ opened, without, closed, ticks }) {
  if (opened === false && without === false) {
    return {
      fault: "proxy",
      what: t(
        "Something between here and the server does not let WebSockets through; ordinary requests pass.",
      ),
      advice: t(
        "Turn off a VPN or a filter on this device. If others have it too, tell whoever runs the server: the proxy before it must pass on Upgrade.",
      ),
    };
  }
  if (closed === null || ticks.length === TICKS) return null;
  if (closed === 1001 || closed === 1012 || closed === 1013) {
    return {
      fault: "server",
      what: t("It is the server: it has ended the connection, because it stops or is full."),
      advice: t("Wait a minute and test again. If it stays so, tell whoever runs the server."),
    };
  }
  return {
    fault: "proxy",
    what: t("The connection was cut after {time}; ordinary requests still pass.", {
      time: `${((ticks.at(-1) ?? 0) / 1000).toFixed(1)} s`,
    }),
    advice: t(
      "Test again. If it is cut each time after about as long, a proxy does it: tell whoever runs the server. If not, it is the Wi-Fi: go nearer to it.",
    ),
  };
}

/** @param {Findings} found @returns {Verdict} */
function ofPace(found) {
  if (bunched(found.ticks) > found.ticks.length / 2) {
    return {
      fault: "proxy",
      what: t("Something between here and the server collects what is sent, and passes it on in heaps."),
      advice: t("Tell whoever runs the server: the proxy before it must not buffer."),
    };
  }
  const trip = middle([...found.trips, ...found.echoes]);
  const gap = longestGap(found.ticks);
  if (trip > SLOW || gap > GAP) {
    return {
      fault: "network",
      what: t("It is the network: it works, but slowly or by fits and starts."),
      advice: t("Go nearer to the Wi-Fi, or use a cable; let others finish their downloads."),
    };
  }
  if (found.without) {
    return {
      fault: "none",
      what: t("Something between here and the server blocks WebSockets. The pages do without them."),
      advice: t(
        "Nothing needs to be done. Pictures move more smoothly where the network, or the proxy before the server, lets Upgrade through.",
      ),
    };
  }
  if (Math.abs(found.clock ?? 0) > CLOCK) {
    return {
      fault: "none",
      what: tn(
        "All is well, but the clock of this device is wrong by {count} minute.",
        "All is well, but the clock of this device is wrong by {count} minutes.",
        Math.round(Math.abs(found.clock ?? 0) / 60_000),
      ),
      advice: t("Set it right: other sites may refuse it."),
    };
  }
  return {
    fault: "none",
    what: t("All is well between here and the server."),
    advice: t("If a page still hangs, reload it."),
  };
}

/** How many ticks came in heaps. @param {number[]} ticks */
export function bunched(ticks) {
  let [total, heap] = [0, 1];
  for (let i = 1; i <= ticks.length; i++) {
    if (
      i < ticks.length &&
      /** @type {number} */ (ticks[i]) - /** @type {number} */ (ticks[i - 1]) < TOGETHER
    ) {
      heap += 1;
      continue;
    }
    if (heap >= BUNCH) total += heap;
    heap = 1;
  }
  return total;
}

/** The longest time without a tick, in ms. @param {number[]} ticks */
export function longestGap(ticks) {
  return ticks.reduce((longest, at, i) => Math.max(longest, at - (ticks[i - 1] ?? 0)), 0);
}

/** By how much the times between ticks differ from what they should be, in ms: their mean. @param {number[]} ticks */
export function jitter(ticks) {
  if (ticks.length < 2) return 0;
  const off = ticks.slice(1).map((at, i) => Math.abs(at - /** @type {number} */ (ticks[i]) - INTERVAL));
  return off.reduce((sum, each) => sum + each, 0) / off.length;
}

/** The median; 0 of nothing. @param {number[]} values */
export function middle(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
