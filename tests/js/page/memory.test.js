import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../../static/js/page/memory.js";

/** A storage as the browser has it. */
function storage() {
  const texts = new Map();
  return /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => texts.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => texts.set(key, text),
  });
}

test("what one page remembers another finds", () => {
  const area = storage();
  new Memory(() => area).set("run", "a");
  assert.equal(new Memory(() => area).get("run"), "a");
  assert.equal(new Memory(() => area).get("other"), null);
});

test("where storage is blocked the page itself remembers", () => {
  const memory = new Memory(() => {
    throw new DOMException("denied", "SecurityError");
  });
  assert.equal(memory.get("run"), null);
  memory.set("run", "a");
  assert.equal(memory.get("run"), "a");
});

test("what a full storage does not take is newer than what it holds, until it takes it", () => {
  const area = storage();
  const memory = new Memory(() => area);
  memory.set("run", "old");
  const { setItem } = area;
  area.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  memory.set("run", "new");
  assert.equal(memory.get("run"), "new");
  area.setItem = setItem;
  memory.set("run", "newest");
  assert.deepEqual([memory.get("run"), area.getItem("run")], ["newest", "newest"]);
});
