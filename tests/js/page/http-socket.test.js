import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { EventCutter, HttpSocket } from "../../../static/js/page/http-socket.js";

const PATH = "/api/runs/a/stream";
const settled = () => new Promise(setImmediate);

/** The answers of a server to a page: its stream, and what becomes of each request. */
function served({ status = 200, kind = "text/event-stream" } = {}) {
  /** Bodies of requests, with their numbers. @type {string[][]} */
  const posts = [];
  /** How the next requests are answered: a status, or an error. 204 if there is nothing. @type {(number | Error)[]} */
  const answers = [];
  let stream;
  const body = new ReadableStream({
    start: (controller) => {
      stream = controller;
    },
  });
  globalThis.fetch = async (path, { method, headers, body: posted, signal }) => {
    assert.equal(path, PATH);
    signal.throwIfAborted();
    if (method === undefined) {
      assert.equal(headers["Playground-Connection"], "new");
      signal.addEventListener("abort", () => stream.error(signal.reason));
      return new Response(body, { status, headers: { "Content-Type": kind } });
    }
    assert.equal(headers["Playground-Connection"], "the id");
    posts.push([headers["Playground-Sequence"], posted]);
    const answer = answers.shift() ?? 204;
    if (answer instanceof Error) throw answer;
    return new Response(null, { status: answer, headers: { "Retry-After": "3" } });
  };
  /** @param {string} text */
  const say = async (text) => {
    stream.enqueue(new TextEncoder().encode(text));
    await settled();
  };
  return { posts, answers, say, end: () => stream.close() };
}

/** A socket whose events are noted. */
function opened(server = served()) {
  const turns = Object.assign(new EventTarget(), { take: async () => {} });
  const socket = new HttpSocket(PATH, turns);
  const heard = [];
  socket.addEventListener("open", () => heard.push("open"));
  socket.addEventListener("message", ({ data }) => heard.push(data));
  socket.addEventListener("close", ({ code, reason }) => heard.push([code, reason]));
  sockets.push(socket);
  return { socket, heard, turns, ...server };
}
const sockets = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const OPENED = "event: open\ndata: the id\n\n";

test("events are put together from any pieces", () => {
  const text = `: a remark\n\n${OPENED}event: message\ndata: a\ndata: b\n\nevent: ping\ndata: \n\n`;
  const whole = new EventCutter().cut(text);
  assert.deepEqual(whole.slice(1), [
    { name: "open", data: "the id" },
    { name: "message", data: "a\nb" },
    { name: "ping", data: "" },
  ]);
  for (let size = 1; size < 9; size += 1) {
    const cutter = new EventCutter();
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    assert.deepEqual(
      pieces.flatMap((piece) => cutter.cut(piece)),
      whole,
    );
  }
});

test("it opens, and hears texts and bytes", async () => {
  const { socket, heard, say } = opened();
  assert.equal(socket.readyState, 0);
  await say(OPENED);
  assert.equal(socket.readyState, 1);
  await say('event: message\ndata: {"n": 1}\n\nevent: binary\ndata: AQL/\n\n');
  assert.deepEqual(heard.slice(0, 2), ["open", '{"n": 1}']);
  assert.deepEqual([...new Uint8Array(heard[2])], [1, 2, 255]);
});

test("the end tells the code of the server, or that the connection broke", async () => {
  const told = opened();
  await told.say(`${OPENED}event: close\ndata: {"code": 1008, "reason": "no hello"}\n\n`);
  await settled();
  assert.deepEqual(told.heard, ["open", [1008, "no hello"]]);
  assert.equal(told.socket.readyState, 3);
  const broken = opened();
  await broken.say(OPENED);
  broken.end();
  await settled();
  assert.deepEqual(broken.heard, ["open", [1006, ""]]);
});

test("it breaks where another tab needs the connection", async () => {
  const { heard, say, turns } = opened();
  await say(OPENED);
  turns.dispatchEvent(new Event("over"));
  await settled();
  assert.deepEqual(heard, ["open", [1006, ""]]);
});

test("a refusal, and what another than the server answers, do not open it", async () => {
  for (const answer of [{ status: 503, kind: "application/problem+json" }, { kind: "text/html" }]) {
    const { heard } = opened(served(answer));
    await settled();
    assert.deepEqual(heard, [[1006, ""]]);
  }
});

test("what is said while a request is on its way goes with the next, in order and numbered", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, posts, say } = opened();
  socket.send("lost: it is not open");
  await say(OPENED);
  for (const text of ['"a"', '"b"', '"c"']) socket.send(text);
  await settled();
  assert.deepEqual(posts, [["1", '["a"]']]);
  context.mock.timers.tick(50);
  await settled();
  assert.deepEqual(posts.slice(1), [["2", '["b","c"]']]);
  context.mock.timers.tick(50);
  await settled();
  socket.send('"d"');
  assert.deepEqual(posts.slice(2), [["4", '["d"]']]);
});

test("of much a request has no more than the server takes", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, posts, say } = opened();
  await say(OPENED);
  const long = JSON.stringify("x".repeat(40_000));
  for (const text of [long, long, ...Array(150).fill("0")]) socket.send(text);
  for (let i = 0; i < 5; i += 1) {
    await settled();
    context.mock.timers.tick(50);
  }
  assert.deepEqual(
    posts.map(([first, body]) => [Number(first), JSON.parse(body).length]),
    [
      [1, 1],
      [2, 1],
      [3, 100],
      [103, 50],
    ],
  );
});

test("a request without an answer is sent again with its number, and one refused for now later", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, posts, answers, say } = opened();
  await say(OPENED);
  answers.push(new TypeError("the network"), 503);
  socket.send('"a"');
  await settled();
  context.mock.timers.tick(250);
  await settled();
  context.mock.timers.tick(2999);
  await settled();
  assert.equal(posts.length, 2);
  context.mock.timers.tick(1);
  await settled();
  assert.deepEqual(posts, Array(3).fill(["1", '["a"]']));
  assert.equal(socket.readyState, 1);
});

test("where nothing can be said any more it is broken", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const gone = opened();
  await gone.say(OPENED);
  gone.answers.push(404);
  gone.socket.send('"a"');
  await settled();
  assert.deepEqual(gone.heard, ["open", [1006, ""]]);
  const cut = opened();
  await cut.say(OPENED);
  cut.answers.push(...Array(5).fill(new TypeError("the network")));
  cut.socket.send('"a"');
  for (const ms of [250, 500, 1000, 2000]) {
    await settled();
    assert.equal(cut.socket.readyState, 1);
    context.mock.timers.tick(ms);
  }
  await settled();
  assert.deepEqual(cut.heard, ["open", [1006, ""]]);
});

test("a ping is answered, by what is said or by nothing", async () => {
  const { posts, say } = opened();
  await say(`${OPENED}event: ping\ndata: \n\n`);
  assert.deepEqual(posts, [["1", "[]"]]);
});

test("what was said before it is closed arrives", async () => {
  const { socket, heard, posts, say } = opened();
  await say(OPENED);
  for (const text of ['"a"', '"b"']) socket.send(text);
  socket.close();
  socket.send("lost: it is closing");
  assert.equal(socket.readyState, 2);
  await settled();
  await settled();
  assert.deepEqual(posts, [
    ["1", '["a"]'],
    ["2", '["b"]'],
  ]);
  assert.deepEqual(heard, ["open", [1005, ""]]);
});

test("closed before it is open, it never opens", async () => {
  const { socket, heard } = opened();
  socket.close();
  await settled();
  assert.deepEqual(heard, [[1005, ""]]);
});
