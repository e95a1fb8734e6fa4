// @ts-check
/**
 * The program's editor: a textarea with the same text in colours behind it, where lines can be marked.
 *
 * The text is edited in a plain textarea, so that input methods, screen readers, undo and phones work as in any
 * other field. Its letters are transparent; those of the layer behind it are seen.
 */

import { html, within } from "../../page/dom.js";
import { colour } from "../../page/python.js";
import { difference, stretch, units } from "./edits.js";

/** @typedef {{ line: number | null, column?: number | null, end_column?: number | null }} Place */
/** @typedef {import("../../page/python.js").Piece} Piece */

const INDENT = "    ";
const FEWEST_ROWS = 8;
const MOST_ROWS = 20;
/** Longer programs are not coloured, as that would delay typing. */
const MOST_COLOURED = 20_000;

export class Editor {
  #text;
  #numbers;
  #paint;
  #onChange;
  /** @type {Place | null} */
  #wrong = null;
  #lit = 0;
  /** What is drawn: a text for each line, with its colours. @type {string[]} */
  #drawn = [];
  #frame = 0;
  /** Whether Tab leaves the editor, as it does after Escape. */
  #leaving = false;

  /**
   * @param {HTMLElement} place
   * @param {() => void} onChange
   */
  constructor(place, onChange) {
    this.#text = within(place, "textarea", HTMLTextAreaElement);
    this.#numbers = within(place, ".editor-numbers");
    this.#paint = within(place, ".editor-paint");
    this.#onChange = onChange;
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("scroll", () => this.#follow());
    this.#text.addEventListener("blur", () => {
      this.#leaving = false;
    });
    this.#text.addEventListener("keydown", (event) => this.#press(event));
    this.#draw();
  }

  get value() {
    return this.#text.value;
  }

  /** Replaces the program. Undo does not bring the old one back. */
  set value(text) {
    this.#text.value = text;
    this.#wrong = null;
    this.light(null);
    this.#draw();
  }

  /**
   * Changes the program as if it were typed: undo takes it back, and the cursor and the focus stay.
   *
   * @param {string} program
   */
  rewrite(program) {
    const { start, end, text } = difference(this.value, program);
    if (start === end && text === "") return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const { selectionStart, scrollTop } = this.#text;
    this.#text.focus({ preventScroll: true });
    this.#text.setSelectionRange(start, end);
    insert(text);
    const cursor =
      selectionStart < end ? Math.min(selectionStart, start) : selectionStart + text.length - (end - start);
    this.#text.setSelectionRange(cursor, cursor);
    this.#text.scrollTop = scrollTop;
    if (focused !== this.#text) {
      this.#text.blur();
      focused?.focus({ preventScroll: true });
    }
  }

  /** @param {Place | null} place where the program stopped; null takes the mark away */
  mark(place) {
    this.#wrong = place;
    this.#text.setAttribute("aria-invalid", String(place !== null));
    this.#draw();
    if (place?.line) this.#bringIntoView(place.line);
  }

  /** @param {number | null} line the line that runs */
  light(line) {
    this.#lit = line ?? 0;
    for (const layer of [this.#numbers, this.#paint]) {
      for (const [i, element] of Array.from(layer.children).entries()) {
        element.toggleAttribute("data-lit", i + 1 === line);
      }
    }
    if (line !== null) this.#bringIntoView(line);
  }

  /** @param {number} line */
  #bringIntoView(line) {
    const height = Number.parseFloat(getComputedStyle(this.#text).lineHeight);
    const top = (line - 1) * height;
    const { scrollTop, clientHeight } = this.#text;
    if (top < scrollTop || top > scrollTop + clientHeight - 2 * height) {
      this.#text.scrollTop = top - clientHeight / 2;
    }
    this.#follow();
  }

  #changed() {
    this.#wrong = null;
    if (this.#lit > 0) this.light(null);
    this.#text.setAttribute("aria-invalid", "false");
    // Pasted text fires an event for each of its lines; all are drawn in one frame.
    this.#frame ||= requestAnimationFrame(() => this.#draw());
    this.#onChange();
  }

  /** Draws the lines that have changed. */
  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { value } = this;
    const lines =
      value.length > MOST_COLOURED
        ? value.split("\n").map((text) => [/** @type {Piece} */ ({ kind: "text", text })])
        : colour(value);
    const texts = lines.map((pieces, i) => {
      const wrong = i + 1 === this.#wrong?.line ? JSON.stringify(this.#wrong) : "";
      return [wrong, ...pieces.flatMap(({ kind, text }) => [kind, text])].join("\n");
    });
    const { start, same } = stretch(this.#drawn, texts);
    const fresh = lines
      .slice(start, lines.length - same)
      .map((pieces, i) => this.#line(pieces, start + i + 1));
    replace(this.#paint, start, this.#drawn.length - same, fresh);
    this.#drawn = texts;
    this.#number(lines.length);
    this.#follow();
  }

  /** @param {number} count of lines */
  #number(count) {
    const { children } = this.#numbers;
    const more = Array.from({ length: Math.max(0, count - children.length) }, (_, i) =>
      html("span", "", String(children.length + i + 1)),
    );
    replace(this.#numbers, Math.min(count, children.length), children.length, more);
    for (const [i, number] of Array.from(children).entries()) {
      number.toggleAttribute("data-wrong", i + 1 === this.#wrong?.line);
    }
    this.#text.rows = Math.min(Math.max(count, FEWEST_ROWS), MOST_ROWS);
  }

  /**
   * @param {Piece[]} pieces
   * @param {number} number
   */
  #line(pieces, number) {
    const line = html("span", "");
    const wrong = number === this.#wrong?.line;
    line.toggleAttribute("data-wrong", wrong);
    line.toggleAttribute("data-lit", number === this.#lit);
    const text = pieces.map((piece) => piece.text).join("");
    const from = wrong ? units(text, (this.#wrong?.column ?? 1) - 1) : 0;
    const to = wrong ? units(text, (this.#wrong?.end_column ?? 1) - 1) || text.length : 0;
    let at = 0;
    for (const { kind, text: piece } of pieces) {
      for (const part of cut(piece, [from - at, to - at])) {
        const element = html("span", kind === "text" ? "" : `code-${kind}`, part);
        element.toggleAttribute("data-wrong", wrong && at >= from && at < to);
        line.append(element);
        at += part.length;
      }
    }
    return line;
  }

  /** Scrolls the line numbers and the coloured layer with the textarea. */
  #follow() {
    const { scrollTop, scrollLeft } = this.#text;
    this.#numbers.style.transform = `translateY(${-scrollTop}px)`;
    this.#paint.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      this.#leaving = true;
    } else if (event.key === "Tab" && !this.#leaving && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      this.#indent(event.shiftKey);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      insert(`\n${this.#indentOfNewLine()}`);
    } else if (event.key.length === 1) {
      this.#leaving = false;
    }
  }

  /** @param {boolean} less */
  #indent(less) {
    const { value, selectionStart, selectionEnd } = this.#text;
    if (selectionStart === selectionEnd && !less) {
      insert(INDENT);
      return;
    }
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const lines = value.slice(start, selectionEnd).split("\n");
    const moved = lines.map((line) => (less ? line.replace(/^ {1,4}/, "") : INDENT + line)).join("\n");
    if (moved === lines.join("\n")) return;
    this.#text.setSelectionRange(start, selectionEnd);
    insert(moved);
    this.#text.setSelectionRange(start, start + moved.length);
  }

  /** The indent of a new line: that of the line before, and one more after a colon. */
  #indentOfNewLine() {
    const { value, selectionStart } = this.#text;
    const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
    const depth = /^ */.exec(line)?.[0] ?? "";
    return line.trimEnd().endsWith(":") ? depth + INDENT : depth;
  }
}

/**
 * @param {HTMLElement} place
 * @param {number} start of the children that go
 * @param {number} end behind them
 * @param {Element[]} fresh what stands there instead
 */
function replace(place, start, end, fresh) {
  const children = Array.from(place.children);
  for (const child of children.slice(start, end)) child.remove();
  if (children[end]) children[end].before(...fresh);
  else place.append(...fresh);
}

/**
 * Replaces the selection of the focused field. Only this way keeps the browser's own undo.
 *
 * @param {string} text
 */
function insert(text) {
  document.execCommand(text === "" ? "delete" : "insertText", false, text);
}

/**
 * @param {string} text
 * @param {number[]} places
 * @returns {string[]} the text cut at those of the places that are inside it
 */
function cut(text, places) {
  const inside = places.filter((place) => place > 0 && place < text.length);
  return [0, ...inside].map((start, i) => text.slice(start, inside[i] ?? text.length));
}
