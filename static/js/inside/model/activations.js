// @ts-check
/** The activations of `torch.nn` that a model can have, with torch's default arguments, in float64. */

/** @typedef {import("../../../types/protocol").ModelConfig["activation"]} Activation */

/** Beyond this, `erf` is 1 to the last bit of a float64. */
const ERF_IS_ONE = 6;
/** Where `torch.nn.Softplus` goes over to the identity. */
const SOFTPLUS_THRESHOLD = 20;
const LEAKY_SLOPE = 0.01;

/**
 * The error function by its series of positive terms (Abramowitz and Stegun, 7.1.6), so that nothing cancels.
 *
 * @param {number} x
 */
export function erf(x) {
  if (Math.abs(x) > ERF_IS_ONE) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** @type {Record<Activation, (x: number) => number>} */
export const ACTIVATIONS = {
  // Not Math.max: like torch's, it lets NaN through as it is and gives 0 for -0.
  ReLU: (x) => (x <= 0 ? 0 : x),
  Tanh: Math.tanh,
  Sigmoid: sigmoid,
  LeakyReLU: (x) => (x > 0 ? x : LEAKY_SLOPE * x),
  ELU: (x) => (x > 0 ? x : Math.expm1(x)),
  GELU: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  SiLU: (x) => x * sigmoid(x),
  Softplus: (x) => (x > SOFTPLUS_THRESHOLD ? x : Math.log1p(Math.exp(x))),
  Identity: (x) => x,
};

/** Those whose slope jumps at 0. */
export const KINKED = new Set(/** @type {Activation[]} */ (["ReLU", "LeakyReLU"]));
