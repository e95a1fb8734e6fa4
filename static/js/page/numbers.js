// @ts-check
/** Numbers as the page writes them: with a true minus, and as wide as they need to be. */

const MINUS = "\u2212";

/**
 * About four digits, such as "−0.3412" or "2.1e−7".
 *
 * @param {number} value
 * @param {number} [digits] significant ones
 */
export function figure(value, digits = 4) {
  if (!Number.isFinite(value)) return unbounded(value);
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential(digits - 2).replace("e+", "e")
      : value.toFixed(Math.max(0, Math.min(digits, digits - 1 - Math.floor(Math.log10(size || 1)))));
  return text.replaceAll("-", MINUS);
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
 * As the server's own texts have it: no longer than it must be, with a hyphen for a minus.
 *
 * @param {number | null} value null: there is none
 * @param {number} [digits] significant ones
 */
export function plain(value, digits = 5) {
  if (value === null) return "–";
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : unbounded(value);
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
 * What is no finite number, as Python prints it.
 *
 * @param {number} value
 */
function unbounded(value) {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : `${MINUS}inf`;
}
