// @ts-check
/** Checks that an answer of the server has the fields that a page uses, before the page uses them. */

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
export const text = (value) => typeof value === "string";
/** @type {Check} */
export const number = (value) => typeof value === "number";
/** @type {Check} */
export const truth = (value) => typeof value === "boolean";

/** @param {Check} check @returns {Check} also for null */
export const optional = (check) => (value) => value === null || check(value);

/** @param {Check} check of each item @returns {Check} */
export const list = (check) => (value) => Array.isArray(value) && value.every(check);

/** @param {...string} texts @returns {Check} */
export const oneOf =
  (...texts) =>
  (value) =>
    texts.includes(value);

/**
 * Fields that are not named here may be there too: a newer server can add some without harm.
 *
 * @param {Record<string, Check>} fields
 * @returns {Check}
 */
export const record = (fields) => (value) =>
  typeof value === "object" &&
  value !== null &&
  Object.entries(fields).every(([name, check]) => check(value[name]));

/** An answer whose shape this page does not know: the server is of another version than the page. */
export class UnknownShape extends Error {}

/**
 * @template T
 * @param {Promise<T>} answer
 * @param {Check} check
 * @returns {Promise<T>}
 * @throws {UnknownShape} if the answer is no JSON, or not as the check wants it; or what `answer` throws
 */
export async function checked(answer, check) {
  const value = await answer.catch((error) => {
    throw error instanceof SyntaxError ? new UnknownShape() : error;
  });
  if (!check(value)) throw new UnknownShape();
  return value;
}
