// @ts-check
/** What the pictures of the model share. */

/**
 * What the pictures need to know of the model, beside its snapshot.
 *
 * @typedef {object} Model
 * @property {import("../../run/layers.js").Layer[]} layers the same list for as long as the model keeps its shape
 * @property {import("./activations.js").Activation} activation
 * @property {import("./units.js").Units} onGrid the hidden units where the curve is drawn
 * @property {boolean[][]} dead for each hidden layer, which of its units give 0 for every x of the data
 */

export {};
