import assert from "node:assert/strict";
import { test } from "node:test";
import { litPlace } from "../../../static/js/run/spotlight.js";
import { INITIAL, reduce } from "../../../static/js/run/state.js";

const CONFIG = {
  seed: 0,
  data: { target: "x.pow(2) + 0.2*torch.rand(x.size())", n_samples: 2, x_min: -1, x_max: 1 },
  model: { hidden: [10], activation: "ReLU" },
  loss: "MSELoss",
  optimizer: { name: "SGD", lr: 0.2 },
  loop: { forward: true, loss: true, zero_grad: true, backward: true, step: true },
  max_steps: 1000,
  stop_loss: null,
};
const run = (change = {}) => ({
  id: "r1",
  config: CONFIG,
  step: 0,
  status: "ready",
  steps_per_second: null,
  reason: null,
  line: null,
  ...change,
});
const started = (change = {}) => ({
  type: "started",
  run: run(change),
  control: true,
  x: [-1, 1],
  y: [1, 1],
  grid: [-1, 0, 1],
  parameters: [],
});
const snapshot = (step, lossesFrom, ...losses) => ({
  type: "snapshot",
  step,
  loss: losses.at(-1) ?? null,
  testLoss: null,
  lr: 0.2,
  diverged: false,
  prediction: new Float32Array(2),
  gridPrediction: new Float32Array(3),
  parameters: new Float32Array(),
  gradients: null,
  deadUnits: new Uint32Array(),
  lossesFrom,
  losses: Float32Array.from(losses),
});
const problem = (status, errors = []) => ({
  type: "failed",
  problem: { type: "about:blank", title: "", status, detail: "no", errors },
});
const after = (...messages) => messages.reduce(reduce, INITIAL);

test("a run begins, plays, is paused and finishes", () => {
  const playing = after(started(), snapshot(0, 1), { type: "playing", steps_per_second: 60 });
  assert.equal(playing.link, "open");
  assert.equal(playing.run.status, "playing");
  const paused = [snapshot(2, 1, 4, 3), { type: "paused", step: 2 }].reduce(reduce, playing);
  assert.equal(paused.run.status, "paused");
  assert.equal(paused.run.step, 2);
  assert.deepEqual([...paused.losses.values], [4, 3]);
  assert.equal(reduce(paused, { type: "finished", step: 3, reason: "max_steps" }).run.status, "finished");
  assert.equal(reduce(paused, { type: "finished", step: 3, reason: "diverged" }).run.status, "diverged");
});

test("a run that is paused before its first step is ready", () => {
  const playing = after(started(), { type: "playing", steps_per_second: 1 });
  assert.equal(reduce(playing, { type: "paused", step: 0 }).run.status, "ready");
});

test("nothing that was handed out is changed", () => {
  const before = after(started(), snapshot(1, 1, 4));
  const copy = structuredClone({ ...before, losses: [...before.losses.values] });
  [snapshot(2, 2, 3), { type: "playing", steps_per_second: null }, started()].reduce(reduce, before);
  assert.deepEqual({ ...before, losses: [...before.losses.values] }, copy);
});

test("only the newest of several snapshots stays, and every loss", () => {
  const state = after(started(), snapshot(1, 1, 4), snapshot(3, 2, 3, 2), snapshot(4, 4, 1));
  assert.equal(state.snapshot.step, 4);
  assert.deepEqual([...state.losses.values], [4, 3, 2, 1]);
});

test("a run that begins anew on the same connection starts with empty hands", () => {
  const before = after(started(), snapshot(1, 1, 4));
  const state = reduce(before, started());
  assert.equal(state.losses.length, 0);
  assert.equal(state.snapshot, null);
  assert.equal(state.generation, before.generation + 1);
});

test("a connection that comes back goes on where it broke, without a gap or a repeat", () => {
  const lost = after(started(), snapshot(2, 1, 4, 3), { type: "link", link: "lost" });
  assert.equal(lost.link, "lost");
  const back = reduce(lost, started({ step: 3 }));
  assert.equal(back.generation, lost.generation);
  assert.deepEqual([...reduce(back, snapshot(4, 2, 3, 2, 1)).losses.values], [4, 3, 2, 1]);
});

test("a run that was begun anew while the connection was down is not mixed with the old one", () => {
  const lost = after(started(), snapshot(2, 1, 4, 3), { type: "link", link: "lost" });
  assert.equal(reduce(lost, started({ step: 1 })).losses.length, 0);
  const otherSeed = { ...CONFIG, seed: 1 };
  assert.equal(reduce(lost, started({ step: 9, config: otherSeed })).losses.length, 0);
});

test("missing losses are noticed, and the picture before stays", () => {
  const state = after(started(), snapshot(1, 1, 4), snapshot(5, 4, 1, 1));
  assert.equal(state.incomplete, true);
  assert.equal(state.snapshot.step, 1);
  assert.equal(reduce(state, { type: "link", link: "lost" }).incomplete, false);
});

