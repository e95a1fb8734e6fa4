import assert from "node:assert/strict";
import { test } from "node:test";
import { isZero, momentAt } from "../../../../static/js/calculator/playback/moments.js";

/** @param {object} fields */
const step = (fields) => ({
  line: 1,
  event: "line",
  changed: [],
  made: [],
  node: null,
  grad: null,
  count: null,
  backward: null,
  printed: null,
  ...fields,
});
/** @param {string | null} before @param {string | null} after */
const grad = (before, after) => [{ name: "x", what: "grad", before, after }];

const graph = {
  edges: [
    { id: "e1", source: "x", target: "y", kind: "flow", local: "-3" },
    { id: "e2", source: "c", target: "y", kind: "constant", local: null },
  ],
};
const derivation = {
  graph,
  steps: [
    step({ line: 2, made: ["x"], changed: [{ name: "x", what: "value", before: null, after: "2" }] }),
    step({ line: 3, made: ["y"], printed: 4 }),
    step({ line: 4, event: "backward" }),
    step({ line: 4, event: "node", node: "y", grad: "4" }),
    step({ line: 4, event: "node", node: "x", grad: "-12", changed: grad(null, "-12") }),
    step({ line: 5, event: "backward" }),
    step({ line: 5, event: "node", node: "y", grad: "4" }),
    step({ line: 5, event: "node", node: "x", grad: "-12", changed: grad("-12", "-24"), printed: 9 }),
    step({ line: 6, changed: grad("-24", "0") }),
    step({ line: 7, event: "node", node: "x", grad: "-12", changed: grad("0", "-12") }),
    step({ line: 8, changed: grad("-12", null) }),
  ],
};
const at = (count) => momentAt(derivation, count);

test("before the first step there is nothing, and then one thing after the other", () => {
  assert.equal(at(0).made.size, 0);
  assert.deepEqual([...at(1).made], ["x"]);
  assert.equal(at(1).values.get("x"), "2");
  assert.deepEqual([...at(2).made], ["x", "y", "c"]);
  assert.deepEqual(
    [0, 1, 2, 7, 8].map((count) => at(count).printed),
    [0, 0, 4, 4, 9],
  );
});

test("a gradient comes along the edges of the operations that it has reached", () => {
  assert.deepEqual(at(4).flowing, []);
  assert.deepEqual(at(5).flowing, [{ edge: "e1", text: "4 × (-3)" }]);
  assert.deepEqual(
    [...at(5).reached],
    [
      ["y", "4"],
      ["x", "-12"],
    ],
  );
  assert.deepEqual([...at(6).reached], []);
});

test("a pot tells what was poured into it since it was emptied", () => {
  assert.deepEqual(at(5).pots.get("x"), { text: "-12", poured: ["-12"], sum: null });
  assert.deepEqual(at(8).pots.get("x"), { text: "-24", poured: ["-12", "-12"], sum: "-12 + (-12) = -24" });
  assert.deepEqual(at(9).pots.get("x"), { text: "0", poured: [], sum: null });
  assert.deepEqual(at(10).pots.get("x")?.poured, ["-12"]);
  assert.deepEqual(at(11).pots.get("x"), { text: null, poured: [], sum: null });
});

test("zeros are told from other numbers, and from numbers that are left out", () => {
  for (const text of ["0", "tensor(0.)", "tensor([[0., -0.]], dtype=torch.float64)", "[0, 0] "])
    assert.ok(isZero(text), text);
  for (const text of [
    "tensor([0., 1.])",
    "tensor([0., nan])",
    "[0, 0, 0, …, 0] (100)",
    "tensor([0., ..., 0.])",
    "1e-9",
    "tensor([])x",
  ]) {
    assert.ok(text === "tensor([])x" || !isZero(text), text);
  }
});
