// @ts-check
/** Who is on the wall, in which order, and how it all stands in words. Pure. */

import { t, tn } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";

/** @typedef {import("../../../types/protocol").RoomState} RoomState */
/** @typedef {import("../../../types/protocol").MemberState} MemberState */
/** @typedef {Extract<RoomState["screen"], { kind: "wall" }>} Wall */
/** @typedef {import("./curves.js").Curve} Curve */

/** More are counted. */
const MOST_NAMED = 30;

/**
 * A member with a run. label: their name, or their number where names are not shown. curve: null until it came.
 *
 * @typedef {object} Tile
 * @property {number} number
 * @property {string} label
 * @property {Curve | null} curve
 * @property {boolean} stuck
 * @property {boolean} asked whether they are asked to show their run
 * @property {boolean | null} consents
 */

/** Their name, or their number where names are not shown. @param {Pick<MemberState, "name" | "number">} member */
export function labelOf({ name, number }) {
  return name ?? `#${number}`;
}

/**
 * @param {RoomState} room
 * @param {ReadonlyMap<number, Curve>} curves
 * @returns {{ tiles: Tile[], without: string[] }} without: the labels of those who have no run of their own
 */
export function onWall({ members }, curves) {
  const shown = members.filter(({ admitted }) => admitted);
  return {
    tiles: shown
      .filter(({ run }) => run !== null)
      .map((member) => ({
        number: member.number,
        label: labelOf(member),
        curve: curves.get(member.number) ?? null,
        stuck: member.stuck,
        asked: member.asked,
        consents: member.consents,
      })),
    without: shown.filter(({ run }) => run === null).map(labelOf),
  };
}

/** Losses that there are not come last. @param {Tile} tile */
const lossOf = ({ curve }) => curve?.loss ?? Number.POSITIVE_INFINITY;

/** @type {Record<Wall["sort"], (a: Tile, b: Tile) => number>} */
const ORDERS = {
  name: (a, b) => a.label.localeCompare(b.label, undefined, { numeric: true }),
  loss: (a, b) => less(lossOf(a), lossOf(b)),
  step: (a, b) => (b.curve?.step ?? -1) - (a.curve?.step ?? -1),
  stuck: (a, b) => Number(b.stuck) - Number(a.stuck) || less(lossOf(b), lossOf(a)),
};

/** Also where both are infinite. @param {number} a @param {number} b */
function less(a, b) {
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * @param {Tile[]} tiles
 * @param {Wall["sort"]} sort
 * @returns {number[]} the members' numbers; of equals the one who came first is first
 */
export function ordered(tiles, sort) {
  return [...tiles].sort((a, b) => ORDERS[sort](a, b) || a.number - b.number).map(({ number }) => number);
}

/** The tile with the lowest loss. @param {Tile[]} tiles @returns {Tile | null} */
export function bestOf(tiles) {
  const able = tiles.filter(({ curve }) => curve?.loss != null && curve.status !== "diverged");
  return able.reduce(
    (/** @type {Tile | null} */ best, tile) => (best === null || lossOf(tile) < lossOf(best) ? tile : best),
    null,
  );
}

/** @param {Tile} tile */
function hasDiverged({ curve }) {
  return curve?.status === "diverged" || curve?.status === "failed";
}

/** How all stand, such as "23 train, 2 diverged, best 0.012". @param {Tile[]} tiles */
export function summary(tiles) {
  const count = (/** @type {Curve["status"][]} */ ...statuses) =>
    tiles.filter(({ curve }) => curve !== null && statuses.includes(curve.status)).length;
  const [playing, standing, finished] = [count("playing"), count("ready", "paused"), count("finished")];
  const diverged = tiles.filter(hasDiverged).length;
  const stuck = tiles.filter((tile) => tile.stuck && !hasDiverged(tile)).length;
  const best = bestOf(tiles)?.curve?.loss;
  return [
    ...(playing ? [tn("{count} trains", "{count} train", playing)] : []),
    ...(standing ? [tn("{count} stands still", "{count} stand still", standing)] : []),
    ...(finished ? [tn("{count} has finished", "{count} have finished", finished)] : []),
    ...(diverged ? [tn("{count} diverged", "{count} diverged", diverged)] : []),
    ...(stuck ? [tn("{count} is stuck", "{count} are stuck", stuck)] : []),
    ...(best == null ? [] : [t("best {loss}", { loss: figure(best) })]),
  ].join(t(", "));
}

/** Who has no run of their own; of many, the first. @param {string[]} labels */
export function withoutWords(labels) {
  if (labels.length === 0) return "";
  const who = labels.slice(0, MOST_NAMED).join(t(", "));
  const count = labels.length - MOST_NAMED;
  return count > 0
    ? t("Without a run of their own: {who}, and {count} more", { who, count })
    : t("Without a run of their own: {who}", { who });
}

/** A tile in words. @param {Tile} tile */
export function tileWords(tile) {
  const { label, curve, stuck, asked } = tile;
  const parts = [label];
  if (curve !== null) {
    parts.push(t("step {step}", { step: curve.step }));
    if (hasDiverged(tile)) parts.push(t("diverged"));
    else if (curve.loss !== null) parts.push(t("loss {loss}", { loss: figure(curve.loss) }));
    if (curve.status === "finished") parts.push(t("finished"));
  }
  if (stuck) parts.push(t("stuck"));
  if (asked) parts.push(t("asked"));
  return parts.join(t(", "));
}