test("a refusal is told until the next command", () => {
  const refused = after(started(), problem(422, [{ field: "optimizer.lr", message: "no" }]));
  assert.equal(refused.problem.errors[0].field, "optimizer.lr");
  assert.equal(refused.run.config, CONFIG);
  assert.equal(reduce(refused, snapshot(1, 1, 4)).problem, refused.problem);
  assert.equal(reduce(refused, { type: "commanded" }).problem, null);
  assert.equal(reduce(refused, started()).problem, null);
});

test("points that changed take the place of those before, and the losses stay", () => {
  const points = { x: [0, 1, 2], y: [1, 1, 1], test_x: [], test_y: [], grid: [0, 2] };
  const before = after(started(), snapshot(1, 1, 4));
  const state = reduce(before, { type: "updated", step: 1, config: CONFIG, points });
  assert.deepEqual([state.started.x, state.started.grid], [points.x, points.grid]);
  assert.equal(state.generation, before.generation);
  assert.equal(state.losses, before.losses);
  const settings = reduce(before, { type: "updated", step: 1, config: CONFIG, points: null });
  assert.deepEqual(settings.started, before.started);
});

test("a trainer that is being replaced is waited for", () => {
  const waiting = after(started(), problem(503));
  assert.equal(waiting.link, "warming");
  assert.equal(reduce(waiting, started()).link, "open");
});

test("a run made in place of a lost one says so until it plays", () => {
  const remade = after(started(), { type: "remade" }, started({ id: "r2" }));
  assert.equal(remade.remade, true);
  assert.equal(reduce(remade, { type: "playing", steps_per_second: null }).remade, false);
  assert.equal(reduce(remade, started({ id: "r2" })).remade, false);
});

const lines = (step, ...names) => ({
  type: "lines",
  lines: names.map((line) => ({ step, line, changes: [] })),
});

test("lines that ran one at a time are kept until the next step, and say which is next", () => {
  const begun = after(started(), snapshot(0, 1), lines(1, "forward"), lines(1, "loss"));
  assert.deepEqual(
    begun.lines.map(({ line }) => line),
    ["forward", "loss"],
  );
  assert.equal(begun.run.line, "zero_grad");
  assert.equal(reduce(begun, snapshot(0, 1)).run.line, "zero_grad");
  const done = [lines(1, "zero_grad", "backward", "step"), snapshot(1, 1, 4)].reduce(reduce, begun);
  assert.equal(done.run.line, null);
  assert.equal(done.lines.length, 5);
  assert.deepEqual(
    reduce(done, lines(2, "forward")).lines.map(({ step }) => step),
    [2],
  );
  assert.deepEqual(reduce(done, snapshot(2, 2, 3)).lines, []);
  assert.deepEqual(reduce(done, started()).lines, []);
});

test("a line that is switched off is passed over, also in the middle of a step", () => {
  const without = { ...CONFIG, loop: { ...CONFIG.loop, zero_grad: false } };
  const begun = after(started(), snapshot(0, 1), lines(1, "forward", "loss"));
  assert.equal(reduce(begun, { type: "updated", step: 0, config: without }).run.line, "backward");
  assert.equal(after(started({ config: without }), lines(1, "loss")).run.line, "backward");
  const ended = { ...CONFIG, loop: { ...CONFIG.loop, backward: false, step: false } };
  assert.equal(after(started({ config: ended }), lines(1, "zero_grad")).run.line, null);
});

test("a line that pauses a run is told before the snapshot it follows", () => {
  const playing = after(started(), snapshot(2, 1, 4, 3), { type: "playing", steps_per_second: 60 });
  const paused = [lines(6, "forward"), snapshot(5, 3, 3, 2, 1), { type: "paused", step: 5 }].reduce(
    reduce,
    playing,
  );
  assert.equal(paused.run.line, "loss");
  assert.equal(paused.lines.length, 1);
});

test("a page that opens in the middle of a step knows which line is next", () => {
  const opened = after(started({ step: 3, line: "backward" }), snapshot(3, 1, 4, 3, 2));
  assert.equal(opened.run.line, "backward");
  const without = { ...CONFIG, loop: { ...CONFIG.loop, backward: false } };
  assert.equal(reduce(opened, { type: "updated", step: 3, config: without }).run.line, "step");
  assert.equal(reduce(opened, snapshot(4, 4, 1)).run.line, null);
});

test("a run that plays on, or ends, stands in the middle of no step", () => {
  const begun = after(started(), snapshot(0, 1), lines(1, "forward"));
  assert.equal(reduce(begun, { type: "playing", steps_per_second: null }).run.line, null);
  assert.equal(reduce(begun, { type: "finished", step: 0, reason: "failed" }).run.line, null);
});

test("messages before the first `started` change nothing", () => {
  assert.equal(after({ type: "paused", step: 3 }).run, null);
});

