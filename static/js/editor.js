// @ts-check
/** The program's editor: a textarea with line numbers, indentation, and one line that can be marked. */

const INDENT = "    ";
const FEWEST_ROWS = 8;
const MOST_ROWS = 24;

export class Editor {
  #text;
  #lines;
  #mark;
  #marked = 0;
  /** Whether Tab leaves the editor, as it does after Escape. */
  #leaving = false;

  /**
   * @param {HTMLElement} place
   * @param {{ onChange: () => void, onRun: () => void }} actions
   */
  constructor(place, { onChange, onRun }) {
    this.#text = /** @type {HTMLTextAreaElement} */ (place.querySelector("textarea"));
    this.#lines = /** @type {HTMLElement} */ (place.querySelector(".editor-lines"));
    this.#mark = /** @type {HTMLElement} */ (place.querySelector(".editor-mark"));
    this.#text.addEventListener("input", () => {
      this.mark(null);
      this.#number();
      onChange();
    });
    this.#text.addEventListener("scroll", () => this.#follow());
    this.#text.addEventListener("blur", () => {
      this.#leaving = false;
    });
    this.#text.addEventListener("keydown", (event) => this.#press(event, onRun));
    this.#number();
  }

  get value() {
    return this.#text.value;
  }

  set value(text) {
    this.#text.value = text;
    this.mark(null);
    this.#number();
  }

  /** @param {number | null} line from 1; null takes the mark away */
  mark(line) {
    this.#marked = line ?? 0;
    this.#mark.hidden = line === null;
    this.#text.setAttribute("aria-invalid", String(line !== null));
    for (const [i, number] of Array.from(this.#lines.children).entries()) {
      number.classList.toggle("marked", i + 1 === line);
    }
    if (line === null) return;
    const top = (line - 1) * this.#lineHeight();
    const { scrollTop, clientHeight } = this.#text;
    if (top < scrollTop || top > scrollTop + clientHeight - 2 * this.#lineHeight()) {
      this.#text.scrollTop = top - clientHeight / 2;
    }
    this.#follow();
  }

  #number() {
    const count = this.value.split("\n").length;
    if (count !== this.#lines.childElementCount) {
      const numbers = Array.from({ length: count }, (_, i) => {
        const number = document.createElement("span");
        number.textContent = String(i + 1);
        return number;
      });
      this.#lines.replaceChildren(...numbers);
      this.#text.rows = Math.min(Math.max(count, FEWEST_ROWS), MOST_ROWS);
    }
    this.#follow();
  }

  /** Keeps the numbers and the mark beside their lines. */
  #follow() {
    const { scrollTop } = this.#text;
    this.#lines.style.transform = `translateY(${-scrollTop}px)`;
    this.#mark.style.transform = `translateY(${(this.#marked - 1) * this.#lineHeight() - scrollTop}px)`;
  }

  #lineHeight() {
    return Number.parseFloat(getComputedStyle(this.#text).lineHeight);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {() => void} onRun
   */
  #press(event, onRun) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun();
    } else if (event.key === "Escape") {
      this.#leaving = true;
    } else if (event.key === "Tab" && !this.#leaving && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      this.#indent(event.shiftKey);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#insert(`\n${this.#indentOfNewLine()}`);
    } else if (event.key.length === 1) {
      this.#leaving = false;
    }
  }

  /** @param {boolean} less */
  #indent(less) {
    const { value, selectionStart, selectionEnd } = this.#text;
    if (selectionStart === selectionEnd && !less) {
      this.#insert(INDENT);
      return;
    }
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const lines = value.slice(start, selectionEnd).split("\n");
    const moved = lines.map((line) => (less ? line.replace(/^ {1,4}/, "") : INDENT + line)).join("\n");
    if (moved === lines.join("\n")) return;
    this.#text.setSelectionRange(start, selectionEnd);
    this.#insert(moved);
    this.#text.setSelectionRange(start, start + moved.length);
  }

  /** As deep as the line before, and deeper after a colon. */
  #indentOfNewLine() {
    const { value, selectionStart } = this.#text;
    const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
    const depth = /^ */.exec(line)?.[0] ?? "";
    return line.trimEnd().endsWith(":") ? depth + INDENT : depth;
  }

  /** @param {string} text replaces the selection */
  #insert(text) {
    // The one way that keeps the browser's own undo.
    document.execCommand("insertText", false, text);
  }
}
