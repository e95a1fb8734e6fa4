import assert from "node:assert/strict";
import { test } from "node:test";
import { Owned } from "../../../static/js/run/owned.js";

const own = (id, config = {}) => ({ id, owner_token: `token of ${id}`, config });
const memory = (texts = {}) => ({
  texts,
  get: (key) => texts[key] ?? null,
  set: (key, text) => {
    texts[key] = text;
  },
});

test("every run of this tab stays its own, and the newest with its settings", () => {
  const owned = new Owned("run", memory());
  assert.equal(owned.newest, null);
  assert.equal(owned.find("a"), null);
  owned.remember(own("a", { seed: 1 }));
  owned.remember(own("b", { seed: 2 }));
  assert.deepEqual(owned.newest, own("b", { seed: 2 }));
  assert.deepEqual(owned.find("a"), own("a", null));
  assert.deepEqual(owned.find("b"), own("b", { seed: 2 }));
  owned.remember(own("a", { seed: 3 }));
  assert.deepEqual(owned.newest, own("a", { seed: 3 }));
  assert.equal(owned.find("b")?.owner_token, "token of b");
});

test("another page of this tab knows them too", () => {
  const kept = memory();
  new Owned("run", kept).remember(own("a"));
  new Owned("run", kept).remember(own("b"));
  assert.equal(new Owned("run", kept).find("a")?.owner_token, "token of a");
  assert.equal(new Owned("comparison", kept).find("a"), null);
});

test("one that is no more is nobody's", () => {
  const owned = new Owned("run", memory());
  owned.remember(own("a"));
  owned.remember(own("b"));
  owned.forget("b");
  assert.deepEqual([owned.newest, owned.find("b")], [null, null]);
  assert.equal(owned.find("a")?.owner_token, "token of a");
});

test("a hundred tokens are kept, the newest ones", () => {
  const owned = new Owned("run", memory());
  for (let i = 0; i < 101; i += 1) owned.remember(own(`r${i}`));
  assert.equal(owned.find("r0"), null);
  assert.equal(owned.find("r1")?.id, "r1");
});

test("what another version left behind does no harm", () => {
  for (const text of ["{", "null", "7", '"a"']) {
    const owned = new Owned("run", memory({ run: text, "run tokens": text }));
    owned.remember(own("a"));
    assert.equal(owned.find("a")?.id, "a");
  }
});
