import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curl, literal, python } from "../../../static/js/page/recipes.js";

test("a shell gives curl the settings as they are, whatever is in them", () => {
  const config = { data: { target: "x + '$HOME' `id` \\ \"" }, seed: 3 };
  const shown = execFileSync("sh", [
    "-c",
    curl("http://server/api/runs", config).replace("curl", "printf '%s\\n'"),
  ]);
  const [, address, option, body] = String(shown).trimEnd().split("\n");
  assert.equal(address, "http://server/api/runs");
  assert.equal(option, "--json");
  assert.deepEqual(JSON.parse(String(body)), config);
});

test("Python's own words stand for JSON's", () => {
  assert.equal(
    literal({ a: [true, false, null], b: 0.5, c: 'say "x"\n' }),
    '{"a": [True, False, None], "b": 0.5, "c": "say \\"x\\"\\n"}',
  );
});

test("the request in Python takes as many steps as the run has", () => {
  const text = python("http://server", { max_steps: 20 }, { seed: 3 });
  assert.match(text, /server = "http:\/\/server"\nconfig = \{"seed": 3\}/);
  assert.match(text, /"count": 20\}/);
});
