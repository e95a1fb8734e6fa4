// @ts-check
/** Reads what a socket brings. A message of another version of the server is refused, whatever kind it is. Pure. */

/** @typedef {import("./message-shapes.js").Shape} Shape */

/**
 * @template M what comes as JSON
 * @template S a snapshot
 * @param {Record<string, Shape>} shapes of all messages in JSON, by their type
 * @param {(message: ArrayBuffer) => S} decode reads a snapshot
 * @returns {(data: string | ArrayBuffer) => M | S} throws RangeError or SyntaxError where it cannot be read
 */
export function reader(shapes, decode) {
  return (data) => {
    if (typeof data !== "string") return decode(data);
    const message = JSON.parse(data);
    const shape = Object.hasOwn(shapes, message?.type) ? shapes[message.type] : undefined;
    if (shape === undefined) throw new RangeError(`no message is a ${message?.type}`);
    if (!fits(message, shape)) throw new RangeError(`a ${message.type} without all of its fields`);
    return message;
  };
}

/**
 * Whether a value has all fields of a shape; it may have more.
 *
 * @param {any} value
 * @param {Shape} shape
 * @returns {boolean}
 */
function fits(value, shape) {
  if (shape === null) return value !== undefined;
  if (Array.isArray(shape))
    return Array.isArray(value) && value.every((item) => fits(item, shape[0] ?? null));
  if (value === null || typeof value !== "object") return false;
  return Object.entries(shape).every(([field, inner]) => fits(value[field], inner));
}
