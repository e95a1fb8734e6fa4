import assert from "node:assert/strict";
import { test } from "node:test";
import {
  comparedBy,
  parseQuery,
  pathsOf,
  query,
  requestOf,
} from "../../../static/js/compare/comparison-address.js";

const DEFAULTS = /** @type {any} */ ({ config: { seed: 0, optimizer: {}, model: {}, loop: {} }, kinds: {} });

test("a setting that an address has once is for all runs, and one it has often is what they differ in", () => {
  const search =
    "?comparison=c&seed=7&optimizer.lr=0.02&optimizer.lr=2&optimizer.momentum=&optimizer.momentum=0.9&lang=zh";
  assert.deepEqual(parseQuery(search, DEFAULTS), {
    id: "c",
    common: { seed: 7 },
    vary: [{ "optimizer.lr": 0.02 }, { "optimizer.lr": 2, "optimizer.momentum": 0.9 }],
  });
  assert.deepEqual(parseQuery("?seed=7", DEFAULTS), { id: null, common: { seed: 7 }, vary: [] });
});

test("an address reads back as what it was written from, lists and names included", () => {
  const compared = {
    common: { seed: 7, "model.activation": "Tanh" },
    vary: [{ "model.hidden": [4] }, { "model.hidden": [16, 16] }, { "loop.zero_grad": false }],
  };
  const { id, ...back } = parseQuery(query("a b", compared), DEFAULTS);
  assert.equal(id, "a b");
  assert.deepEqual(back, compared);
  // What the runs differ in is not also what they have in common.
  const doubled = { ...compared, common: { ...compared.common, "model.hidden": [10] } };
  assert.equal(query(null, doubled), query(null, compared));
});

test("a request is made of settings by path, and the other way round", () => {
  const request = { config: { optimizer: { lr: 0.1 } }, vary: [{ model: { hidden: [4] } }, {}] };
  assert.equal(JSON.stringify(requestOf(comparedBy(request))), JSON.stringify(request));
  assert.deepEqual(pathsOf(comparedBy(request).vary), ["model.hidden"]);
});
