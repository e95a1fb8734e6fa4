import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HttpSocket } from "../../../static/js/page/http-socket.js";
import { learn, openSocket } from "../../../static/js/page/sockets.js";

/** @type {FakeSocket[]} */
const tried = [];
class FakeSocket extends EventTarget {
  isClosed = false;
  /** @param {URL} address */
  constructor(address) {
    super();
    this.path = address.pathname;
    tried.push(this);
  }
  close() {
    this.isClosed = true;
    this.dispatchEvent(new Event("close"));
  }
  /** @param {"open" | "message" | "close"} what */
  happen(what) {
    this.dispatchEvent(new Event(what));
  }
}
/** What the server answers where a socket without WebSockets is opened. */
let status = 200;
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  BroadcastChannel: class extends EventTarget {
    postMessage() {}
  },
  document: Object.assign(new EventTarget(), { hidden: false }),
  location: { href: "http://here/" },
  fetch: async () =>
    new Response(new ReadableStream({ start: (stream) => stream.enqueue(OPENED) }), {
      status,
      headers: { "Content-Type": "text/event-stream" },
    }),
});
const OPENED = new TextEncoder().encode("event: open\ndata: the id\n\n");
const settled = () => new Promise(setImmediate);
const PATH = "/api/runs/a/stream";

/** Whether the page's next socket is a WebSocket. The socket itself is left alone. */
function takesWebSocket() {
  const before = tried.length;
  openSocket(PATH).close();
  return tried.length > before;
}

function fail(times) {
  for (let i = 0; i < times; i += 1) {
    openSocket(PATH);
    tried.at(-1).happen("close");
  }
}

beforeEach((context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 });
  tried.length = 0;
  status = 200;
  learn(true);
});

test("after three WebSockets in a row that brought nothing the page does without", () => {
  fail(2);
  assert.ok(takesWebSocket());
  openSocket(PATH);
  tried.at(-1).happen("open");
  tried.at(-1).happen("close");
  const socket = openSocket(PATH);
  assert.ok(socket instanceof HttpSocket);
  socket.close();
});

test("one that brings something begins the count anew, and its end is no failure", () => {
  fail(2);
  openSocket(PATH);
  tried.at(-1).happen("open");
  tried.at(-1).happen("message");
  tried.at(-1).happen("close");
  fail(2);
  assert.ok(takesWebSocket());
});

test("one that the page gives up at once is no failure; one that it waited for is", (context) => {
  for (let i = 0; i < 3; i += 1) openSocket(PATH).close();
  assert.ok(takesWebSocket());
  for (let i = 0; i < 3; i += 1) {
    const socket = openSocket(PATH);
    context.mock.timers.tick(10_000);
    socket.close();
  }
  assert.ok(!takesWebSocket());
});

test("where nothing opens at all, WebSockets are not to blame", async () => {
  fail(3);
  status = 503;
  openSocket(PATH);
  await settled();
  assert.ok(takesWebSocket());
});

test("where they are blocked one is tried beside, now and then, and the next is one once it opened", async (context) => {
  fail(3);
  const open = async () => {
    const socket = openSocket(PATH);
    await settled();
    socket.close();
    await settled();
  };
  await open();
  assert.equal(tried.length, 3);
  context.mock.timers.tick(301_000);
  await open();
  await open();
  assert.equal(tried.length, 4);
  assert.equal(tried[3].path, "/api/connection/stream");
  assert.ok(!takesWebSocket());
  tried[3].happen("close");
  context.mock.timers.tick(301_000);
  await open();
  tried[4].happen("message");
  assert.ok(tried[4].isClosed);
  assert.ok(takesWebSocket());
});
