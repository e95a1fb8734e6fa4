// @ts-check
/**
 * A socket without WebSockets: what the server says comes as events of one long answer, what the page says is posted.
 * It has as much of a WebSocket as the pages use. An EventSource would not do: it cannot send the header by which the
 * server knows its own pages, does not end where it is refused, and opens again by itself, as another connection.
 */

import { ROOT } from "./root.js";

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3];
/** Close codes, as of a WebSocket: the page has closed it, or it broke or never opened. */
const NO_STATUS = 1005;
export const ABNORMAL = 1006;

/** Time between two requests, in ms: what is said meanwhile goes together, so that drawing 60 pictures a second does not take 60. */
const GATHER = 50;
/** Most messages of one request, as in app/web/edge/sockets_over_http.py, and most characters, unless one alone has more. */
const [MOST, LONGEST] = [100, 30_000];
/** How long a request may take, in ms. */
const PATIENCE = 15_000;
/** Pauses before a request that got no answer is sent again, in ms. */
const PAUSES = [250, 500, 1000, 2000];
/** The server is there, and asks to be given time. */
const LATER = [429, 503];

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Cuts the text of server-sent events, which comes in any pieces, into events. */
export class EventCutter {
  #rest = "";

  /** @param {string} piece @returns {{ name: string, data: string }[]} the events that are complete with it */
  cut(piece) {
    const blocks = (this.#rest + piece).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map((block) => {
      const lines = block.split("\n");
      /** @param {string} field */
      const values = (field) =>
        lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
      return { name: values("event")[0] ?? "message", data: values("data").join("\n") };
    });
  }
}

export class HttpSocket extends EventTarget {
  readyState = CONNECTING;
  /** @type {BinaryType} */
  binaryType = "arraybuffer";
  #path;
  #turns;
  #connection = "";
  /** What is to be said. @type {string[]} */
  #texts = [];
  /** The number of the first of those, counted from 1. */
  #first = 1;
  #isPosting = false;
  /** Whether the server waits for a sign of life. */
  #isAsked = false;
  #life = new AbortController();

  /**
   * @param {string} path
   * @param {Pick<import("./turns.js").Turns, "addEventListener" | "take">} turns whether this tab may have a connection
   */
  constructor(path, turns) {
    super();
    this.#path = path;
    this.#turns = turns;
    this.#read();
  }

  /** @param {string} text a message in JSON; lost if the socket is not open */
  send(text) {
    if (this.readyState !== OPEN) return;
    this.#texts.push(text);
    this.#post();
  }

  /** Ends the connection, once all is said. */
  close() {
    if (this.readyState < CLOSING) this.readyState = CLOSING;
    if (!this.#isPosting) this.#life.abort(NO_STATUS);
  }

  async #read() {
    let end = { code: ABNORMAL, reason: "" };
    const { signal } = this.#life;
    this.#turns.addEventListener("over", () => this.#life.abort(ABNORMAL), { signal });
    try {
      await this.#turns.take();
      const answer = await fetch(ROOT + this.#path, {
        headers: { Accept: "text/event-stream", "Playground-Connection": "new" },
        cache: "no-store",
        signal,
      });
      for await (const { name, data } of eventsOf(answer)) {
        if (name === "close") {
          end = JSON.parse(data);
          break;
        }
        this.#take(name, data);
      }
    } catch {
      if (signal.reason === NO_STATUS) end.code = NO_STATUS;
    }
    this.readyState = CLOSED;
    this.#life.abort();
    this.dispatchEvent(Object.assign(new Event("close"), end));
  }

  /** @param {string} name @param {string} data of an event */
  #take(name, data) {
    if (name === "open") {
      this.#connection = data;
      this.readyState = OPEN;
      this.dispatchEvent(new Event("open"));
    } else if (name === "message") {
      this.dispatchEvent(new MessageEvent("message", { data }));
    } else if (name === "binary") {
      this.dispatchEvent(new MessageEvent("message", { data: bytesOf(data) }));
    } else if (name === "ping") {
      this.#isAsked = true;
      this.#post();
    }
  }

  /** Says all there is to say, one request after the other. */
  async #post() {
    if (this.#isPosting) return;
    this.#isPosting = true;
    while ((this.#texts.length > 0 || this.#isAsked) && !this.#life.signal.aborted) {
      this.#isAsked = false;
      const texts = this.#texts.slice(0, fitting(this.#texts));
      if (!(await this.#isTaken(`[${texts.join(",")}]`))) this.#life.abort(ABNORMAL);
      this.#texts.splice(0, texts.length);
      this.#first += texts.length;
      if (this.readyState === OPEN) await pause(GATHER);
    }
    this.#isPosting = false;
    if (this.readyState === CLOSING) this.#life.abort(NO_STATUS);
  }

  /** @param {string} body @returns {Promise<boolean>} whether the server has taken it; asked again while it may yet */
  async #isTaken(body) {
    const pauses = [...PAUSES];
    while (!this.#life.signal.aborted) {
      const answer = await this.#request(body);
      if (answer?.ok) return true;
      if (answer !== null && !LATER.includes(answer.status)) return false;
      const wait = answer === null ? pauses.shift() : 1000 * (Number(answer.headers.get("Retry-After")) || 1);
      if (wait === undefined) return false;
      await pause(wait);
    }
    return false;
  }

  /** @param {string} body @returns {Promise<Response | null>} null: there was no answer */
  async #request(body) {
    try {
      return await fetch(ROOT + this.#path, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Playground-Connection": this.#connection,
          "Playground-Sequence": String(this.#first),
        },
        body,
        signal: AbortSignal.any([this.#life.signal, AbortSignal.timeout(PATIENCE)]),
      });
    } catch {
      return null;
    }
  }
}

/** The events of an answer; none if it is a refusal, or somebody else's. @param {Response} answer */
async function* eventsOf(answer) {
  if (!answer.ok || !answer.body || answer.headers.get("Content-Type") !== "text/event-stream") return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const cutter = new EventCutter();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read())
    yield* cutter.cut(piece.value);
}

/** How many of the messages go into one request. @param {string[]} texts */
function fitting(texts) {
  let [count, length] = [0, 0];
  for (const text of texts.slice(0, MOST)) {
    length += text.length;
    if (count > 0 && length > LONGEST) break;
    count += 1;
  }
  return count;
}

/** @param {string} base64 @returns {ArrayBuffer} */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}
