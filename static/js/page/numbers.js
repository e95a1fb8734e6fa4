// @ts-check
/** Numbers as the page writes them: with a true minus, and as wide as they need to be. */

const MINUS = "\u2212";
/** Stands for a number that is missing. */
export const NONE = "–";

/**
 * About four digits, such as "−0.3412" or "2.1e−7".
 *
 * @param {number} value
 * @param {number} [digits] significant ones
 */
export function figure(value, digits = 4) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return exponential(value, digits - 2);
  return fixed(value, Math.max(0, Math.min(digits, digits - 1 - Math.floor(Math.log10(size || 1)))));
}

/**
 * With so many decimals; never "−0".
 *
 * @param {number} value
 * @param {number} decimals
 */
export function fixed(value, decimals) {
  if (!Number.isFinite(value)) return unbounded(value);
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/**
 * As a power of ten, such as "2.10e−7".
 *
 * @param {number} value
 * @param {number} decimals
 */
function exponential(value, decimals) {
  if (!Number.isFinite(value)) return unbounded(value);
  return value.toExponential(decimals).replace("e+", "e").replaceAll("-", MINUS);
}

/**
 * A loss with five digits, always about as wide.
 *
 * @param {number | null} loss null: there is none yet
 */
export function lossText(loss) {
  if (loss === null) return NONE;
  if (loss !== 0 && (loss < 1e-4 || loss >= 1e4)) return exponential(loss, 2);
  return fixed(loss, loss < 10 ? 5 : 2);
}

/**
 * With its sign in front, also where it is plus: for the sign to be read and not only seen as a colour.
 *
 * @param {number} value
 * @param {number} [digits]
 */
export function signed(value, digits = 3) {
  const text = figure(value, digits);
  return value > 0 ? `+${text}` : text;
}

/**
 * As Python and torch print it, for the calculator, where their texts stand beside it: no longer than it must be,
 * with a hyphen for a minus.
 *
 * @param {number | null} value null: there is none
 * @param {number} [digits] significant ones
 */
export function plain(value, digits = 5) {
  if (value === null) return NONE;
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : unbounded(value, "-");
}

/**
 * The numbers of a text of the server's or torch's; null where it leaves some out.
 *
 * @param {string} text such as "0", "[0, 0]" or "tensor([0., 0.], dtype=torch.float64)"
 */
export function numbersIn(text) {
  if (/…|\.\.\./.test(text)) return null;
  const [numbers = ""] = text.split(/\b(?:dtype|size|device)=/);
  return Array.from(numbers.matchAll(/-?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|nan|inf)/g), ([number]) =>
    Number(number),
  );
}

/**
 * A value that is not finite, as Python prints it.
 *
 * @param {number} value
 * @param {string} [minus]
 */
function unbounded(value, minus = MINUS) {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : `${minus}inf`;
}
