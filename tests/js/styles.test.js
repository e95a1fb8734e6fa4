import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENTRIES = [
  ...["admin.css", "calculator.css", "compare.css", "connection.css", "entrance.css", "lesson.css"],
  ...["privacy.css", "room-console.css", "room-projector.css", "room.css", "train.css"],
];
const LAYERS = ["base", "components", "page", "states"];

/** Classes that mean the same wherever they are: what is pointed at, and what the page as a whole is. */
const STATES = ["lit"];
const PAGES = ["lesson-page", "lessons-page", "train", "compare", "calculator", "language", "entrance"];

/** Classes without rules: looked up by scripts, tests or Plotly, or names of groups for whoever reads the page. */
const HOOKS = [
  ...["explanation", "member-table", "no-inline-styles", "trouble-connection"],
  ...["travellers", "axes", "hinges", "kinks", "weights", "grads", "units"],
  ...["build-sign", "check-words", "key-tangent", "verdict-mark", "status-text"],
];

/** @param {string} folder @param {string} kind such as ".css" @returns {Map<string, string>} text by path */
function texts(folder, kind) {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const found = names.filter((name) => name.endsWith(kind)).sort();
  return new Map(found.map((name) => [name, readFileSync(join(ROOT, folder, name), "utf8")]));
}

const ALL = texts("static/css", ".css");
const SHEETS = new Map([...ALL].filter(([name]) => !ENTRIES.includes(name)));
const SCRIPTS = [...texts("static/js", ".js").values()].join("\n");
const TEMPLATES = [...texts("templates", ".html").values()].join("\n");

/** @typedef {{ sheet: string, layer: string }} Import */

/** @param {string} entry @returns {Import[]} */
function imports(entry) {
  const found = (ALL.get(entry) ?? "").matchAll(/@import url\("([^"]+)"\) layer\((\w+)\);/g);
  return [...found].map(([, sheet, layer]) => ({ sheet: sheet ?? "", layer: layer ?? "" }));
}

/** @param {string} text @returns {string} */
const withoutComments = (text) => text.replaceAll(/\/\*[\s\S]*?\*\//g, "");

/**
 * The rules of a sheet, those inside at-rules included; the steps of animations are none.
 *
 * @param {string} text
 * @returns {{ selector: string, body: string }[]}
 */
function rules(text) {
  const plain = withoutComments(text).replaceAll(/@keyframes [^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector = "", body = ""]) => ({
    selector: selector.trim().replaceAll(/\s+/g, " "),
    body,
  }));
}

