import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../static/js", import.meta.url));

/** The page entries: one file per page, and what all pages have around them. */
const ENTRIES = [
  "admin.js",
  "calculator.js",
  "chrome.js",
  "compare.js",
  "connection.js",
  "entrance.js",
  "lesson.js",
  "lessons.js",
  "privacy.js",
  "room-console.js",
  "room-projector.js",
  "room.js",
  "train.js",
];

/** The rooms, lowest first: a module imports from its own room and from rooms before it. */
const ROOMS = [
  "page",
  "admin",
  "connection",
  "run",
  "charts",
  "controls",
  "script",
  "data",
  "past",
  "inside/model",
  "inside/network",
  "inside/hinges",
  "inside/slow-motion",
  "inside/shapes",
  "inside",
  "compare",
  "calculator/playback",
  "calculator/graph",
  "calculator/program",
  "calculator/exercise",
  "calculator/gradients",
  "calculator/live",
  "calculator",
  "calculator/share",
  "room/wall",
  "room/experiment",
  "room",
  "lesson",
];

/** Rooms that stand side by side: none of them imports from another. */
const SIDE_BY_SIDE = [
  ["script", "data", "past", "inside", "compare", "calculator"],
  ["network", "hinges", "slow-motion", "shapes"].map((room) => `inside/${room}`),
];

/** Every import of a module, those of types included. */
const IMPORT = /(?:\bfrom\s+|\bimport\(|\bimport\s+)"(\.[^"]+)"/g;

const modules = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".js"),
);

/** @param {string} module @returns {string[]} the modules it names, as paths in static/js */
function imports(module) {
  const text = readFileSync(join(ROOT, module), "utf8");
  const named = [...text.matchAll(IMPORT)].map(([, path]) => normalize(join(dirname(module), path)));
  return named.filter((path) => !path.startsWith(join("..", "types")));
}

/** @param {string} module */
const roomOf = (module) => relative(".", dirname(module));

/** @param {string} room @param {string} wing */
const isIn = (room, wing) => room === wing || room.startsWith(`${wing}/`);

/** @param {string} from @param {string} to rooms @returns {boolean} whether the arrow is a wrong one */
function isWrong(from, to) {
  if (from === to) return false;
  if (from === "") return false;
  if (to === "" || ROOMS.indexOf(to) > ROOMS.indexOf(from)) return true;
  return SIDE_BY_SIDE.some((wings) => {
    const [a, b] = [from, to].map((room) => wings.find((wing) => isIn(room, wing)));
    return a !== undefined && b !== undefined && a !== b;
  });
}

test("at the root there is one file per page, and nothing else", () => {
  assert.deepEqual(modules.filter((name) => roomOf(name) === "").sort(), ENTRIES);
});

test("every folder is a room that is listed here", () => {
  const rooms = new Set(modules.map(roomOf).filter((room) => room !== ""));
  assert.deepEqual([...rooms].sort(), [...ROOMS].sort());
});

test("imports point from pages to parts to what they share, and never back", () => {
  const wrong = modules.flatMap((module) =>
    imports(module)
      .filter((imported) => isWrong(roomOf(module), roomOf(imported)))
      .map((imported) => `${module} imports ${imported}`),
  );
  assert.deepEqual(wrong, []);
});

test("a wrong arrow is seen", () => {
  assert.ok(isWrong("page", "run"));
  assert.ok(isWrong("data", "past"));
  assert.ok(isWrong("inside/network", "inside/hinges"));
  assert.ok(isWrong("charts", ""));
  assert.ok(!isWrong("inside", "inside/network"));
  assert.ok(!isWrong("calculator/graph", "page"));
});

test("no two modules have the same name", () => {
  const names = modules.map((module) => basename(module));
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});
