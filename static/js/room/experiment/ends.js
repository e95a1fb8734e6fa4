// @ts-check
/** What the runs of a class came to, in numbers and in words. Pure. */

import { t, tn } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";

/** @typedef {import("../../../types/protocol").ExperimentState} ExperimentState */
/** @typedef {NonNullable<import("../../../types/protocol").Me["part"]>} Part */

/**
 * A run that has ended. loss: null where it diverged. own: whether it is that of whoever looks.
 *
 * @typedef {{ member: number, value: number, loss: number | null, own: boolean }} End
 */

/** @param {ExperimentState} experiment @param {number | null} me @returns {End[]} */
export function endsOf({ members, values, losses }, me) {
  return members.map((member, i) => ({
    member,
    value: values[i] ?? 0,
    loss: losses[i] ?? null,
    own: member === me,
  }));
}

/**
 * The value at a share of all, between two of them where it must be.
 *
 * @param {number[]} sorted ascending
 * @param {number} share
 */
export function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * The median of the losses, and between what half of them lie.
 *
 * @param {End[]} ends
 * @returns {{ low: number, median: number, high: number } | null} null: of too few
 */
export function spreadOf(ends) {
  const losses = ends.flatMap(({ loss }) => (loss === null ? [] : [loss])).sort((a, b) => a - b);
  if (losses.length < 3) return null;
  return { low: quantile(losses, 0.25), median: quantile(losses, 0.5), high: quantile(losses, 0.75) };
}

/** What a value is, in words. @param {Pick<ExperimentState, "vary">} experiment @param {number} value */
export function valueWords({ vary }, value) {
  return vary === "seed"
    ? t("seed {value}", { value: String(value) })
    : t("learning rate {value}", { value: String(value) });
}

/** How far the class is. @param {ExperimentState} experiment @param {End[]} ends */
export function classWords(experiment, ends) {
  const settled = ends.filter(({ loss }) => loss !== null);
  const best = settled.reduce(
    (/** @type {End | null} */ found, end) =>
      found === null || Number(end.loss) < Number(found.loss) ? end : found,
    null,
  );
  const diverged = ends.length - settled.length;
  const spread = experiment.vary === "seed" ? spreadOf(ends) : null;
  return [
    t("{ended} of {dealt} ended", { ended: ends.length, dealt: experiment.n_dealt }),
    ...(diverged ? [tn("{count} diverged", "{count} diverged", diverged)] : []),
    ...(best === null
      ? []
      : [
          t("best {loss} with {value}", {
            loss: figure(best.loss ?? 0),
            value: valueWords(experiment, best.value),
          }),
        ]),
    ...(spread === null
      ? []
      : [
          t("median {median}, half of them between {low} and {high}", {
            median: figure(spread.median),
            low: figure(spread.low),
            high: figure(spread.high),
          }),
        ]),
    ...(experiment.n_changed
      ? [
          tn(
            "{count} has changed a setting and does not count",
            "{count} have changed a setting and do not count",
            experiment.n_changed,
          ),
        ]
      : []),
  ].join(t(", "));
}

/** What a member is to do, and what became of their run. @param {Pick<ExperimentState, "vary">} experiment @param {Part} part */
export function partWords(experiment, part) {
  const value = valueWords(experiment, part.value);
  if (part.step !== null) {
    return part.loss === null
      ? t("Yours, with {value}, diverged: that is a result, too.", { value })
      : t("Yours, with {value}, ended at a loss of {loss}.", { value, loss: figure(part.loss) });
  }
  return part.changed
    ? t("You have changed a setting: yours is to be {value}. Set it back and reset.", { value })
    : t("Yours is {value}. Press play.", { value });
}
