// @ts-check
/** Requests to the server, as JSON. Paths are those of its API, whatever path it is offered below. */

import { ROOT } from "./root.js";

/** @typedef {import("../../types/protocol").Problem} Problem */

/**
 * @typedef {object} Options
 * @property {string} [method]
 * @property {unknown} [body]
 * @property {AbortSignal} [signal]
 * @property {string} [key] by which the server does not carry the request out twice
 * @property {string} [token] of whoever may ask for it
 */

/** How long a request may take, in ms, before the server counts as unreachable. */
const PATIENCE = 15_000;

export const NOT_FOUND = 404;
const TOO_MANY = 429;
const UNAVAILABLE = 503;

/** The server answered, and refused. */
export class Refusal extends Error {
  /**
   * @param {Problem} problem
   * @param {number} retryAfter seconds until trying again makes sense
   */
  constructor(problem, retryAfter) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/**
 * How a failed request leaves the page, if trying again makes sense.
 *
 * @param {unknown} error what `request` threw
 * @returns {{ link: "lost" | "warming" | "busy", problem?: Problem, delay: number } | null} delay: in ms
 */
export function passing(error) {
  // What fetch throws where nobody answers, and where nobody does in time.
  if (error instanceof TypeError || error instanceof DOMException) return { link: "lost", delay: 0 };
  if (!(error instanceof Refusal)) return null;
  const { problem } = error;
  const delay = 1000 * error.retryAfter;
  if (problem.status === UNAVAILABLE) return { link: "warming", delay };
  return problem.status === TOO_MANY ? { link: "busy", problem, delay } : null;
}

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>} the answer's JSON
 * @throws {Refusal} if the server answers with a problem
 * @throws {TypeError | DOMException} if it does not answer at all, or `signal` ends the request
 * @throws {SyntaxError} if its answer is no JSON
 */
export async function request(path, options) {
  return (await answer(path, options)).json();
}

/**
 * As `request`, for an answer without content.
 *
 * @param {string} path
 * @param {Options} [options]
 */
export async function send(path, options) {
  await answer(path, options);
}

/**
 * As `request`, for an answer that is no JSON.
 *
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<ArrayBuffer>}
 */
export async function requestBytes(path, options) {
  return (await answer(path, options)).arrayBuffer();
}

/**
 * @param {string} path
 * @param {Options} [options]
 */
async function answer(path, { method = "GET", body, signal, key, token } = {}) {
  const timeout = AbortSignal.timeout(PATIENCE);
  const response = await fetch(ROOT + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (response.ok) return response;
  throw new Refusal(await problemOf(response), Number(response.headers.get("Retry-After")) || 1);
}

/**
 * Deletes something that this page made. A failure does not matter: the server deletes it later anyway.
 *
 * @param {string} path
 * @param {string} token
 */
export function forget(path, token) {
  farewell(path, token, "DELETE");
}

/**
 * A request that outlives the page, and whose answer nobody waits for.
 *
 * @param {string} path
 * @param {string} token
 * @param {string} method
 * @param {unknown} [body] less than 64 kB as JSON: browsers send no more for a page that is gone
 */
export function farewell(path, token, method, body) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  fetch(ROOT + path, { method, headers, body: JSON.stringify(body), keepalive: true }).catch(() => {});
}

/**
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
async function problemOf(response) {
  if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) return response.json();
  // Something between here and the server answered in its place.
  const title = `${response.status} ${response.statusText}`;
  return { type: "about:blank", title, status: response.status, detail: title, errors: [] };
}
