// @ts-check
/** The shapes that are named in a message of torch. */

const SIZE = /torch\.Size\(\[([\d, ]*)\]\)/g;
const PRODUCT = /\((\d+)x(\d+) and (\d+)x(\d+)\)/;
const SIZES = /tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/;
const MOST = 2;

/**
 * @param {string} message
 * @returns {number[][]} in the order they are named
 */
export function shapesIn(message) {
  const product = PRODUCT.exec(message);
  if (product) {
    const [a = 0, b = 0, c = 0, d = 0] = product.slice(1).map(Number);
    return [
      [a, b],
      [c, d],
    ];
  }
  const sizes = SIZES.exec(message);
  if (sizes) return sizes.slice(1).map((size) => [Number(size)]);
  const named = Array.from(message.matchAll(SIZE), ([, size = ""]) =>
    size
      .split(",")
      .filter((part) => part.trim() !== "")
      .map(Number),
  );
  return named.length > 1 ? named.slice(0, MOST) : [];
}
