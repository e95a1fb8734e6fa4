import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bunched,
  jitter,
  longestGap,
  NOTHING,
  TICKS,
  verdict,
} from "../../../static/js/connection/verdict.js";

/** Ticks as they should come, each so late as told. @param {(i: number) => number} late */
const ticks = (late = () => 0) => Array.from({ length: TICKS }, (_, i) => 20 + 100 * i + late(i));

const WELL = {
  ...NOTHING,
  trips: [8, 9, 30, 7, 8],
  clock: 40,
  opened: true,
  first: 20,
  ticks: ticks(),
  echoes: [9, 8, 10],
  closed: 1000,
};

/** @param {object} changes */
const fault = (changes) => verdict({ ...WELL, ...changes }, true)?.fault;

/** @param {object} changes */
const what = (changes) => verdict({ ...WELL, ...changes }, true)?.what ?? "";

test("where all is well, it says so, and not before it is over", () => {
  assert.equal(fault({}), "none");
  assert.equal(verdict(WELL, false), null);
  assert.equal(verdict(NOTHING, false), null);
});

test("an old browser is told what it lacks", () => {
  assert.equal(fault({ missing: ["WebSocket"] }), "browser");
  assert.match(what({ missing: ["WebSocket"] }), /lacks WebSocket/);
});

test("requests that fail are told apart by what answers them", () => {
  assert.equal(fault({ failure: "none", online: false }), "network");
  assert.equal(fault({ failure: "none" }), "server");
  assert.equal(fault({ failure: "other" }), "network");
  assert.equal(fault({ failure: { status: 404 } }), "proxy");
  assert.equal(fault({ failure: { status: 429 } }), "server");
  assert.match(what({ failure: { status: 502 } }), /error 502/);
});

test("a socket is blocked, cut, or ended by the server", () => {
  const half = { ticks: ticks().slice(0, 50) };
  assert.equal(fault({ opened: false, without: false, ticks: [], closed: null }), "proxy");
  assert.match(what({ ...half, closed: 1006 }), /cut after 4\.9 s;/);
  assert.equal(fault({ ...half, closed: 1012 }), "server");
  // It broke, and nothing else comes through any more: it was not the socket's fault.
  assert.equal(fault({ ...half, closed: 1006, failure: "none", online: false }), "network");
});

test("where WebSockets are blocked the pages do without, and what is wrong besides is told", () => {
  const blocked = { opened: false, without: true };
  assert.equal(verdict({ ...NOTHING, opened: false }, false), null);
  assert.equal(fault(blocked), "none");
  assert.match(what(blocked), /blocks WebSockets\. The pages do without/);
  assert.equal(fault({ ...blocked, ticks: ticks((i) => 1000 - (i % 10) * 100) }), "proxy");
  assert.equal(fault({ ...blocked, ticks: ticks().slice(0, 50), closed: 1012 }), "server");
});

test("what comes in heaps was collected, what comes late or with gaps is the network", () => {
  const heaps = ticks((i) => 1000 - (i % 10) * 100);
  assert.equal(bunched(heaps), TICKS);
  assert.equal(fault({ ticks: heaps }), "proxy");
  assert.equal(fault({ ticks: ticks((i) => (i < 50 ? 0 : 1500)) }), "network");
  assert.equal(fault({ echoes: [900, 1000, 800, 900, 700, 900] }), "network");
  assert.equal(longestGap(ticks()), 100);
  assert.equal(jitter(ticks()), 0);
  assert.ok(jitter(ticks((i) => (i % 2) * 30)) > 25);
});

test("a wrong clock is told, though nothing suffers of it here", () => {
  assert.equal(fault({ clock: -7_200_000 }), "none");
  assert.match(what({ clock: -7_200_000 }), /wrong by 120 minutes/);
});
