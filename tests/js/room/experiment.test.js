import assert from "node:assert/strict";
import { test } from "node:test";
import { lossAxis, spreadPlaces, valueAxis } from "../../../static/js/room/experiment/end-axes.js";
import {
  classWords,
  endsOf,
  partWords,
  quantile,
  spreadOf,
} from "../../../static/js/room/experiment/ends.js";
import { askedFor, offered } from "../../../static/js/room/experiment/experiment-form.js";

const experiment = (change = {}) => ({
  number: 1,
  vary: "seed",
  low: 0.01,
  high: 1,
  scale: "log",
  max_steps: 200,
  n_dealt: 4,
  n_changed: 0,
  members: [3, 1, 2],
  values: [2, 0, 1],
  steps: [9, 9, 9],
  losses: [0.3, 0.1, null],
  ...change,
});
const texts = ({ ticks }) => ticks.map(({ text }) => text);
const inside = (place) => place >= 0 && place <= 1;

test("one's own end is known among all others, and diverged ones are there", () => {
  const ends = endsOf(experiment(), 1);
  assert.deepEqual(
    ends.map(({ member, loss, own }) => [member, loss, own]),
    [
      [3, 0.3, false],
      [1, 0.1, true],
      [2, null, false],
    ],
  );
  assert.ok(!endsOf(experiment(), null).some(({ own }) => own));
});

test("the median and half of all lie where they must", () => {
  assert.deepEqual([quantile([1], 0.25), quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3], 1)], [1, 2.5, 3]);
  const losses = [5, 1, null, 3, 2, 4];
  const many = experiment({ members: [1, 2, 3, 4, 5, 6], values: [0, 1, 2, 3, 4, 5], losses });
  assert.deepEqual(spreadOf(endsOf(many, null)), { low: 2, median: 3, high: 4 });
  assert.equal(spreadOf(endsOf(experiment(), null)), null, "two are too few");
  const places = spreadPlaces(endsOf(many, null), { place: (loss) => loss / 10 });
  assert.deepEqual(places, { low: 0.2, median: 0.3, high: 0.4 });
});

test("how far the class is, is told in words", () => {
  assert.equal(
    classWords(experiment({ n_changed: 1 }), endsOf(experiment(), null)),
    "3 of 4 ended, 1 diverged, best 0.1000 with seed 0, 1 has changed a setting and does not count",
  );
  const part = { value: 0.05, run: "r", step: null, loss: null, changed: false };
  const words = (change) => partWords({ vary: "lr" }, { ...part, ...change });
  assert.equal(words({}), "Yours is learning rate 0.05. Press play.");
  assert.match(words({ changed: true }), /learning rate 0.05. Set it back/);
  assert.match(words({ step: 200, loss: 0.25 }), /ended at a loss of 0.2500/);
  assert.match(words({ step: 7 }), /diverged/);
});

test("every end has its place, and the ticks are round", () => {
  const lr = experiment({ vary: "lr", low: 0.001, high: 5, values: [0.001, 5, 0.0707] });
  assert.deepEqual(texts(valueAxis(lr)), ["0.001", "0.01", "0.1", "1"]);
  assert.deepEqual(texts(valueAxis({ ...lr, scale: "linear" })), ["0", "1", "2", "3", "4", "5"].slice(1));
  for (const scale of ["log", "linear"]) {
    const axis = valueAxis({ ...lr, scale });
    assert.ok(lr.values.every((value) => inside(axis.place(value))));
  }
  const seeds = valueAxis(experiment());
  assert.deepEqual(texts(seeds), ["0", "1", "2", "3"]);
  assert.ok([0, 1, 2, 3].every((seed) => inside(seeds.place(seed))));
  assert.ok(texts(valueAxis(experiment({ members: [], values: [], losses: [] }))).length > 1);
  for (const losses of [
    [0.3, 0.1, null],
    [0.3, 3e4, 0.001],
    [0, 0, 0],
    [null, null, null],
  ]) {
    const ends = endsOf(experiment({ losses }), null);
    const axis = lossAxis(ends);
    assert.ok(
      ends.every(({ loss }) => loss === null || inside(axis.place(loss))),
      JSON.stringify(losses),
    );
    assert.ok(axis.ticks.length >= 2 && axis.ticks.every(({ at }) => inside(at)), JSON.stringify(losses));
  }
});

test("what is offered comes from the present settings, and what is written is checked", () => {
  const config = { optimizer: { name: "SGD", lr: 0.2 }, max_steps: 300 };
  assert.deepEqual(offered(config), { low: 0.02, high: 2, steps: 300 });
  const written = { vary: "lr", low: "0,01", high: "1", scale: "linear", steps: "50" };
  assert.deepEqual(askedFor(config, written), {
    asked: { vary: "lr", config: { ...config, max_steps: 50 }, low: 0.01, high: 1, scale: "linear" },
  });
  assert.deepEqual(askedFor(config, { ...written, vary: "seed" }).asked.vary, "seed");
  for (const wrong of [
    { low: "1" },
    { low: "" },
    { high: "x" },
    { low: "-1" },
    { steps: "1.5" },
    { steps: "" },
  ])
    assert.ok("reason" in askedFor(config, { ...written, ...wrong }), JSON.stringify(wrong));
});
