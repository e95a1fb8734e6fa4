// @ts-check
/** Another task for a run: what changes in its settings with the points that are chosen. Pure. */

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/**
 * Points on offer: how many inputs they have, and the numbers of classes they can have.
 *
 * @typedef {{ target: string, features: number, counts: number[] }} Offer
 */

/** What belongs to the points of one task, and means nothing in another. */
const OF_ONE_TASK = {
  balance: null,
  noise: null,
  n_samples: null,
  x_min: null,
  x_max: null,
  y_form: null,
  unsqueeze_x: null,
  unsqueeze_y: null,
};
/** As many points as the lesson on classification has. */
const MANY = 200;

/**
 * The merge patch with which a run takes points on offer.
 *
 * @param {Offer} offer
 * @param {RunConfig} config
 * @returns {Record<string, JsonValue>}
 */
export function taken({ target, features, counts }, { data, loss, model }) {
  const hasClasses = counts.length > 0;
  const same = data.features === features && (data.classes !== null) === hasClasses;
  const classes = hasClasses && !counts.includes(data.classes ?? 0) ? (counts[0] ?? null) : data.classes;
  if (same && classes === data.classes) return { data: { target, points: null } };
  const ofNumbers = loss !== "CrossEntropyLoss" && loss !== "BCEWithLogitsLoss";
  return {
    data: {
      ...(same ? {} : OF_ONE_TASK),
      ...(same || !hasClasses ? {} : { n_samples: MANY }),
      features,
      classes: hasClasses ? classes : null,
      target,
      points: null,
    },
    loss: hasClasses ? "CrossEntropyLoss" : ofNumbers ? loss : "MSELoss",
    ...(model.weights === null ? {} : { model: { weights: null } }),
  };
}
