// @ts-check
/** The legend of a chart of losses. */

import { svg } from "../page/svg.js";

export class LossLegend {
  #list;
  #drawn = "";

  /** @param {HTMLElement} list shown when there is more than one line */
  constructor(list) {
    this.#list = list;
  }

  /** @param {{ name: string, key: string, dash: string }[]} lines */
  draw(lines) {
    const drawn = JSON.stringify(lines.map(({ name, key }) => [name, key]));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#list.hidden = lines.length < 2;
    this.#list.replaceChildren(...lines.map(lineKey));
  }
}

/**
 * An entry of a legend: a piece of the line, and its name.
 *
 * @param {{ name: string, key: string, dash: string }} line key: the entry's class
 */
export function lineKey({ name, key, dash }) {
  const piece = svg("path", { d: "M0 3h32", "stroke-dasharray": dash });
  const entry = document.createElement("li");
  entry.className = key;
  entry.append(svg("svg", { viewBox: "0 0 32 6", "aria-hidden": "true" }, piece), name);
  return entry;
}
