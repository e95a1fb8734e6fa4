import assert from "node:assert/strict";
import { test } from "node:test";
import { formatValue, parseQuery, parseValue, query } from "../../../static/js/run/address.js";
import { changes, completed, flatten, nested, patchTo } from "../../../static/js/run/config.js";

const CONFIG = {
  seed: 0,
  data: { target: "x.pow(2) + 0.2*torch.rand(x.size())", points: null, unsqueeze_x: true },
  model: { hidden: [10], activation: "ReLU" },
  loss: "MSELoss",
  optimizer: { name: "SGD", lr: 0.2, momentum: 0, nesterov: false },
  scheduler: null,
  batch_size: null,
  loop: { zero_grad: true },
  max_steps: 1000,
};
const DEFAULTS = {
  config: CONFIG,
  kinds: {
    optimizer: { SGD: { lr: 0.2, momentum: 0, nesterov: false }, Adam: { lr: 0.001, betas: [0.9, 0.999] } },
    scheduler: { StepLR: { gamma: 0.1 } },
  },
};
/** @param {object} changed */
const config = (changed) => ({ ...CONFIG, ...changed });
const ADAM = { name: "Adam", lr: 0.05, betas: [0.9, 0.99] };

test("one value is a list of one where the setting is a list", () => {
  assert.deepEqual(parseQuery("?model.hidden=12&seed=3", DEFAULTS).settings, {
    "model.hidden": [12],
    seed: 3,
  });
});

test("every value comes back from the address as it was", () => {
  for (const value of [
    0.05,
    -1e-7,
    true,
    false,
    null,
    [16, 16],
    [10],
    [],
    [0.9, 0.999],
    [
      [0, 1],
      [0.5, -2],
    ],
    [[0, 1]],
    "ReLU",
    "sine",
    "x.pow(2) + 0.2*torch.rand(x.size())",
    "3",
    "true",
    "null",
    "[1]",
    "1, 2",
    "a, b",
    "",
    'say "x"',
  ]) {
    assert.deepEqual(parseValue(formatValue(value)), value, formatValue(value));
    assert.deepEqual(parseQuery(query(null, { seed: value }), DEFAULTS).settings, { seed: value });
  }
});

test("lists need no brackets and texts no quotes", () => {
  assert.equal(
    query("abc", { "optimizer.lr": 0.05, "model.hidden": [16, 16] }),
    "?run=abc&optimizer.lr=0.05&model.hidden=16,16",
  );
  assert.equal(
    query(null, { "model.activation": "Tanh", "loop.zero_grad": false }),
    "?model.activation=Tanh&loop.zero_grad=false",
  );
  assert.equal(query(null, {}), "");
});

test("what is in an address and no setting is left alone", () => {
  assert.deepEqual(parseQuery("?run=abc&lang=zh&utm_source=a&__proto__.x=1&constructor=2", DEFAULTS), {
    run: "abc",
    settings: null,
  });
});

test("the lesson's run has nothing to say", () => {
  assert.deepEqual(changes(CONFIG, DEFAULTS), {});
});

test("another optimizer is parseQuery by its name and by what is not its own default", () => {
  assert.deepEqual(
    changes(config({ optimizer: { name: "Adam", lr: 0.001, betas: [0.9, 0.999] } }), DEFAULTS),
    {
      "optimizer.name": "Adam",
    },
  );
  assert.deepEqual(changes(config({ optimizer: ADAM }), DEFAULTS), {
    "optimizer.name": "Adam",
    "optimizer.lr": 0.05,
    "optimizer.betas": [0.9, 0.99],
  });
});

test("what an address tells makes the same config again", () => {
  for (const changed of [
    {},
    { seed: 7, model: { hidden: [3], activation: "Tanh" } },
    { optimizer: ADAM },
    { optimizer: { name: "SGD", lr: 0.2, momentum: 0.9, nesterov: true } },
    { scheduler: { name: "StepLR", gamma: 0.1, step_size: 250 }, batch_size: 20 },
    {
      data: {
        target: "sine",
        points: [
          [0, 1],
          [1, 2],
        ],
        unsqueeze_x: false,
      },
    },
  ]) {
    const wanted = config(changed);
    const { settings } = parseQuery(query(null, changes(wanted, DEFAULTS)), DEFAULTS);
    const made = completed(settings ?? {}, DEFAULTS);
    assert.deepEqual(flatten(made), flatten(wanted));
  }
});

test("what goes with a target is the server's to choose where an address does not say it", () => {
  const told = patchTo({ "data.target": "xor" }, DEFAULTS);
  assert.deepEqual([told.data.features, told.data.classes, told.loss], [null, null, null]);
  assert.equal(told.data.target, "xor");
  const whole = patchTo({ "data.features": 2, "data.classes": 3, loss: "CrossEntropyLoss" }, DEFAULTS);
  assert.deepEqual([whole.data.features, whole.data.classes, whole.loss], [2, 3, "CrossEntropyLoss"]);
});

test("paths that anybody typed reach no prototype", () => {
  const made = nested({ "__proto__.polluted": true, "constructor.prototype.polluted": true });
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
  assert.equal(
    JSON.stringify(made),
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  );
});
