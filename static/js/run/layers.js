// @ts-check
/** The layers of a model, and where each weight and bias lies in a snapshot's flat row of parameters. */

/** @typedef {import("../../types/protocol").ParameterInfo} ParameterInfo */

/**
 * A `torch.nn.Linear`.
 *
 * @typedef {object} Layer
 * @property {string} name such as "hidden"
 * @property {number} inputs
 * @property {number} outputs
 * @property {number} weight where its weight (outputs, inputs) begins, row by row
 * @property {number} bias where its bias (outputs) begins
 */

/**
 * A weight, or a bias where `input` is null.
 *
 * @typedef {{ layer: number, unit: number, input: number | null }} Element
 */

/**
 * @param {ParameterInfo[]} parameters as `started` gives them: weight and bias of each layer in turn
 * @returns {Layer[]}
 */
export function layersOf(parameters) {
  /** @type {Layer[]} */
  const layers = [];
  let offset = 0;
  for (const { name, shape } of parameters) {
    const [outputs = 1, inputs] = shape;
    if (inputs === undefined) {
      /** @type {Layer} */ (layers.at(-1)).bias = offset;
      offset += outputs;
    } else {
      layers.push({ name: name.replace(/\.weight$/, ""), inputs, outputs, weight: offset, bias: offset });
      offset += outputs * inputs;
    }
  }
  return layers;
}

/**
 * Units in each column of the network, from the input to the output.
 *
 * @param {Layer[]} layers
 */
export function sizesOf(layers) {
  return [layers[0]?.inputs ?? 1, ...layers.map(({ outputs }) => outputs)];
}

/**
 * @param {Layer[]} layers
 * @param {Element} element
 * @returns {number} its place in a snapshot's parameters and gradients
 */
export function offsetOf(layers, { layer, unit, input }) {
  const { weight, bias, inputs } = /** @type {Layer} */ (layers[layer]);
  return input === null ? bias + unit : weight + unit * inputs + input;
}

/**
 * The name and the index by which the command `edit` addresses an element.
 *
 * @param {Layer[]} layers
 * @param {Element} element
 */
export function addressOf(layers, { layer, unit, input }) {
  const { name } = /** @type {Layer} */ (layers[layer]);
  return input === null
    ? { name: `${name}.bias`, index: [unit] }
    : { name: `${name}.weight`, index: [unit, input] };
}

/**
 * The same as Python writes it, such as "hidden.weight[3, 0]".
 *
 * @param {Layer[]} layers
 * @param {Element} element
 */
export function parameterName(layers, element) {
  const { name, index } = addressOf(layers, element);
  return `${name}[${index.join(", ")}]`;
}

/**
 * Every weight and bias, in the order of the snapshot.
 *
 * @param {Layer[]} layers
 * @returns {Generator<Element>}
 */
export function* elementsOf(layers) {
  for (const [layer, { inputs, outputs }] of layers.entries()) {
    for (let unit = 0; unit < outputs; unit += 1) {
      for (let input = 0; input < inputs; input += 1) yield { layer, unit, input };
    }
    for (let unit = 0; unit < outputs; unit += 1) yield { layer, unit, input: null };
  }
}
