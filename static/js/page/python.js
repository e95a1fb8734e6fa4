// @ts-check
/** Python text as coloured pieces, line by line. Enough for scripts; the server is what understands them. */

/** @typedef {"keyword" | "string" | "number" | "comment" | "call" | "text"} Kind */
/** @typedef {{ kind: Kind, text: string }} Piece */

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** A name as Python takes it, in any of the world's scripts. */
const NAME = String.raw`[\p{ID_Start}_]\p{ID_Continue}*`;

/** One alternative for each kind; names are told apart afterwards. A text may go on over lines. */
const PIECE = new RegExp(
  [
    String.raw`(?<comment>#[^\n]*)`,
    String.raw`(?<string>(?:\b[rbfu]{1,2})?(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))`,
    String.raw`(?<number>\b(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)`,
    `(?<name>${NAME})`,
  ].join("|"),
  "giu",
);

/**
 * @param {string} text
 * @returns {Piece[][]} the pieces of each line; joined they are the text again
 */
export function colour(text) {
  /** @type {Piece[][]} */
  const lines = [[]];
  /** @param {Kind} kind @param {string} piece */
  const add = (kind, piece) => {
    for (const [i, part] of piece.split("\n").entries()) {
      if (i > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ kind, text: part });
    }
  };
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    add("text", text.slice(end, match.index));
    end = match.index + match[0].length;
    add(kindOf(match, text[end] === "("), match[0]);
  }
  add("text", text.slice(end));
  return lines;
}

/** @param {string} text whether it can be a variable's name */
export function isName(text) {
  return new RegExp(`^${NAME}$`, "u").test(text);
}

/**
 * @param {string} line of a program
 * @returns {string[]} the names in it
 */
export function namesIn(line) {
  return line.match(new RegExp(NAME, "gu")) ?? [];
}

/**
 * @param {RegExpMatchArray} match
 * @param {boolean} called whether a parenthesis follows
 * @returns {Kind}
 */
function kindOf({ groups: { comment, string, number, name } = {} }, called) {
  if (comment !== undefined) return "comment";
  if (string !== undefined) return "string";
  if (number !== undefined) return "number";
  if (name !== undefined && KEYWORDS.has(name)) return "keyword";
  return called ? "call" : "text";
}
