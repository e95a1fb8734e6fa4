import assert from "node:assert/strict";
import { test } from "node:test";

const texts = new Map();
// @ts-expect-error: all of a storage that the module uses.
globalThis.sessionStorage = {
  getItem: (/** @type {string} */ key) => texts.get(key) ?? null,
  setItem: (/** @type {string} */ key, /** @type {string} */ text) => texts.set(key, text),
};
const { rememberedView, rememberView } = await import("../../../static/js/run/view.js");

test("what was chosen in a tab is remembered, and nothing else", () => {
  assert.deepEqual(rememberedView(), {});
  rememberView({ log: true });
  rememberView({ gradients: true });
  rememberView({ log: false });
  assert.deepEqual(rememberedView(), { log: false, gradients: true });
});

test("what another version of the page left is passed over", () => {
  for (const left of ["no JSON", "null", "7", '{"log": "yes", "gradients": 1}']) {
    texts.set("view", left);
    assert.deepEqual(rememberedView(), {}, left);
  }
});
