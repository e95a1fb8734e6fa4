// @ts-check
/** The model over the plane, behind a chart's points: a colour for each cell, hatched by class or ruled by level. */

/** @typedef {import("../run/surface.js").Surface} Surface */
/** @typedef {import("./theme.js").Look} Look */
/** @typedef {[number, number, number]} Colour */

/** How strong a class is drawn where the model is sure of it, and where it is not. */
const SURE = 0.55;
const UNSURE = 0.08;
/** Levels of a number are ruled off from each other, so many of them. */
const BANDS = 10;
/** Between two lines of a hatching, in px. */
const HATCH = 9;
/** How strongly hatchings and lines show. */
const INK = { hatch: 0.3, line: 0.55 };

/** Plotly's marks for the points of each class, which differ where colours do not. */
export const SYMBOLS = ["circle", "square", "triangle-up", "diamond", "cross", "star"];

export class Plane {
  #place;
  #canvas = document.createElement("canvas");
  #small = document.createElement("canvas");
  /** What is drawn now. */
  #drawn = /** @type {unknown[]} */ ([]);

  /** @param {import("./chart-area.js").ChartArea} place */
  constructor(place) {
    this.#place = place;
    this.#canvas.className = "plane";
    this.#canvas.hidden = true;
    this.#canvas.setAttribute("aria-hidden", "true");
    place.element.before(this.#canvas);
  }

  /** Takes it off the page. */
  close() {
    this.#canvas.remove();
  }

  /**
   * @param {Surface | null} surface null: there is none to show
   * @param {import("./ranges.js").Range} range of the points' y, which sets the colours of numbers
   */
  draw(surface, range) {
    const { area, theme, element } = this.#place;
    const canvas = this.#canvas;
    canvas.hidden = surface === null || area.width <= 0 || area.height <= 0;
    if (surface === null || canvas.hidden) return;
    const { left, top, width, height } = area;
    const now = [surface, theme.look, left, top, width, height, ...range];
    if (now.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = now;
    canvas.width = Math.round(width);
    canvas.height = Math.round(height);
    canvas.style.setProperty(
      "inset",
      `${element.offsetTop + top}px auto auto ${element.offsetLeft + left}px`,
    );
    this.#fill(surface, theme.look, range);
    const context = contextOf(canvas);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.#small, 0, 0, canvas.width, canvas.height);
    if (surface.classes) hatch(context, surface, surface.classes, theme.look);
    rule(context, surface, theme.look);
  }

  /**
   * One pixel for each cell.
   *
   * @param {Surface} surface
   * @param {Look} look
   * @param {import("./ranges.js").Range} range
   */
  #fill({ width, height, levels, classes, low, high }, look, [least, most]) {
    this.#small.width = width;
    this.#small.height = height;
    const context = contextOf(this.#small);
    const image = context.createImageData(width, height);
    const paper = rgb(context, look.paper);
    const colours = classes ? look.runs.map((run) => rgb(context, run)) : [];
    const ends = [look.data, look.model].map((end) => rgb(context, end));
    for (let i = 0; i < width * height; i += 1) {
      const level = (levels[i] ?? 0) / 255;
      let colour = paper;
      if (classes) {
        const share = UNSURE + (SURE - UNSURE) * level;
        colour = mixed(paper, colours[classes[i] ?? 0] ?? paper, share);
      } else {
        const value = (2 * (low + (high - low) * level - least)) / (most - least || 1) - 1;
        colour = mixed(paper, ends[value < 0 ? 0 : 1] ?? paper, Math.min(1, Math.abs(value)) * SURE * 1.4);
      }
      // The first row of the surface is the lowest.
      const at = 4 * ((height - 1 - Math.floor(i / width)) * width + (i % width));
      image.data.set([...colour, 255], at);
    }
    context.putImageData(image, 0, 0);
  }
}

/** @param {HTMLCanvasElement} canvas */
const contextOf = (canvas) =>
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));

/**
 * A colour of the style sheet as numbers.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @returns {Colour}
 */
function rgb(context, colour) {
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}

/** @type {(a: Colour, b: Colour, share: number) => Colour} */
const mixed = (a, b, share) => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

/**
 * Each class but the first has lines of its own direction.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Surface} surface
 * @param {Uint8Array} classes
 * @param {Look} look
 */
function hatch(context, { width, height }, classes, look) {
  const { canvas } = context;
  const [across, up] = [canvas.width / width, canvas.height / height];
  context.strokeStyle = look.ink;
  context.lineWidth = 1;
  for (const kind of new Set(classes)) {
    if (kind === 0) continue;
    context.save();
    context.beginPath();
    for (let row = 0; row < height; row += 1) {
      for (let from = 0; from < width; ) {
        let to = from;
        while (to < width && classes[row * width + to] === kind) to += 1;
        if (to > from) context.rect(from * across, canvas.height - (row + 1) * up, (to - from) * across, up);
        from = Math.max(to, from + 1);
      }
    }
    context.clip();
    context.globalAlpha = INK.hatch;
    context.stroke(linesOf(kind, canvas.width, canvas.height));
    context.restore();
  }
}

/**
 * @param {number} kind of class, from 1
 * @param {number} width
 * @param {number} height
 */
function linesOf(kind, width, height) {
  const path = new Path2D();
  const reach = width + height;
  for (let at = -reach; at < reach; at += HATCH) {
    if (kind === 1 || kind === 5) lineTo(path, at, height, at + height, 0);
    if (kind === 2 || kind === 5) lineTo(path, at, 0, at + height, height);
    if (kind === 3) lineTo(path, 0, at, width, at);
    if (kind === 4) lineTo(path, at, 0, at, height);
  }
  return path;
}

/** @type {(path: Path2D, x1: number, y1: number, x2: number, y2: number) => void} */
function lineTo(path, x1, y1, x2, y2) {
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
}

/**
 * Lines where the class changes from cell to cell, or the level of a number.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Surface} surface
 * @param {Look} look
 */
function rule(context, { width, height, levels, classes }, look) {
  const { canvas } = context;
  const [across, up] = [canvas.width / width, canvas.height / height];
  /** @param {number} i */
  const kind = (i) =>
    classes ? classes[i] : Math.min(BANDS - 1, Math.floor(((levels[i] ?? 0) * BANDS) / 255));
  const path = new Path2D();
  for (let row = 0; row < height; row += 1) {
    const [top, bottom] = [canvas.height - (row + 1) * up, canvas.height - row * up];
    for (let column = 0; column < width; column += 1) {
      const i = row * width + column;
      const x = (column + 1) * across;
      if (column + 1 < width && kind(i) !== kind(i + 1)) lineTo(path, x, top, x, bottom);
      if (row + 1 < height && kind(i) !== kind(i + width)) lineTo(path, x - across, top, x, top);
    }
  }
  context.save();
  context.strokeStyle = look.ink;
  context.lineWidth = (classes ? 1.6 : 0.8) * look.stroke;
  context.globalAlpha = INK.line;
  context.stroke(path);
  context.restore();
}
