import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPARISON_SHAPES, RUN_SHAPES } from "../../../static/js/run/message-shapes.js";
import { reader } from "../../../static/js/run/messages.js";
import { decodeComparison, decodeSnapshot } from "../../../static/js/run/snapshot.js";

const ofRun = reader(RUN_SHAPES, decodeSnapshot);
const ofComparison = reader(COMPARISON_SHAPES, decodeComparison);

/** The least value that has a shape. */
function least(shape) {
  if (shape === null) return null;
  if (Array.isArray(shape)) return [least(shape[0])];
  return Object.fromEntries(Object.entries(shape).map(([field, inner]) => [field, least(inner)]));
}

/** Every way to leave out one field, however deep. */
function lacking(value) {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const without = Array.isArray(value) ? [] : [{ ...value }];
    for (const copy of without) delete copy[key];
    const within = lacking(inner).map((other) =>
      Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other },
    );
    return [...without, ...within];
  });
}

for (const [name, read, shapes] of [
  ["run", ofRun, RUN_SHAPES],
  ["comparison", ofComparison, COMPARISON_SHAPES],
]) {
  for (const [type, shape] of Object.entries(shapes)) {
    test(`of a ${name}, ${type} is read with all of its fields, and with more of them`, () => {
      const message = { ...least(shape), type, added: 1 };
      assert.deepEqual(read(JSON.stringify(message)), message);
    });

    test(`of a ${name}, ${type} is refused if any of its fields is missing`, () => {
      for (const message of lacking({ ...least(shape), type })) {
        assert.throws(() => read(JSON.stringify(message)), RangeError, JSON.stringify(message));
      }
    });
  }

  test(`of a ${name}, what is no message that this page knows is refused`, () => {
    const texts = ["", "{", "null", "7", '"started"', "[]", "{}"];
    const types = ["race", "link", "looked", "remade", "snapshot", "constructor", 7, null];
    for (const text of [...texts, ...types.map((type) => JSON.stringify({ type, link: "open" }))]) {
      assert.throws(() => read(text), /SyntaxError|RangeError/, text);
    }
  });

  test(`of a ${name}, a picture of another version, or cut short, is refused`, () => {
    for (const bytes of [[], [255], new Array(200).fill(255), [1, 1, 0, 0, 0, 0, 0, 0], [3, 0, 0, 0]]) {
      assert.throws(() => read(Uint8Array.from(bytes).buffer), RangeError);
    }
  });
}
