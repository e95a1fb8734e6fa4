// @ts-check
/** Programs as text: in the address's fragment (`#code=...`, and `&with=...` to compare), and as the tab's draft. */

import { optional, record, text } from "./record.js";

/** @typedef {{ program: string, beside: string | null }} Programs */

const isPrograms = record({ program: text, beside: optional(text) });
const KEYS = { program: "code", beside: "with" };
/** Longer programs are refused anyway. */
const MOST_CHARACTERS = 70_000;

/**
 * @param {Programs} programs
 * @returns {Promise<string>} with its "#"
 */
export async function toFragment({ program, beside }) {
  const parts = [`${KEYS.program}=${await packed(program)}`];
  if (beside !== null) parts.push(`${KEYS.beside}=${await packed(beside)}`);
  return `#${parts.join("&")}`;
}

/**
 * @param {string} fragment
 * @returns {Promise<Programs | null>} null: there is none, or it cannot be read
 */
export async function fromFragment(fragment) {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  const [code, beside] = [values.get(KEYS.program), values.get(KEYS.beside)];
  if (code === null) return null;
  try {
    return { program: await unpacked(code), beside: beside === null ? null : await unpacked(beside) };
  } catch {
    return null;
  }
}

/**
 * @param {string | null} draft as JSON, maybe of another version of this page
 * @returns {Programs | null} null: there is none, or it cannot be read
 */
export function drafted(draft) {
  try {
    const programs = JSON.parse(draft ?? "null");
    return isPrograms(programs) ? programs : null;
  } catch {
    return null;
  }
}

/**
 * @param {Blob} blob
 * @param {CompressionStream | DecompressionStream} through
 */
async function piped(blob, through) {
  return new Response(blob.stream().pipeThrough(through));
}

/** @param {string} text deflated, in base64 for addresses */
async function packed(text) {
  const deflated = await piped(new Blob([text]), new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await deflated.arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} code @throws {TypeError | DOMException} if nothing was packed like that */
async function unpacked(code) {
  const binary = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const inflated = await piped(new Blob([bytes]), new DecompressionStream("deflate-raw"));
  const reader = /** @type {ReadableStream<Uint8Array>} */ (inflated.body).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  // Little can be packed that unfolds into gigabytes: stop reading where no program goes on.
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > MOST_CHARACTERS) {
      await reader.cancel();
      throw new TypeError("longer than any program");
    }
  }
  return text + decoder.decode();
}
