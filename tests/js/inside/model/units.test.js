import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIVATIONS, erf } from "../../../../static/js/inside/model/activations.js";
import { Units } from "../../../../static/js/inside/model/units.js";
import {
  addressOf,
  elementsOf,
  layersOf,
  offsetOf,
  parameterName,
  sizesOf,
} from "../../../../static/js/run/layers.js";

const LESSON = [
  { name: "hidden.weight", shape: [2, 1] },
  { name: "hidden.bias", shape: [2] },
  { name: "predict.weight", shape: [1, 2] },
  { name: "predict.bias", shape: [1] },
];
const DEEP = [
  { name: "hidden1.weight", shape: [3, 1] },
  { name: "hidden1.bias", shape: [3] },
  { name: "hidden2.weight", shape: [2, 3] },
  { name: "hidden2.bias", shape: [2] },
  { name: "predict.weight", shape: [1, 2] },
  { name: "predict.bias", shape: [1] },
];

test("each weight and bias is found where the snapshot has it", () => {
  const layers = layersOf(DEEP);
  assert.deepEqual(sizesOf(layers), [1, 3, 2, 1]);
  const places = [...elementsOf(layers)].map((element) => offsetOf(layers, element));
  assert.deepEqual(
    places,
    Array.from({ length: 3 + 3 + 6 + 2 + 2 + 1 }, (_, i) => i),
  );
  const element = { layer: 1, unit: 1, input: 2 };
  assert.deepEqual(addressOf(layers, element), { name: "hidden2.weight", index: [1, 2] });
  assert.equal(parameterName(layers, { layer: 2, unit: 0, input: null }), "predict.bias[0]");
});

test("erf is right to the last digits", () => {
  // Abramowitz and Stegun, table 7.1.
  for (const [x, value] of [
    [0, 0],
    [0.5, 0.5204998778],
    [1, 0.8427007929],
    [2, 0.995322265],
    [-1.5, -0.9661051465],
    [40, 1],
  ]) {
    assert.ok(Math.abs(erf(x) - value) < 5e-11, `erf(${x})`);
  }
});

test("large and missing numbers pass through the activations as torch has it", () => {
  assert.equal(ACTIVATIONS.Softplus(1000), 1000);
  assert.equal(ACTIVATIONS.ELU(-1000), -1);
  assert.equal(Math.abs(ACTIVATIONS.GELU(-1000)), 0);
  for (const activate of Object.values(ACTIVATIONS)) assert.ok(Number.isNaN(activate(Number.NaN)));
});

test("a hinge, its kink, and a unit that is dead", () => {
  const units = new Units(layersOf(LESSON), "ReLU", [-1, 0, 1]);
  // hidden: 2x - 1 and x - 5; predict: -3 and 4, and 0.5.
  const parameters = [2, 1, -1, -5, -3, 4, 0.5];
  units.compute(parameters);
  assert.deepEqual([...units.contribution(parameters, 0)], [-0, -0, -3]);
  assert.deepEqual(units.kinks(parameters, 0), [0.5]);
  assert.deepEqual(units.dead(), [[false, true]]);
});

test("a flat unit has no kink, and neither has one of a smooth activation", () => {
  const parameters = [0, 1, -1, -5, -3, 4, 0.5];
  assert.deepEqual(new Units(layersOf(LESSON), "ReLU", [0]).kinks(parameters, 0), []);
  assert.deepEqual(new Units(layersOf(LESSON), "Tanh", [0]).kinks(parameters, 1), []);
});

test("in deeper models a kink is where the last unit's input changes its sign", () => {
  const layers = layersOf(DEEP);
  // hidden1: relu(x), 0, 0; hidden2: relu(h - 0.25) and a constant.
  const parameters = [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -0.25, 1, 1, 1, 0];
  const units = new Units(layers, "ReLU", [-1, -0.5, 0, 0.5, 1]);
  units.compute(parameters);
  assert.deepEqual(units.kinks(parameters, 0), [0.25]);
  assert.deepEqual(units.kinks(parameters, 1), []);
  assert.deepEqual([...units.contribution(parameters, 0)], [0, 0, 0, 0.25, 0.75]);
});

test("without a hidden layer the input is what is added", () => {
  const layers = layersOf(
    LESSON.slice(2).map(({ name }) => ({ name, shape: name.endsWith("t") ? [1, 1] : [1] })),
  );
  const units = new Units(layers, "ReLU", [-1, 2]);
  units.compute([3, 1]);
  assert.deepEqual([...units.contribution([3, 1], 0)], [-3, 6]);
  assert.deepEqual(units.dead(), []);
});
