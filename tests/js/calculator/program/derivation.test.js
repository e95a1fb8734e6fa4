import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isDerivation } from "../../../../static/js/calculator/program/derivation.js";

const examples = new URL("../../../../app/web/edge/examples.json", import.meta.url);
const derivation = JSON.parse(readFileSync(examples, "utf8"))["POST /api/gradients"];

test("a derivation is known by what the page uses of it", () => {
  assert.ok(isDerivation(derivation));
  assert.ok(isDerivation({ ...derivation, added: 1 }));
});

for (const change of [
  { steps: null },
  { steps: [{ event: "hop", changed: [], made: [] }] },
  { nudge: [{ name: "x", node: "n1", backward: 1, state: "maybe", elements: [], curve: [] }] },
  { graph: { nodes: [{ id: "n1", kind: "cloud" }], edges: [], width: 1, height: 1 } },
  { variables: [{ name: "x", grad_state: "lent" }] },
  { error: { message: "no fixes" } },
]) {
  test(`one of another version is none: ${JSON.stringify(change)}`, () => {
    assert.ok(!isDerivation({ ...derivation, ...change }));
  });
}

test("another value is none", () => {
  for (const value of [null, 7, "text", []]) assert.ok(!isDerivation(value));
});