/** @param {string} text @param {RegExp} at where to cut, outside of brackets @returns {string[]} */
function split(text, at) {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if ("([".includes(character)) depth += 1;
    if (")]".includes(character)) depth -= 1;
    if (depth === 0 && at.test(character)) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** @param {string} text @returns {string[]} */
const classesIn = (text) => [...text.matchAll(/\.(-?[_a-z][\w-]*)/gi)].map(([, name]) => name ?? "");

/**
 * What a selector selects, and under what: `.a .b:is(.c, .d)` selects b, c and d under a.
 *
 * @param {string} selector without commas outside of brackets
 * @returns {{ subject: string[], context: string[] }}
 */
function reading(selector) {
  const last = split(selector, /[\s>+~]/).at(-1) ?? "";
  const choices = [...last.matchAll(/:is\(((?:[^()]|\([^()]*(?:\([^()]*\))?[^()]*\))*)\)/g)].flatMap(
    ([, inside = ""]) => split(inside, /,/).map(reading),
  );
  const bare = last.replaceAll(/:(?:is|not|has|where)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g, "");
  const subject = [...classesIn(bare), ...choices.flatMap((choice) => choice.subject)];
  const context = classesIn(selector).filter((name) => !subject.includes(name));
  return { subject, context };
}

/**
 * Classes with two meanings. A class belongs to the one sheet that has rules for it alone; another sheet
 * changes it only below a class of its own.
 *
 * @param {Map<string, string>} sheets
 * @returns {string[]}
 */
function collisions(sheets) {
  /** @type {Map<string, Map<string, string[][]>>} class -> sheet -> the contexts of its rules there */
  const uses = new Map();
  for (const [sheet, text] of sheets) {
    for (const { selector } of rules(text)) {
      for (const { subject, context } of split(selector, /,/).map(reading)) {
        for (const name of subject.filter((name) => !STATES.includes(name))) {
          const places = uses.get(name) ?? new Map();
          places.set(sheet, [
            ...(places.get(sheet) ?? []),
            [...context, ...subject.filter((n) => n !== name)],
          ]);
          uses.set(name, places);
        }
      }
    }
  }
  /** @type {(name: string) => string[]} the sheets with rules for it alone; for want of those, all that name it */
  const owners = (name) => {
    const places = [...(uses.get(name) ?? [])];
    if (places.length === 0)
      return [...sheets].filter(([, text]) => classesIn(text).includes(name)).map(([sheet]) => sheet);
    const alone = places.filter(([, contexts]) => contexts.some((context) => context.length === 0));
    return (alone.length > 0 ? alone : places).map(([sheet]) => sheet);
  };
  return [...uses].flatMap(([name, places]) => {
    const own = owners(name);
    if (own.length > 1) return [`.${name} is defined in ${own.join(" and ")}`];
    return [...places]
      .filter(([sheet]) => sheet !== own[0])
      .filter(([sheet, contexts]) =>
        contexts.some(
          (context) => !context.some((other) => PAGES.includes(other) || owners(other).join() === sheet),
        ),
      )
      .map(([sheet]) => `.${name} of ${own[0]} is changed in ${sheet} without a class of its own`);
  });
}

/** @param {string} text @returns {string[]} sizes of type and space that are no steps of the scales */
function offScale(text) {
  return rules(text).flatMap(({ selector, body }) =>
    [...body.matchAll(/(?<![\w-])([\w-]+):\s*([^;]+);/g)]
      .filter(([, property = "", value = ""]) => {
        if (property === "font-size") return !/^(?:var\(--(?:text|mark)-\w+\)|inherit|[\d.]+em)$/.test(value);
        if (!/^(?:margin|padding|(?:row-|column-)?gap)(?:-|$)/.test(property)) return false;
        return /[\d.](?:rem|px|pt|[sdl]?v[a-z]+)\b/.test(value);
      })
      .map(([declaration]) => `${selector} { ${declaration} }`),
  );
}

test("an entry names the layers and imports sheets into them, and does nothing else", () => {
  assert.deepEqual(
    [...ALL.keys()].filter((name) => dirname(name) === "."),
    ENTRIES,
  );
  for (const entry of ENTRIES) {
    const text = withoutComments(ALL.get(entry) ?? "");
    assert.match(text, /^\s*@layer base, components, page;\s*@layer states;/);
    assert.equal(
      text.replaceAll(/@layer [\w, ]+;|@import url\("[^"]+"\) layer\(\w+\);/g, "").trim(),
      "",
      entry,
    );
  }
});

test("every sheet is in one layer, the same on every page", () => {
  /** @type {Map<string, Set<string>>} */
  const layers = new Map([...SHEETS.keys()].map((sheet) => [sheet, new Set()]));
  for (const { sheet, layer } of ENTRIES.flatMap(imports)) {
    assert.ok(layers.has(sheet), `${sheet} does not exist`);
    layers.get(sheet)?.add(layer);
  }
  const wrong = [...layers].filter(
    ([, [layer, ...more]]) => more.length > 0 || !LAYERS.includes(layer ?? ""),
  );
  assert.deepEqual(wrong, []);
});

test("the folders are those of the scripts, and no two sheets have the same name", () => {
  const rooms = new Set([...texts("static/js", ".js").keys()].map(dirname));
  assert.deepEqual(
    [...SHEETS.keys()].filter((sheet) => !rooms.has(dirname(sheet))),
    [],
  );
  const names = [...SHEETS.keys()].map((sheet) => basename(sheet));
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test("no rule is important", () => {
  assert.deepEqual(
    [...ALL].filter(([, text]) => text.includes("!important")).map(([name]) => name),
    [],
  );
});

test("one class has one meaning", () => {
  assert.deepEqual(collisions(SHEETS), []);
});

test("type and space are steps of the scales", () => {
  const rest = new Map(SHEETS);
  // The scales' own base: what a rem is.
  rest.set(
    "page/base.css",
    (rest.get("page/base.css") ?? "").replaceAll(/font-size: (?:clamp|max)\([^;]+;/g, ""),
  );
  assert.deepEqual(
    [...rest].flatMap(([sheet, text]) => offScale(text).map((rule) => `${sheet}: ${rule}`)),
    [],
  );
});

test("no height is what some known number leaves of the screen", () => {
  const subtracted = /calc\([^;]*\d[sdl]?v(?:h|b|max|min)\b[^;]*\)/;
  assert.deepEqual(
    [...SHEETS].filter(([, text]) => subtracted.test(text)).map(([sheet]) => sheet),
    [],
  );
});

test("every class with rules is used, and every class that is used has rules", () => {
  const styled = new Set(
    [...SHEETS.values()].flatMap((text) => rules(text).flatMap((rule) => classesIn(rule.selector))),
  );
  const source = TEMPLATES + SCRIPTS;
  /** @param {string} name whole, or the start of it where a script puts the rest: `key-${kind}` */
  const isUsed = (name) => {
    const starts = [...name.matchAll(/-/g)].map(({ index }) => name.slice(0, index));
    return (
      new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(source) ||
      starts.some((start) => SCRIPTS.includes(`${start}-\${`))
    );
  };
  assert.deepEqual(
    [...styled].filter((name) => !isUsed(name)),
    [],
  );
  const attributes = [...TEMPLATES.matchAll(/ class="([^"]*(?:"[^"<>]*"[^"<>]*)*)"/g)].map(([, value = ""]) =>
    value.replaceAll(/\{[{%].*?[%}]\}/g, " ").replaceAll(/"[\s\S]*$/g, ""),
  );
  const made = [...SCRIPTS.matchAll(/(?:html\(\s*"\w+", |\bclass: |className = )"([^"]*)"/g)].map(
    ([, value = ""]) => value,
  );
  const named = new Set([...attributes, ...made].join(" ").split(/\s+/).filter(Boolean));
  assert.deepEqual(
    [...named].filter((name) => !styled.has(name) && !HOOKS.includes(name)),
    [],
  );
});

test("wrong sheets are seen", () => {
  const two = (/** @type {string} */ a, /** @type {string} */ b) =>
    collisions(new Map(Object.entries({ a, b })));
  assert.equal(two(".card {}", ".card {}").length, 1);
  assert.equal(two(".card {}", "[data-projector] .card {}").length, 1);
  assert.equal(two(".node .body {}", ".list :is(.head, .body) {}").length, 1);
  assert.deepEqual(two(".card {} .card:not(.own) {}", ".bench {} .bench .card, .bench > :is(.card) {}"), []);
  assert.deepEqual(offScale(".a { margin: 0 auto; padding: calc(-1 * var(--space-2)); gap: 0.4em; }"), []);
  assert.equal(offScale("@media (x) { .a { gap: 0.3rem; font-size: 13px; margin-top: 2px; } }").length, 3);
});
