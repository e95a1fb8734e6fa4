import assert from "node:assert/strict";
import { test } from "node:test";
import { Newest } from "../../../static/js/page/newest.js";

/** Requests that are answered by hand, and what came of them. */
function asker() {
  const newest = new Newest();
  /** @type {string[]} */
  const log = [];
  /** @param {string} name */
  const ask = (name) => {
    /** @type {any} */
    const request = {};
    request.done = newest.ask(
      (signal) => new Promise((resolve, reject) => Object.assign(request, { resolve, reject, signal })),
      (answer) => log.push(`${name}: ${answer}`),
      (error) => log.push(`${name} failed: ${/** @type {Error} */ (error).message}`),
    );
    return request;
  };
  return { newest, log, ask };
}

test("an answer is used, and an error told", async () => {
  const { log, ask } = asker();
  const first = ask("a");
  first.resolve("yes");
  await first.done;
  const second = ask("b");
  second.reject(new Error("no"));
  await second.done;
  assert.deepEqual(log, ["a: yes", "b failed: no"]);
});

test("a cancelled request is aborted, and neither answers nor fails", async () => {
  const { newest, log, ask } = asker();
  const [first, second] = [ask("a"), ask("b")];
  assert.ok(first.signal.aborted);
  newest.cancel();
  assert.ok(second.signal.aborted);
  first.resolve("late");
  second.reject(new Error("late"));
  await Promise.all([first.done, second.done]);
  assert.deepEqual(log, []);
});

test("of two requests the newer one counts, whichever is answered first", async () => {
  const { log, ask } = asker();
  const [old, young] = [ask("old"), ask("young")];
  young.resolve("yes");
  await young.done;
  old.resolve("late");
  await old.done;
  assert.deepEqual(log, ["young: yes"]);
});
