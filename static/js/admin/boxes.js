// @ts-check
/** What the admin's page shows of the server: boxes with names and numbers. Pure. */

import { t, tn } from "../page/i18n.js";
import { fixed, NONE } from "../page/numbers.js";

/** @typedef {import("../../types/protocol").Status} Status */

/**
 * A box: facts, and records of the log if it has some.
 *
 * @typedef {{ title: string, facts: [string, string][], lines?: string[] }} Box
 */

const MIB = 1024 * 1024;

/** @param {number} bytes */
const size = (bytes) => `${fixed(bytes / MIB, 1)} MiB`;

/** @param {Record<string, number>} counts @returns {[string, string][]} */
const counted = (counts) => Object.entries(counts).map(([name, n]) => [name, String(n)]);

/** @param {number} seconds */
function lasting(seconds) {
  const hours = seconds / 3600;
  if (hours < 1) return tn("{count} minute", "{count} minutes", Math.floor(seconds / 60));
  if (hours < 48) return tn("{count} hour", "{count} hours", Math.floor(hours));
  return tn("{count} day", "{count} days", Math.floor(hours / 24));
}

/** @param {boolean | number} held */
const held = (held) => (held === false || held === 0 ? t("no") : held === true ? t("yes") : String(held));

/** @param {Status["rooms"][number]} room @returns {[string, string]} */
function roomFact({ code, members, present, questions }) {
  const here = t("{present} of {members} here", { present, members });
  return [code, `${here} · ${tn("{count} question", "{count} questions", questions)}`];
}

/**
 * @param {Status} status
 * @returns {Box[]}
 */
export function boxes(status) {
  const { ready, barriers } = status;
  return [
    {
      title: t("Server"),
      facts: [
        [t("Version"), status.version],
        [t("Version of the tables"), status.store_version ?? NONE],
        [t("Runs since"), lasting(status.seconds)],
        ...Object.entries(ready).map(
          ([part, well]) => /** @type {[string, string]} */ ([part, well ? t("well") : t("not ready")]),
        ),
        [t("Open sockets"), String(status.sockets)],
      ],
    },
    {
      title: t("Barriers around programs"),
      facts: Object.entries(barriers ?? {}).map(([name, value]) => [name, held(value)]),
    },
    { title: t("Runs"), facts: [...counted(status.runs), [t("stored"), String(status.runs_stored)]] },
    {
      title: t("Classrooms"),
      facts: [[t("stored"), String(status.rooms_stored)], ...status.rooms.map(roomFact)],
    },
    { title: t("Memory"), facts: Object.entries(status.memory).map(([name, bytes]) => [name, size(bytes)]) },
    { title: t("Waiting"), facts: counted(status.waiting) },
    { title: t("Programs"), facts: counted(status.programs) },
    { title: t("Limits met"), facts: counted(status.limits_met) },
    {
      title: t("Store"),
      facts: [
        [t("Size"), size(status.store_bytes)],
        [t("Trouble"), status.store_trouble ?? NONE],
      ],
    },
    {
      title: t("Browsers with runs"),
      facts: status.clients.map(({ digest, runs }) => [digest, String(runs)]),
    },
    {
      title: t("Last warnings and errors"),
      facts: [],
      lines: status.errors.map((error) => JSON.stringify(error)),
    },
  ];
}
