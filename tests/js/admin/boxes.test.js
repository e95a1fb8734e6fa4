import assert from "node:assert/strict";
import { test } from "node:test";
import { boxes } from "../../../static/js/admin/boxes.js";

const STATUS = {
  version: "1.2.3",
  store_version: null,
  seconds: 3600 * 72,
  ready: { engine: true, sandbox: false, store: true },
  store_trouble: "full",
  store_bytes: 3 * 1024 * 1024,
  barriers: { seccomp: true, landlock: 4, empty_root: false },
  runs: { ready: 2, playing: 1 },
  runs_stored: 9,
  rooms_stored: 4,
  rooms: [{ code: "K7Q2MX", members: 30, present: 28, questions: 3 }],
  sockets: 5,
  waiting: { sandbox: 1, engine: 0, store: 0 },
  memory: { web: 1024 * 1024 },
  programs: { ok: 7 },
  limits_met: {},
  clients: [{ digest: "0".repeat(32), runs: 3 }],
  errors: [{ message: "<b>it broke</b>" }],
};

test("everything of the status is in one box, in words", () => {
  const shown = JSON.stringify(boxes(STATUS));
  for (const part of [
    "1.2.3",
    "3 days",
    "not ready",
    '"landlock","4"',
    '"empty_root","no"',
    "3.0 MiB",
    "full",
    '"K7Q2MX","28 of 30 here · 3 questions"',
  ]) {
    assert.ok(shown.includes(part), part);
  }
  assert.deepEqual(boxes(STATUS).at(-1)?.lines, ['{"message":"<b>it broke</b>"}']);
});