test("an earlier run is remembered with the settings it learnt with, not with those chosen for the next", () => {
  const faster = { ...CONFIG, optimizer: { name: "SGD", lr: 0.5 } };
  const messages = [
    started(),
    snapshot(2, 1, 0.5, 0.4),
    { type: "updated", config: faster },
    started({ config: faster }),
  ];
  const { earlier, losses } = messages.reduce(reduce, INITIAL);
  assert.equal(losses.length, 0);
  assert.deepEqual(
    earlier.map(({ config, losses: { length } }) => [config.optimizer.lr, length]),
    [[0.2, 2]],
  );
});

test("a run that a killed server brought back a little behind is no other run", () => {
  const before = [started(), snapshot(3, 1, 0.5, 0.4, 0.3), { type: "link", link: "lost" }];
  const { earlier, losses } = [...before, started({ step: 2 })].reduce(reduce, INITIAL);
  assert.deepEqual([earlier.length, losses.length], [0, 0]);
  const another = [...before, started({ step: 2, config: { ...CONFIG, max_steps: 5 } })].reduce(
    reduce,
    INITIAL,
  );
  assert.equal(another.earlier.length, 1);
});

test("trouble of the server's disk is known until it is over, or the connection is", () => {
  const full = { type: "stored", trouble: "The disk is full." };
  const state = [started(), full].reduce(reduce, INITIAL);
  assert.equal(state.unstored, full.trouble);
  assert.equal(reduce(state, { type: "stored", trouble: null }).unstored, null);
  assert.equal(reduce(state, { type: "link", link: "lost" }).unstored, null);
});

test("settings that are taken end the refusal of an earlier command, not of a later one", () => {
  const updated = { type: "updated", config: CONFIG, points: null };
  const refused = problem(422, [{ field: "data.target", message: "no" }]);
  assert.equal(after(started(), refused, updated).problem, null);
  assert.equal(after(started(), updated, refused).problem?.errors[0].field, "data.target");
});

test("what the reader points at is known until it changes, and a new run knows nothing of it", () => {
  const unit = { kind: "unit", column: 1, unit: 3 };
  const lit = (change) => ({ type: "lit", change });
  const state = after(started(), lit({ focused: unit }), lit({ pointed: { ...unit, unit: 4 } }));
  assert.equal(litPlace(state.spotlight)?.unit, 4);
  assert.equal(litPlace(reduce(state, lit({ pointed: null })).spotlight)?.unit, 3);
  assert.equal(litPlace(reduce(state, { type: "remade" }).spotlight), null);
});

test("the pace is the one that the run plays at, and stays when it stands", () => {
  const playing = after(started(), { type: "playing", steps_per_second: 1 });
  assert.deepEqual([playing.pace, playing.run.steps_per_second], [1, 1]);
  assert.equal(reduce(playing, { type: "paused", step: 4 }).pace, 1);
  assert.equal(reduce(playing, { type: "playing", steps_per_second: null }).pace, null);
  assert.equal(reduce(playing, { type: "remade" }).pace, 1);
  assert.equal(after(started({ status: "playing", steps_per_second: 5 })).pace, 5);
  assert.equal(reduce(playing, started()).pace, 1);
});

test("the reader chooses a pace, and a number of steps says nothing of it", () => {
  const step = { type: "commanded", command: { type: "step", count: 10 } };
  const chosen = after(started(), { type: "paced", pace: 20 });
  assert.equal(chosen.pace, 20);
  const counting = [step, { type: "playing", steps_per_second: null }].reduce(reduce, chosen);
  assert.equal(counting.pace, 20);
  const play = { type: "commanded", command: { type: "play", steps_per_second: null } };
  const full = [
    { type: "paused", step: 10 },
    { type: "playing", steps_per_second: null },
  ];
  assert.equal(full.reduce(reduce, counting).pace, null);
  assert.equal([play, full[1]].reduce(reduce, counting).pace, null);
});

test("what the reader chose to see stays, whatever the run does", () => {
  const log = { type: "viewed", change: { log: true } };
  const state = after(started(), log, { type: "viewed", change: { norms: true } });
  const chosen = { log: true, norms: true, gradients: false };
  const messages = [started({ id: "other" }), { type: "remade" }, { type: "link", link: "lost" }];
  for (const message of messages) assert.deepEqual(reduce(state, message).view, chosen);
  const stale = reduce(state, { type: "link", link: "stale" });
  assert.equal(reduce(stale, { type: "viewed", change: { log: false } }).view.log, false);
});

test("a message that is none leads to a page that says so, and nothing changes any more", () => {
  const stale = after(started(), { type: "told" });
  assert.equal(stale.link, "stale");
  assert.equal(reduce(stale, { type: "link", link: "open" }), stale);
  assert.equal(reduce(stale, { type: "remade" }), stale);
});
