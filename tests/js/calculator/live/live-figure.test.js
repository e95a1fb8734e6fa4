import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "../../../../static/js/calculator/live/live-figure.js";

const AXIS = {
  title: "",
  domain: [0.1, 0.9],
  range: [0, 1],
  log: false,
  visible: true,
  grid: false,
  ticks: null,
};
const TRACE = {
  type: "scatter",
  x: [0, 1],
  y: [1, null],
  mode: "lines",
  xaxis: "x",
  yaxis: "y",
  name: "",
  showlegend: false,
  line_color: "rgba(255,0,0,1)",
  line_width: 2,
  line_dash: "dash",
  line_shape: "linear",
  marker_color: [],
  marker_size: [],
  marker_symbol: "circle",
  fillcolor: null,
  text: [],
  textposition: "middle center",
  text_size: 10,
  text_color: null,
};
const SIZE = { width: 640, height: 480, title: "", scale: 1 };
const LOOK = { family: "sans" };

/** @param {object} changes @param {object} [axes] */
const drawn = (changes, axes = {}, size = SIZE) =>
  pictureOf(
    {
      traces: [{ ...TRACE, ...changes }],
      axes: [{ title: "T", x: AXIS, y: { ...AXIS, ...axes }, equal: false, legend: true }],
      images: [],
    },
    size,
    LOOK,
  );

test("a figure in another size keeps its proportions, but its axes can be read", () => {
  const text = { mode: "text", text: ["Loss"], text_size: 20, marker_size: [6] };
  const { data, layout } = drawn(text, {}, { ...SIZE, width: 320, height: 240, scale: 0.5 });
  assert.deepEqual([data[0].textfont.size, data[0].line.width, data[0].marker.size], [10, 1, 3]);
  assert.equal(layout.font.size, 10);
  assert.equal(drawn(text, {}, { ...SIZE, scale: 1.5 }).layout.font.size, 18);
});

test("a line keeps its points, colour and dash", () => {
  const { data, layout } = drawn({});
  assert.deepEqual(data[0].y, [1, null]);
  assert.equal(data[0].line.color, "rgba(255,0,0,1)");
  assert.equal(data[0].line.dash, "dash");
  assert.deepEqual(layout.xaxis.domain, [0.1, 0.9]);
  assert.equal(layout.showlegend, true);
});

test("a logarithmic axis has the exponents of its ends", () => {
  assert.deepEqual(drawn({}, { log: true, range: [1, 1000] }).layout.yaxis.range, [0, 3]);
});

test("no text of a program is read as HTML", () => {
  const evil = "<a href='javascript:x'>&%{y}";
  const { data, layout } = drawn({ mode: "text", text: [evil], name: evil }, { title: evil });
  for (const text of [data[0].text[0], data[0].name, layout.yaxis.title.text]) {
    assert.ok(!text.includes("<"), text);
    assert.ok(!text.includes("%{"), text);
  }
});

test("an image lies from its upper left corner on", () => {
  const { layout } = pictureOf(
    {
      traces: [],
      axes: [{ title: "", x: AXIS, y: AXIS, equal: true, legend: false }],
      images: [{ x: [-0.5, 1.5], y: [1.5, -0.5], png: "AAAA", axes: 0 }],
    },
    SIZE,
    LOOK,
  );
  const [image] = layout.images;
  assert.deepEqual([image.x, image.y, image.sizex, image.sizey], [-0.5, -0.5, 2, 2]);
  assert.equal(image.source, "data:image/png;base64,AAAA");
});
