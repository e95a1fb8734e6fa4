import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checked,
  list,
  number,
  oneOf,
  optional,
  record,
  text,
  truth,
  UnknownShape,
} from "../../../static/js/page/record.js";

const isStep = record({ event: oneOf("line", "node"), made: list(text), grad: optional(text), done: truth });
const STEP = { event: "line", made: ["n1"], grad: null, done: true };

test("a record needs its fields, and may have others", () => {
  assert.ok(isStep(STEP));
  assert.ok(isStep({ ...STEP, added: 1 }));
  for (const name of Object.keys(STEP)) {
    const { [name]: _, ...rest } = STEP;
    assert.ok(!isStep(rest), name);
  }
});

test("a kind that is not known, or a value of another type, is refused", () => {
  const changes = [{ event: "hop" }, { made: [1] }, { made: "n1" }, { grad: 1 }, { done: "yes" }];
  for (const change of changes) assert.ok(!isStep({ ...STEP, ...change }), JSON.stringify(change));
  for (const value of [null, undefined, 7, "text", []]) assert.ok(!isStep(value), String(value));
  assert.ok(!number("1"));
});

test("an answer of another shape, or that is no JSON, is told from one that never came", async () => {
  assert.equal(await checked(Promise.resolve(STEP), isStep), STEP);
  await assert.rejects(checked(Promise.resolve({}), isStep), UnknownShape);
  await assert.rejects(checked(Promise.reject(new SyntaxError()), isStep), UnknownShape);
  await assert.rejects(checked(Promise.reject(new TypeError()), isStep), TypeError);
});
