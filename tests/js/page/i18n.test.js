import assert from "node:assert/strict";
import { test } from "node:test";

const MESSAGES = { Reset: "重置", "{count} step of {all}": ["{all} 步里的 {count} 步"], "a {b}": "{b} a" };
// @ts-expect-error: all of a document that the module looks at.
globalThis.document = {
  documentElement: { lang: "zh" },
  getElementById: () => ({ textContent: JSON.stringify(MESSAGES) }),
};
const { filled, t, tn } = await import("../../../static/js/page/i18n.js");

test("a text is translated and filled in, and left as it is where there is no translation", () => {
  assert.equal(t("Reset"), "重置");
  assert.equal(t("a {b}", { b: 1 }), "1 a");
  assert.equal(t("Play {what}", { what: "on" }), "Play on");
});

test("a text that counts something has a form for one and a form for any other number", () => {
  const steps = (/** @type {number} */ count) => tn("{count} step", "{count} steps", count);
  assert.deepEqual([0, 1, 2, 21].map(steps), ["0 steps", "1 step", "2 steps", "21 steps"]);
});

test("a language with one form has it for all numbers", () => {
  const steps = (/** @type {number} */ count) =>
    tn("{count} step of {all}", "{count} steps of {all}", count, { all: 9 });
  assert.deepEqual([1, 2].map(steps), ["9 步里的 1 步", "9 步里的 2 步"]);
});

test("the server's texts carry their forms for one and for more", () => {
  const text = "{n} {n:point is|points are} left, {other}";
  assert.deepEqual(
    [1, "1", 0, 2].map((n) => filled(text, { n })),
    [
      "1 point is left, {other}",
      "1 point is left, {other}",
      "0 points are left, {other}",
      "2 points are left, {other}",
    ],
  );
});
