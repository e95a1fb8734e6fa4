// @ts-check
/** A program's outcome: its printed text, torch's warnings, and the error that ended it with fixes for it. */

import { button, html, keepFocus, replaceChildren } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { shapePicture } from "../../page/tensor-shape.js";
import { stopped } from "../playback/telling.js";
import { changedLines } from "./edits.js";
import { shapesIn } from "./shapes-in.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").ProgramError} ProgramError */
/** @typedef {import("../../../types/protocol").ProgramWarning} ProgramWarning */
/** @typedef {import("../../../types/protocol").Remark} Remark */
/** @typedef {import("../../../types/protocol").Fix} Fix */

export class Outcome {
  #printed;
  #note;
  #chance;
  #troubles;
  #onFix;
  #text = "";

  /**
   * @param {{ printed: HTMLElement, note: HTMLElement, chance: HTMLElement, troubles: HTMLElement }} places
   * @param {(fix: Fix, program: string) => void} onFix program: the one that it mends
   */
  constructor({ printed, note, chance, troubles }, onFix) {
    this.#printed = printed;
    this.#note = note;
    this.#chance = chance;
    this.#troubles = troubles;
    this.#onFix = onFix;
  }

  /**
   * @param {Derivation} derivation
   * @param {string} program
   */
  show(derivation, program) {
    const { printed, truncated, deterministic } = derivation;
    this.#text = printed;
    this.#printed.textContent = printed;
    keepFocus(this.#printed, () => {
      this.#printed.hidden = printed === "";
    });
    // The playback prints piece by piece, and must not move what is below.
    this.#printed.style.minHeight = "";
    this.#printed.style.minHeight = `${this.#printed.offsetHeight}px`;
    this.#note.hidden = printed !== "" && !truncated;
    this.#note.textContent = truncated
      ? t("The program printed more than fits; the rest is left out.")
      : t("The program printed nothing.");
    this.#chance.hidden = deterministic;
    this.showTroubles(derivation, program);
  }

  /** @param {string} text what a program has printed while it runs, or had printed in one of its rounds */
  showText(text) {
    if (text === this.#printed.textContent) return;
    this.#printed.textContent = text;
    this.#printed.hidden = text === "";
    this.#note.hidden = true;
  }

  /** @param {number} characters how much had been printed */
  upTo(characters) {
    // The server counts characters, JavaScript their halves.
    this.#printed.textContent = Array.from(this.#text).slice(0, characters).join("");
  }

  /**
   * @param {Pick<Derivation, "error" | "warnings" | "remarks">} derivation
   * @param {string} program
   */
  showTroubles({ error, warnings, remarks }, program) {
    const sheets = warnings.map((warning) => this.#warning(warning, program));
    sheets.push(...remarks.map((remark) => this.#remark(remark, program)));
    if (error !== null) sheets.push(this.#error(error, program));
    replaceChildren(this.#troubles, ...sheets);
  }

  /** @param {string} text why this page cannot go on; the program stays when it is loaded again */
  showReload(text) {
    const reload = button(t("Reload"), () => location.reload());
    replaceChildren(this.#troubles, html("section", "panel trouble", html("p", "", text), reload));
  }

  /** @param {ProgramError} error @param {string} program */
  #error(error, program) {
    const title = html("h2", "", stopped(error.line));
    const text = html("pre", "", `${error.type}: ${error.message}`);
    const sheet = html("section", "panel trouble", title, ...this.#explained(text, error, program));
    sheet.id = `${this.#troubles.id}-error`;
    return sheet;
  }

  /** @param {ProgramWarning} warning @param {string} program */
  #warning(warning, program) {
    const title = html("h2", "", t("torch warns at line {line}", { line: warning.line }));
    const text = html("pre", "", warning.message);
    return html("section", "panel trouble", title, ...this.#explained(text, warning, program));
  }

  /** @param {Remark} remark @param {string} program */
  #remark(remark, program) {
    const title = html("h2", "", t("Worth a look at line {line}", { line: remark.line }));
    return html("section", "panel trouble", title, ...this.#told(remark, [], program));
  }

  /**
   * @param {HTMLElement} text torch's own words
   * @param {ProgramError | ProgramWarning} trouble
   * @param {string} program
   */
  #explained(text, trouble, program) {
    text.tabIndex = 0;
    return [text, ...this.#told(trouble, shapesIn(trouble.message), program)];
  }

  /**
   * @param {Pick<Remark, "explanation" | "remedy" | "fixes">} trouble
   * @param {number[][]} shapes that it is about
   * @param {string} program
   */
  #told({ explanation, remedy, fixes }, shapes, program) {
    const parts = [];
    if (explanation) parts.push(html("p", "explanation", explanation));
    if (shapes.length > 0) parts.push(shapeRow(shapes));
    if (remedy) parts.push(html("p", "remedy", remedy));
    return [...parts, ...fixes.map((fix) => this.#fix(fix, program))];
  }

  /** @param {Fix} fix @param {string} program */
  #fix(fix, program) {
    const { before, after } = changedLines(program, fix.edits);
    const lines = [
      ...before.map((line) => html("del", "", line)),
      ...after.map((line) => html("ins", "", line)),
    ];
    const change = html("pre", "change", ...lines);
    change.tabIndex = 0;
    return html(
      "div",
      "fix",
      button(t("Fix it"), () => this.#onFix(fix, program)),
      change,
    );
  }
}

/** @param {number[][]} shapes */
function shapeRow(shapes) {
  const pictures = shapes.map((shape) =>
    html("span", "shape-named", shapePicture(shape), html("code", "", `[${shape.join(", ")}]`)),
  );
  return html("p", "shapes", ...pictures);
}
