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

/**
 * What the pictures of the model can do to the page around them.
 *
 * @typedef {object} Actions
 * @property {(message: import("../../../types/protocol").ClientMessage) => void} send a command
 * @property {(remedy: import("../../run/trouble.js").Remedy) => void} mend
 * @property {(change: Partial<import("../../run/spotlight.js").Spotlight>) => void} light
 * @property {(change: Partial<import("../../run/view.js").View>) => void} view what the reader chose to see
 * @property {(at?: number) => void} ask for a drawing, not before a time in ms, without a change of the state
 */

export {};
