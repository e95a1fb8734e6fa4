import assert from "node:assert/strict";
import { test } from "node:test";
import { taken } from "../../../static/js/data/tasks.js";

const LESSON = { data: { features: 1, classes: null }, loss: "L1Loss", model: { weights: null } };
const MOONS = { data: { features: 2, classes: 2 }, loss: "BCEWithLogitsLoss", model: { weights: null } };
const offer = (target, features, ...counts) => ({ target, features, counts });

test("points of the same task change nothing but the points", () => {
  assert.deepEqual(taken(offer("sine", 1), LESSON), { data: { target: "sine", points: null } });
  assert.deepEqual(taken(offer("xor", 2, 2), MOONS), { data: { target: "xor", points: null } });
});

test("classes bring their inputs, their number and their loss", () => {
  const { data, loss } = taken(offer("spirals", 2, 2, 3, 4), LESSON);
  assert.deepEqual(
    [data.features, data.classes, data.target, data.n_samples, loss],
    [2, 2, "spirals", 200, "CrossEntropyLoss"],
  );
  assert.equal(data.unsqueeze_x, null);
});

test("back to a number for each x, the loss of classes goes and any other stays", () => {
  const { data, loss } = taken(offer("sine", 1), MOONS);
  assert.deepEqual([data.features, data.classes, data.y_form, loss], [1, null, null, "MSELoss"]);
  assert.equal(taken(offer("saddle", 2), LESSON).loss, "L1Loss");
});

test("a preset with fewer classes takes as many as it can have", () => {
  const rings = { ...MOONS, data: { features: 2, classes: 5 }, loss: "CrossEntropyLoss" };
  assert.equal(taken(offer("moons", 2, 2), rings).data.classes, 2);
  assert.equal(taken(offer("spirals", 2, 2, 3, 4, 5, 6), rings).data.classes, undefined);
});

test("weights that were given for another network are drawn anew", () => {
  const given = { ...LESSON, model: { weights: [1, 2] } };
  assert.deepEqual(taken(offer("moons", 2, 2), given).model, { weights: null });
});
