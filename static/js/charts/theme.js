// @ts-check
/** Colours and sizes of the page, for Plotly and canvases, which do not read style sheets. */

import { CHANGED } from "../page/appearance.js";

/** @typedef {ReturnType<typeof read>} Look */

function read() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    size: Number.parseFloat(style.fontSize),
    family: token("--sans"),
    ink: token("--ink"),
    soft: token("--ink-soft"),
    line: token("--line"),
    paper: token("--paper"),
    wash: token("--wash"),
    data: token("--data"),
    model: token("--model"),
    modelDeep: token("--model-deep"),
    test: token("--test"),
    /** Of runs beside each other. */
    runs: Array.from({ length: 8 }, (_, i) => token(`--run-${i + 1}`)),
    /** How thick lines are drawn, as a multiple of what they are for one reader. */
    stroke: Number(token("--stroke")),
    /** How large their text is, as a multiple of the page's. */
    label: Number(token("--label")),
  };
}

/** The page's look, read once and again after it has changed. A page has one theme for as long as it lives. */
export class Theme {
  /** @type {Look | null} */
  #look = null;

  /** @param {() => void} changed called when the look has changed */
  constructor(changed) {
    const forget = () => {
      this.#look = null;
      changed();
    };
    document.addEventListener(CHANGED, forget);
    addEventListener("resize", forget); // The type grows with the window.
  }

  get look() {
    this.#look ??= read();
    return this.#look;
  }
}
