import assert from "node:assert/strict";
import { test } from "node:test";
import { namesOf } from "../../../static/js/compare/member-names.js";

test("runs are called by what they have of their own, in PyTorch's words", () => {
  /** @param {any} config @param {object} vary */
  const one = (config, vary) => ({ config, vary });
  const forgetful = [{}, { loop: { zero_grad: false } }];
  const loops = [true, false].map((zero_grad, i) => one({ loop: { zero_grad } }, forgetful[i] ?? {}));
  assert.deepEqual(namesOf(loops), ["with optimizer.zero_grad()", "without optimizer.zero_grad()"]);
  const optimizers = [
    { name: "SGD", lr: 0.02, momentum: 0 },
    { name: "SGD", lr: 0.02, momentum: 0.9 },
    { name: "Adam" },
  ];
  assert.deepEqual(namesOf(optimizers.map((optimizer) => one({ optimizer }, { optimizer }))), [
    "SGD(lr=0.02)",
    "SGD(lr=0.02, momentum=0.9)",
    "Adam",
  ]);
  const points = Array.from({ length: 60 }, (_, i) => [i, i]);
  assert.deepEqual(namesOf([one({ data: { points } }, { data: { points } })]), ["60 points"]);
  const models = [{ hidden: [4] }, { hidden: [16, 16], activation: "Tanh" }];
  assert.deepEqual(
    namesOf(models.map((model) => one({ model: { activation: "ReLU", ...model } }, { model }))),
    ["n_hidden=4, ReLU", "hidden=[16, 16], Tanh"],
  );
});
