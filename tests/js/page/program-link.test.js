import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { fromFragment, toFragment } from "../../../static/js/page/program-link.js";

const PROGRAM = 'import torch\nname = "梯度 \\\\ \'x\' \\"\\"\\""\n';

test("programs come back out of a link as they went in", async () => {
  for (const beside of [null, "", "print(2)"]) {
    const fragment = await toFragment({ program: PROGRAM, beside });
    assert.match(fragment, /^#[\w=&-]+$/);
    assert.deepEqual(await fromFragment(fragment), { program: PROGRAM, beside });
  }
});

test("a link that is none, is cut short, or unfolds without end is no program", async () => {
  const whole = await toFragment({ program: PROGRAM.repeat(20), beside: null });
  const bomb = deflateRawSync(Buffer.alloc(50_000_000, "x")).toString("base64url");
  for (const fragment of [
    "",
    "#",
    "#main",
    "#code=",
    "#code=!!!",
    whole.slice(0, -9),
    `#code=${bomb}`,
    "#code=gICA",
  ]) {
    assert.equal((await fromFragment(fragment))?.program || null, null, fragment.slice(0, 40));
  }
});
