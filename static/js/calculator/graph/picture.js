// @ts-check
/** The graph as a file: an SVG with its style inside, or a PNG. */

import { svg } from "../../page/svg.js";

/** @typedef {import("../../../types/protocol").Graph} Graph */

const MARGIN = 16;
/** Pixels of the PNG per unit of the graph. */
const SHARPNESS = 2;
/** The properties that style sheets set. The file has no style sheets, so they are written into it. */
const LOOKS = [
  ...[
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "opacity",
    "font-family",
    "font-size",
  ],
  ...["font-weight", "font-style", "paint-order", "stroke-linejoin", "visibility", "display"],
];

/**
 * @param {{ frame: SVGSVGElement, content: SVGElement, graph: Graph }} picture
 * @returns {string} the text of an SVG file
 */
export function asSvg({ frame, content, graph: { width, height } }) {
  const copy = /** @type {SVGSVGElement} */ (frame.cloneNode(true));
  const [originals, copies] = [frame.querySelectorAll("*"), copy.querySelectorAll("*")];
  for (const [i, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const name of LOOKS) copies[i]?.setAttribute(name, style.getPropertyValue(name));
  }
  copies[Array.from(originals).indexOf(content)]?.removeAttribute("transform");
  for (const { name } of Array.from(copy.attributes)) copy.removeAttribute(name);
  const [whole, tall] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const size = { width: whole, height: tall, viewBox: `${-MARGIN} ${-MARGIN} ${whole} ${tall}` };
  for (const [name, value] of Object.entries(size)) copy.setAttribute(name, String(value));
  copy.prepend(background(whole, tall));
  return new XMLSerializer().serializeToString(copy);
}

/**
 * @param {string} text of an SVG file
 * @returns {Promise<Blob>}
 */
export async function asPng(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SHARPNESS;
    canvas.height = image.naturalHeight * SHARPNESS;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {Blob} blob
 * @param {string} name of the file
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has begun by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/** @param {number} width @param {number} height */
function background(width, height) {
  const fill = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
  return svg("rect", { x: -MARGIN, y: -MARGIN, width, height, fill });
}
