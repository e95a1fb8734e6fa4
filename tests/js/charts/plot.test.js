import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { labelText, Plot, plotlyDash } from "../../../static/js/charts/plot.js";

/** What Plotly was called for. @type {any[][]} */
let calls = [];
/** Ends the move under way. */
let moved = () => {};

beforeEach(() => {
  calls = [];
  Object.assign(globalThis, {
    Plotly: {
      react: (/** @type {any[]} */ ...[, traces]) => calls.push(["react", traces.length]),
      animate: (/** @type {any} */ _, /** @type {any} */ { data, traces }) => {
        calls.push(["animate", traces, data]);
        return new Promise((resolve) => {
          moved = () => resolve(undefined);
        });
      },
      purge: () => calls.push(["purge"]),
    },
  });
});

const place = () =>
  /** @type {any} */ ({
    element: {},
    theme: { look: { size: 16, label: 1, ink: "black" } },
    margin: { l: 1, r: 1, t: 1, b: 1 },
    width: 300,
    height: 200,
    close: () => calls.push(["closed"]),
  });
/** @param {number[][]} ys of each trace @returns {any} */
const picture = (...ys) => ({
  traces: ys.map((y) => ({ mode: "lines", x: [0, 1], y })),
  x: { title: "x", range: [0, 1] },
  y: { title: "y", range: [0, 1] },
});

test("what is on the screen already is not drawn again", () => {
  const plot = new Plot(place());
  plot.show(picture([1, 2], [3, 4]));
  plot.show(picture([1, 2], [3, 4]));
  assert.deepEqual(calls, [["react", 2]]);
});

test("of traces with other values only those are moved", async () => {
  const plot = new Plot(place());
  plot.show(picture([1, 2], [3, 4]));
  plot.show(picture([1, 2], [3, 5]));
  assert.deepEqual(calls[1], ["animate", [1], [{ x: [0, 1], y: [3, 5] }]]);
});

test("another size, another axis or another look is drawn anew", () => {
  const here = place();
  const plot = new Plot(here);
  plot.show(picture([1]));
  here.width = 400;
  plot.show(picture([1]));
  here.theme = { look: { ...here.theme.look, ink: "white" } };
  plot.show(picture([1]));
  plot.show({ ...picture([1]), y: { title: "y", range: [0, 2] } });
  assert.deepEqual(calls, Array(4).fill(["react", 1]));
});

test("a chart without a size is drawn when it gets one", () => {
  const here = { ...place(), width: 0 };
  const plot = new Plot(here);
  plot.show(picture([1]));
  assert.deepEqual(calls, []);
  here.width = 300;
  plot.show(picture([1]));
  assert.deepEqual(calls, [["react", 1]]);
});

test("of what comes while values move the newest is drawn at the end, and nothing is lost", async () => {
  const plot = new Plot(place());
  for (const y of [1, 2, 3, 4]) plot.show(picture([y]));
  assert.equal(calls.length, 2);
  moved();
  await new Promise(setImmediate);
  assert.deepEqual(calls[2], ["animate", [0], [{ x: [0, 1], y: [4] }]]);
});

test("a chart that is closed leaves nothing behind and draws no more", async () => {
  const plot = new Plot(place());
  for (const y of [1, 2, 3]) plot.show(picture([y]));
  plot.close();
  moved();
  await new Promise(setImmediate);
  plot.show(picture([9]));
  assert.deepEqual(
    calls.map(([what]) => what),
    ["react", "animate", "closed", "purge"],
  );
});

test("what somebody typed is a label's text and never its HTML or a field of it", () => {
  assert.equal(labelText("<b>&%{y}"), "&lt;b>&amp;% {y}");
});

test("a dash of SVG's is Plotly's in px", () => {
  assert.equal(plotlyDash("8 4 2 4"), "8px,4px,2px,4px");
  assert.equal(plotlyDash(""), "solid");
});
