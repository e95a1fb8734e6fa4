import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addRow,
  FIRST,
  floats,
  programOf,
  remove,
  rename,
} from "../../../../static/js/calculator/program/chain-program.js";
import { shapesIn } from "../../../../static/js/calculator/program/shapes-in.js";
import { gridOf } from "../../../../static/js/page/tensor-shape.js";

test("the builder begins with the lesson's chain", () => {
  assert.equal(
    programOf(FIRST),
    "import torch\n\nvariable = torch.tensor(2., requires_grad=True)\n\nv_1 = 3 * variable\nv_2 = 4 * v_1\n" +
      'v_2.backward()\n\nprint("variable.grad:", variable.grad)\n',
  );
});

test("functions, weights and leaves that are not tracked are written as torch has them", () => {
  const program = programOf({
    leaves: [{ name: "x", value: "1, 2.5", requires_grad: false }],
    rows: [
      { name: "a", left: "x", operator: "relu", right: "" },
      { name: "b", left: "a", operator: "sum", right: "" },
    ],
    output: "a",
    gradient: "1, 2",
  });
  for (const line of [
    "x = torch.tensor([1., 2.5])",
    "a = torch.relu(x)",
    "b = a.sum()",
    "a.backward(gradient=torch.tensor([1., 2.]))",
  ]) {
    assert.ok(program.split("\n").includes(line), line);
  }
});

test("numbers get their decimal point, whatever they are written like", () => {
  const written = ["2", "-2", "2.5", "1e3", "1, 2", "[1, 2]", "[[1, 2], [3, 4]]", ""].map(floats);
  assert.deepEqual(written, [
    "2.",
    "-2.",
    "2.5",
    "1e3",
    "[1., 2.]",
    "[1., 2.]",
    "[[1., 2.], [3., 4.]]",
    "0.",
  ]);
});

test("a shape is drawn as rows and columns", () => {
  assert.deepEqual(gridOf([]), { rows: 1, columns: 1, sheets: 1 });
  assert.deepEqual(gridOf([3]), { rows: 1, columns: 3, sheets: 1 });
  assert.deepEqual(gridOf([100, 1]), { rows: 100, columns: 1, sheets: 1 });
  assert.deepEqual(gridOf([4, 2, 3]), { rows: 2, columns: 3, sheets: 4 });
});

test("the shapes that a message is about are found in it", () => {
  assert.deepEqual(shapesIn("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"), [
    [2, 3],
    [4, 5],
  ]);
  assert.deepEqual(
    shapesIn("The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0"),
    [[3], [4]],
  );
  assert.deepEqual(
    shapesIn("a target size (torch.Size([3])) that is different to the input size (torch.Size([3, 1]))"),
    [[3], [3, 1]],
  );
  assert.deepEqual(shapesIn("torch.Size([]) and torch.Size([1])"), [[], [1]]);
  assert.deepEqual(shapesIn("element 0 of tensors does not require grad"), []);
});

test("a renamed leaf keeps its place in operations and output, and a removed output is the last row", () => {
  const plan = structuredClone(FIRST);
  addRow(plan);
  assert.deepEqual(plan.rows.at(-1), { name: "v_3", left: "2", operator: "*", right: "v_2" });
  assert.equal(plan.output, "v_3");
  const [leaf, last] = [plan.leaves[0], plan.rows[2]];
  assert.ok(leaf && last);
  rename(plan, leaf, "w");
  rename(plan, last, "loss");
  assert.equal(plan.rows[0]?.right, "w");
  assert.equal(plan.output, "loss");
  remove(plan, plan.rows, last);
  assert.equal(plan.output, "v_2");
  assert.equal(plan.rows.length, 2);
});
