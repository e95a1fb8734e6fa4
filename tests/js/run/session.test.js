import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Refusal } from "../../../static/js/page/http.js";
import { Owned } from "../../../static/js/run/owned.js";
import { Session } from "../../../static/js/run/session.js";

const page = new EventTarget();
/** Paths of the sockets that were opened. @type {string[]} */
const opened = [];
class FakeSocket extends EventTarget {
  /** @param {URL} address */
  constructor(address) {
    super();
    opened.push(address.pathname);
  }
  close() {}
  send() {}
}
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  document: new EventTarget(),
  location: { href: "http://here/" },
  addEventListener: (type, listener) => page.addEventListener(type, listener),
});

/** The signal of what nobody cancels. */
const NEVER = new AbortController().signal;

const settled = () => new Promise(setImmediate);

/** Sessions that go on until they are closed. @type {Session<any>[]} */
const sessions = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
});

/** A server that makes runs when it is told to. */
function served() {
  const texts = new Map();
  const owned = new Owned("run", {
    get: (key) => texts.get(key) ?? null,
    set: (key, text) => void texts.set(key, text),
  });
  const asked = [];
  const left = [];
  const heard = [];
  const kind = {
    path: "/api/runs",
    owned,
    create: (config) => new Promise((resolve, reject) => asked.push({ config, resolve, reject })),
    find: async () => ({}),
    leave: ({ id }) => left.push(id),
    configIn: () => null,
    read: (data) => data,
  };
  const session = new Session(
    kind,
    (message) => heard.push(message),
    () => 1,
  );
  sessions.push(session);
  opened.length = 0;
  return { session, asked, left, heard, owned };
}
const own = (id) => ({ id, owner_token: "t", config: {} });
const refusal = (status) => new Refusal({ status, detail: "no", errors: [] }, 1);

test("a run that was made when another was wanted is left, and never followed", async () => {
  const { session, asked, left } = served();
  session.create({ seed: 1 });
  session.create({ seed: 2 });
  asked[1].resolve(own("b"));
  await settled();
  asked[0].resolve(own("a"));
  await settled();
  assert.deepEqual([left, opened], [["a"], ["/api/runs/b/stream"]]);
});

test("a run that is trained on from takes the place of one that waits to be made", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { session, asked, heard, owned } = served();
  session.create({});
  asked[0].reject(refusal(429));
  await settled();
  assert.equal(heard.at(-1).link, "busy");
  session.adopt(Promise.resolve(own("fork")), NEVER);
  await settled();
  context.mock.timers.tick(60_000);
  assert.equal(asked.length, 1);
  assert.equal(owned.newest.id, "fork");
  assert.deepEqual(opened, ["/api/runs/fork/stream"]);
});

test("a fork that comes after another run was asked for is left", async () => {
  const { session, asked, left } = served();
  /** @type {(own: any) => void} */
  let made = () => {};
  session.adopt(
    new Promise((resolve) => {
      made = resolve;
    }),
    NEVER,
  );
  session.create({});
  made(own("fork"));
  asked[0].resolve(own("b"));
  await settled();
  assert.deepEqual([left, opened], [["fork"], ["/api/runs/b/stream"]]);
});

test("a fork that is cancelled while it is made is left, and the run before goes on", async () => {
  const { session, left } = served();
  session.adopt(Promise.resolve(own("a")), NEVER);
  await settled();
  const cancelled = new AbortController();
  session.adopt(Promise.resolve(own("fork")), cancelled.signal);
  cancelled.abort();
  await settled();
  assert.deepEqual([left, opened], [["fork"], ["/api/runs/a/stream"]]);
});

test("a server that is away or full is asked again; one that refuses, or cannot be read, is not", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const cases = [
    [new TypeError("failed to fetch"), "lost", 2],
    [new DOMException("", "TimeoutError"), "lost", 2],
    [refusal(503), "warming", 2],
    [refusal(422), "refused", 1],
    [new SyntaxError("no JSON"), "stale", 1],
    [new RangeError("nothing was made"), "stale", 1],
  ];
  for (const [error, link, times] of cases) {
    const { session, asked, heard } = served();
    session.create({});
    asked[0].reject(error);
    await settled();
    context.mock.timers.tick(1500);
    assert.deepEqual([heard.at(-1).link, asked.length], [link, times], String(error));
  }
});

test("a run of the past is one's own, and made again of what the address says if it is gone", async () => {
  const { session, owned } = served();
  owned.remember({ ...own("a"), config: { seed: 1 } });
  owned.remember({ ...own("b"), config: { seed: 2 } });
  session.start("a", { seed: 1 });
  await settled();
  assert.deepEqual(opened, ["/api/runs/a/stream"]);
  assert.deepEqual(owned.newest, { ...own("a"), config: { seed: 1 } });
});

test("a session that is closed makes nothing and follows nothing any more", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { session, asked, left } = served();
  session.create({});
  asked[0].reject(new TypeError("away"));
  await settled();
  session.close();
  context.mock.timers.tick(60_000);
  assert.equal(asked.length, 1);
  session.create({});
  session.close();
  asked[1].resolve(own("late"));
  await settled();
  assert.deepEqual([left, opened], [["late"], []]);
});

test("settings that change as the page goes are sent by a request that outlives it", async (context) => {
  const requests = [];
  context.mock.method(globalThis, "fetch", async (path, options) => requests.push([path, options]));
  const { session } = served();
  session.adopt(Promise.resolve(own("a")), NEVER);
  await settled();
  page.dispatchEvent(new Event("pagehide"));
  session.send({ type: "update", config: { data: { points: [[0, 1]] } } });
  const [[path, { method, body, keepalive, headers }]] = requests;
  assert.deepEqual([path, method, keepalive], ["/api/runs/a", "PATCH", true]);
  assert.equal(headers.Authorization, "Bearer t");
  assert.deepEqual(JSON.parse(body), { data: { points: [[0, 1]] } });
  page.dispatchEvent(new Event("pageshow"));
  session.send({ type: "update", config: {} });
  assert.equal(requests.length, 1);
});
