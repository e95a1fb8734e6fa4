// @ts-check
/** What the lines of the loss chart are. */

/** @typedef {import("./loss-lines.js").Line} Line */

const SVG = "http://www.w3.org/2000/svg";

export class LossLegend {
  #list;
  #shown = "";

  /** @param {HTMLElement} list shown when there is more than one line */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Line[]} lines */
  draw(lines) {
    const shown = JSON.stringify(lines.map(({ name, kind }) => [name, kind]));
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.hidden = lines.length < 2;
    this.#list.replaceChildren(...lines.map(lineKey).reverse());
  }
}

/**
 * What a line of a chart is, after a piece of it.
 *
 * @param {{ name: string, kind: string, dash: string }} line
 */
export function lineKey({ name, kind, dash }) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 32 6");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M0 3h32");
  path.setAttribute("stroke-dasharray", dash);
  picture.append(path);
  const entry = document.createElement("li");
  entry.className = `key-${kind}`;
  entry.append(picture, name);
  return entry;
}
