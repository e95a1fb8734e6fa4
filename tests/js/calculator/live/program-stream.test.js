import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ProgramStream } from "../../../../static/js/calculator/live/program-stream.js";
import { learn } from "../../../../static/js/page/sockets.js";

const RUN = { type: "run", program: "n = 1" };
const WATCH = { type: "watch", id: "a", owner_token: "t" };
const STARTED = JSON.stringify({
  type: "started",
  id: "a",
  owner_token: "t",
  control: true,
  program: "n = 1",
});

/** Sockets that were opened, with what they were told. @type {FakeSocket[]} */
const sockets = [];
class FakeSocket extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  /** @type {{ type: string }[]} */
  told = [];
  constructor() {
    super();
    sockets.push(this);
  }
  /** @param {string} text */
  send(text) {
    this.told.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  /** @param {string} data */
  say(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}
const page = new EventTarget();
const seen = Object.assign(new EventTarget(), { hidden: false });
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  // Node's own would keep the process of the tests alive.
  BroadcastChannel: class extends EventTarget {
    postMessage() {}
  },
  document: seen,
  location: { href: "http://here/" },
  addEventListener: page.addEventListener.bind(page),
});

beforeEach(() => {
  sockets.length = 0;
  learn(true);
});

/** A stream that has begun to follow a program, on a clock that the test moves. */
function following(context) {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const heard = [];
  const stream = new ProgramStream({
    receive: ({ type }) => heard.push(type),
    link: (isUp) => heard.push(isUp ? "up" : "down"),
    lost: () => heard.push("lost"),
  });
  stream.begin(RUN, () => WATCH);
  sockets[0].open();
  sockets[0].say(STARTED);
  context.after(() => stream.close());
  return { heard, stream };
}

test("a connection that falls silent is asked, given up, and made again with the program on it", (context) => {
  const { heard } = following(context);
  context.mock.timers.tick(5000);
  assert.deepEqual(sockets[0].told, [RUN, { type: "ping" }]);
  context.mock.timers.tick(5000);
  assert.deepEqual(heard, ["started", "down"]);
  context.mock.timers.tick(250);
  sockets[1].open();
  assert.deepEqual(sockets[1].told, [WATCH]);
  sockets[1].say(STARTED);
  assert.deepEqual(heard, ["started", "down", "up", "started"]);
});

test("it is tried for as long as the server keeps the program, and then no more", (context) => {
  const { heard } = following(context);
  sockets[0].dispatchEvent(new Event("close"));
  for (let second = 0; second < 60; second += 1) {
    context.mock.timers.tick(1000);
    if (sockets.at(-1).readyState === 0) sockets.at(-1).dispatchEvent(new Event("close"));
  }
  assert.deepEqual(heard, ["started", "down"]);
  for (let second = 0; second < 30; second += 1) {
    context.mock.timers.tick(1000);
    if (sockets.at(-1).readyState === 0) sockets.at(-1).dispatchEvent(new Event("close"));
  }
  assert.deepEqual(heard, ["started", "down", "lost"]);
});

test("a page that is seen again asks at once", (context) => {
  following(context);
  seen.hidden = true;
  seen.dispatchEvent(new Event("visibilitychange"));
  seen.hidden = false;
  seen.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(sockets[0].told.at(-1), { type: "ping" });
  context.mock.timers.tick(1200);
  context.mock.timers.tick(250);
  assert.equal(sockets.length, 2);
});
