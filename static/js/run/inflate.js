// @ts-check
/** What zlib has compressed (RFC 1950 and 1951), at once: the browser's own way takes another turn. Pure. */

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115];
LENGTHS.push(131, 163, 195, 227, 258);
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4];
for (let bits = 1; bits < 14; bits++) {
  const last = /** @type {number} */ (DISTANCES.at(-1)) + 2 ** (bits - 1);
  DISTANCES.push(last, last + 2 ** bits);
}
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST = 15;
const END = 256;

/**
 * A Huffman code: how many symbols have each length, and the symbols in the order of their codes.
 *
 * @typedef {{ counts: Uint16Array, symbols: Uint16Array }} Code
 */

/**
 * @param {Uint8Array} packed a zlib stream
 * @param {number} size bytes that are in it
 * @returns {Uint8Array}
 * @throws {RangeError} if it is no such stream, or holds another number of bytes
 */
export function inflate(packed, size) {
  const out = new Uint8Array(size);
  let [place, written, held, n] = [2, 0, 0, 0];

  /** @param {number} count */
  const bits = (count) => {
    while (n < count) {
      if (place >= packed.length) throw new RangeError("the surface is cut short");
      held |= /** @type {number} */ (packed[place++]) << n;
      n += 8;
    }
    const value = held & ((1 << count) - 1);
    held >>>= count;
    n -= count;
    return value;
  };

  /** @param {Code} code */
  const symbol = ({ counts, symbols }) => {
    let [value, first, index] = [0, 0, 0];
    for (let length = 1; length <= LONGEST; length++) {
      value |= bits(1);
      const count = /** @type {number} */ (counts[length]);
      if (value - first < count) return /** @type {number} */ (symbols[index + value - first]);
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new RangeError("the surface has no such code");
  };

  /** @param {number} byte */
  const write = (byte) => {
    if (written >= size) throw new RangeError("the surface is too long");
    out[written++] = byte;
  };

  const stored = () => {
    place -= n >> 3;
    [held, n] = [0, 0];
    const length = bits(16);
    bits(16);
    for (let i = 0; i < length; i++) write(bits(8));
  };

  /**
   * @param {Code} literals
   * @param {Code} distances
   */
  const coded = (literals, distances) => {
    for (let value = symbol(literals); value !== END; value = symbol(literals)) {
      if (value < END) {
        write(value);
        continue;
      }
      const length = (LENGTHS[value - 257] ?? 0) + bits(LENGTH_BITS[value - 257] ?? 0);
      const far = symbol(distances);
      const back = (DISTANCES[far] ?? 0) + bits(far < 4 ? 0 : (far >> 1) - 1);
      if (back > written) throw new RangeError("the surface refers to what is not there");
      for (let i = 0; i < length; i++) write(/** @type {number} */ (out[written - back]));
    }
  };

  const dynamic = () => {
    const [literals, distances, codes] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const own = new Uint8Array(19);
    for (const i of CODE_ORDER.slice(0, codes)) own[i] = bits(3);
    const code = codeOf(own);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const value = symbol(code);
      if (value < 16) lengths[i++] = value;
      else {
        const again = value === 16 ? lengths[i - 1] : 0;
        const count = value === 16 ? 3 + bits(2) : value === 17 ? 3 + bits(3) : 11 + bits(7);
        for (let end = i + count; i < end; ) lengths[i++] = again ?? 0;
      }
    }
    coded(codeOf(lengths.subarray(0, literals)), codeOf(lengths.subarray(literals)));
  };

  for (let last = 0; !last; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) stored();
    else if (kind === 1) coded(FIXED, FIXED_DISTANCES);
    else dynamic();
  }
  if (written !== size) throw new RangeError("the surface is cut short");
  return out;
}

/**
 * @param {Uint8Array} lengths of the code of each symbol; 0: it has none
 * @returns {Code}
 */
function codeOf(lengths) {
  const counts = new Uint16Array(LONGEST + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const symbols = new Uint16Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= LONGEST; length++) {
    for (let i = 0; i < lengths.length; i++) if (lengths[i] === length) symbols[next++] = i;
  }
  return { counts, symbols };
}

const FIXED = codeOf(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = codeOf(new Uint8Array(30).fill(5));
