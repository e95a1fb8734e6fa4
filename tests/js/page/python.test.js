import assert from "node:assert/strict";
import { test } from "node:test";
import { colour, isName, namesIn } from "../../../static/js/page/python.js";

/** @param {string} text */
const pieces = (text) =>
  colour(text)
    .flat()
    .filter(({ kind }) => kind !== "text");

test("the pieces of a script are the script again, line by line", () => {
  const script =
    'import torch\n\n"""two\nlines"""\nx = torch.linspace(-1, 1.5e3, 100)  # [100]\nf"{x}" + \'it\\\'s\' + "open\n';
  const lines = colour(script);
  assert.equal(lines.map((line) => line.map(({ text }) => text).join("")).join("\n"), script);
});

test("keywords, calls, numbers, texts and comments are told apart", () => {
  assert.deepEqual(pieces("for t in range(1000): pass  # in vain"), [
    { kind: "keyword", text: "for" },
    { kind: "keyword", text: "in" },
    { kind: "call", text: "range" },
    { kind: "number", text: "1000" },
    { kind: "keyword", text: "pass" },
    { kind: "comment", text: "# in vain" },
  ]);
  assert.deepEqual(pieces('print(f"step {t}", end="")'), [
    { kind: "call", text: "print" },
    { kind: "string", text: 'f"step {t}"' },
    { kind: "string", text: '""' },
  ]);
});

test("a number inside a name, a hash in a text and a keyword in a name are none", () => {
  assert.deepEqual(pieces("v_1 = formula.x2"), []);
  assert.deepEqual(pieces('"# 1"'), [{ kind: "string", text: '"# 1"' }]);
});

test("a name is what Python takes for one", () => {
  for (const name of ["x", "v_1", "_", "梯度", "é2"]) assert.ok(isName(name), name);
  for (const text of ["1x", "a b", "x;", ""]) assert.ok(!isName(text), text);
  assert.deepEqual(namesIn("损失 = x_1 ** 2 + b"), ["损失", "x_1", "b"]);
  assert.deepEqual(pieces("损失(x)"), [{ kind: "call", text: "损失" }]);
});

test("a text of three quotes goes on over the lines", () => {
  const [first, second] = colour('"""one\ntwo""" + 1');
  assert.deepEqual(first, [{ kind: "string", text: '"""one' }]);
  assert.deepEqual(second?.[0], { kind: "string", text: 'two"""' });
});

test("long texts without an end are coloured in a moment", () => {
  const start = performance.now();
  colour(`${'"\\'.repeat(20_000)}${"'''".repeat(5000)}`);
  assert.ok(performance.now() - start < 1000);
});
