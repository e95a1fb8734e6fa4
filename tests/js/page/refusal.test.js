import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "../../../static/js/page/http.js";
import { concerns, reasonAt, reasonOf } from "../../../static/js/page/refusal.js";

/** @param {...[string, string]} errors fields and what is said of them */
const problem = (...errors) => ({
  type: "about:blank",
  title: "",
  status: 422,
  detail: "not so",
  errors: errors.map(([field, message]) => ({ field, message })),
});

test("a refusal is shown at the field it names or is inside of", () => {
  assert.ok(concerns("optimizer.lr", "optimizer.lr"));
  assert.ok(concerns("model.hidden[0]", "model.hidden"));
  assert.ok(!concerns("model.hidden_layers", "model.hidden"));
  assert.ok(!concerns("seed", "optimizer.lr"));
});

test("what a problem says of a field is found by any of its paths", () => {
  assert.equal(
    reasonAt(problem(["seed", "too large"], ["index[1]", "no such"]), "value", "index"),
    "no such",
  );
  assert.equal(reasonAt(problem(["seed", "too large"]), "value"), "");
  assert.equal(reasonAt(null, "seed"), "");
});

test("a refused request says all its reasons, else what it is; one that fails, that nobody answered", () => {
  assert.equal(reasonOf(new Refusal(problem(["a", "one"], ["b", "two"]), 1)), "one\ntwo");
  assert.equal(reasonOf(new Refusal(problem(), 1)), "not so");
  assert.equal(reasonOf(new TypeError("failed to fetch")), "The server cannot be reached. Try again.");
});
