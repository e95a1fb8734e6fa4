// @ts-check
/** What a line of the loop did, in a sentence. */

import { N_, t, tn } from "../../page/i18n.js";
import { figure } from "../../page/numbers.js";
import { flat, residualsOf } from "../../run/residuals.js";

/** @typedef {import("../../run/state.js").State} State */
/** @typedef {import("../../run/state.js").LineRan} LineRan */
/** @typedef {import("./step-changes.js").Changes} Changes */
/** @typedef {LineRan["line"]} LineName */

/** What each line is for. */
export const PURPOSE = /** @type {Record<LineName, string>} */ ({
  forward: N_("The model's answer for every point."),
  loss: N_("How far off, as one number."),
  zero_grad: N_("Clears the gradients of the step before."),
  backward: N_("The slope of the loss for every parameter."),
  step: N_("Moves every parameter downhill."),
});

/** What no longer changes without it. */
export const WITHOUT = /** @type {Record<LineName, string>} */ ({
  forward: N_("Switched off: the old prediction is compared again."),
  loss: N_("Switched off: the old loss stays."),
  zero_grad: N_("Switched off: backward() adds to the old gradients."),
  backward: N_("Switched off: .grad stays as it is."),
  step: N_("Switched off: the parameters stay, and so does the curve."),
});

/**
 * @param {State} state
 * @param {LineRan} ran
 * @param {Changes | null} changes of the gradients or parameters, for the lines that change those
 */
export function sentenceOf(state, ran, changes) {
  switch (ran.line) {
    case "forward":
      return tn(
        "prediction: one value for {count} point.",
        "prediction: one value for each of {count} points.",
        ran.changes[0]?.shape[0] ?? 0,
      );
    case "loss":
      return lossSentence(state, ran);
    case "zero_grad":
      if (changes?.before === null) return t("There were no gradients yet.");
      return t("{count} gradients are None again.", { count: changes?.before.length ?? 0 });
    case "backward":
      return backwardSentence(changes);
    case "step":
      return stepSentence(changes);
  }
}

/**
 * @param {State} state
 * @param {LineRan} ran
 */
function lossSentence(state, ran) {
  const value = figure(flat(ran.changes[0]?.after ?? null)[0] ?? Number.NaN, 5);
  const count = residualsOf(state)?.prediction.length;
  if (count === undefined) return t("loss = {value}", { value });
  if (state.run?.config.reduction === "sum")
    return t("loss = {value}, the sum of what all points add.", { value });
  if (state.run?.config.data.unsqueeze_y === false) {
    return tn(
      "loss = {value}, the mean over {count} × {count} pair: every prediction meets every y.",
      "loss = {value}, the mean over {count} × {count} pairs: every prediction meets every y.",
      count,
      { value },
    );
  }
  if (state.run?.config.loss === "MSELoss")
    return tn(
      "loss = {value}, the mean of {count} square.",
      "loss = {value}, the mean of {count} squares.",
      count,
      { value },
    );
  return tn(
    "loss = {value}, the mean over {count} point.",
    "loss = {value}, the mean over {count} points.",
    count,
    { value },
  );
}

/** @param {Changes | null} changes */
function backwardSentence(changes) {
  if (!changes?.after) return t("No gradient arrived.");
  const { name, value } = changes.largest;
  const values = { count: changes.after.length, name, value: figure(value) };
  if (changes.before !== null)
    return t("{count} gradients were added to the old ones. The largest now is {value}, at {name}.", values);
  return t("{count} gradients arrived. The largest is {value}, at {name}.", values);
}

/** @param {Changes | null} changes */
function stepSentence(changes) {
  if (!changes?.after || !changes.before) return "";
  const { name, value } = changes.largest;
  if (value === 0) return t("Nothing moved: there is no gradient to follow.");
  return t("{name} moved most, by {value}.", { name, value: figure(value) });
}
