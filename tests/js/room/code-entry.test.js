import assert from "node:assert/strict";
import { test } from "node:test";
import { codeIn, codeOfPath, isWhole, spaced } from "../../../static/js/room/code-entry.js";
import { RoomKeys } from "../../../static/js/room/room-keys.js";

test("a code is read however it is typed, spoken or pasted", () => {
  for (const text of [
    "k7m2px",
    " K7M 2PX ",
    "k7m-2px",
    "Ｋ７Ｍ ２ＰＸ",
    "http://10.0.0.5:8000/room/K7M2PX?lang=zh",
  ])
    assert.equal(codeIn(text), "K7M2PX", text);
  assert.equal(codeIn("K7M2PXABC"), "K7M2PX");
  assert.ok(!isWhole(codeIn("K7M 2P")));
  assert.equal(spaced("K7M2"), "K7M 2");
});

test("characters that no code has are left out", () => {
  assert.equal(codeIn("0O1IL"), "");
});

test("the code of an address is found below any path, and nonsense is none", () => {
  assert.equal(codeOfPath("/school/room/k7m2px/console"), "K7M2PX");
  assert.equal(codeOfPath("/room"), "");
  assert.equal(codeOfPath("/room/%E0%A4%A"), "EA4A");
});

/** @param {string} [text] that another version left */
function keys(text) {
  const texts = new Map(text === undefined ? [] : [["rooms", text]]);
  return new RoomKeys("rooms", {
    get: (key) => texts.get(key) ?? null,
    set: (key, value) => void texts.set(key, value),
  });
}
const key = (n) => ({ id: `id ${n}`, code: `CODE ${n}`, token: `token ${n}` });

test("a browser finds its way back into its rooms, the newest first", () => {
  const known = keys();
  known.keep(key(1));
  known.keep(key(2));
  known.keep({ ...key(1), token: "new" });
  assert.deepEqual(
    [known.newest?.id, known.find("CODE 1")?.token, known.find("CODE 3")],
    ["id 1", "new", null],
  );
  known.forget("id 1");
  assert.equal(known.newest?.id, "id 2");
});

test("what cannot be read is nothing", () => {
  for (const text of ["{", "7", '[{"id": 1}]', "null"]) assert.deepEqual(keys(text).all, []);
});
