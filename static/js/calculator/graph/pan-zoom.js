// @ts-check
/** Pans and zooms a picture that is larger than its frame: by drag, pinch, wheel with Ctrl, keys and buttons. */

const MOST = 4;
const LEAST = 0.2;
const STEP = 1.25;
/** The least distance of a revealed box from the edge, in px. */
const EDGE = 8;

export class PanZoom {
  #frame;
  #content;
  #x = 0;
  #y = 0;
  #scale = 1;
  #size = { width: 1, height: 1 };
  /** @type {Map<number, { x: number, y: number }>} */
  #pointers = new Map();

  /**
   * @param {SVGSVGElement} frame
   * @param {SVGElement} content
   */
  constructor(frame, content) {
    this.#frame = frame;
    this.#content = content;
    frame.addEventListener("pointerdown", (event) => this.#press(event));
    frame.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      frame.addEventListener(end, (event) =>
        this.#pointers.delete(/** @type {PointerEvent} */ (event).pointerId),
      );
    }
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** @param {{ width: number, height: number }} size of the content, in its own units */
  set size(size) {
    this.#size = size;
  }

  /**
   * Shows all of the content, but not larger or smaller than asked for.
   *
   * @param {{ least: number, most: number, margin: number }} bounds of the scale; margin in px
   */
  fit({ least, most, margin }) {
    const { width, height } = this.#frame.getBoundingClientRect();
    const whole = Math.min(
      (width - 2 * margin) / this.#size.width,
      (height - 2 * margin) / this.#size.height,
    );
    this.#scale = Math.max(least, Math.min(most, whole));
    const [spareX, spareY] = [
      width - this.#scale * this.#size.width,
      height - this.#scale * this.#size.height,
    ];
    this.#x = Math.max(margin, spareX / 2);
    this.#y = spareY / 2;
    this.#apply();
  }

  /** @param {1 | -1} direction in or out, around the middle */
  zoom(direction) {
    const { width, height } = this.#frame.getBoundingClientRect();
    this.#zoomAt(STEP ** direction, width / 2, height / 2);
  }

  /**
   * Moves the content as little as brings a box into the frame.
   *
   * @param {{ x: number, y: number, width: number, height: number }} box by its middle, in the content's units
   */
  reveal(box) {
    const { width, height } = this.#frame.getBoundingClientRect();
    const shift = (/** @type {number} */ middle, /** @type {number} */ half, /** @type {number} */ room) =>
      Math.max(0, half + EDGE - middle) - Math.max(0, middle + half + EDGE - room);
    this.#x += shift(this.#x + box.x * this.#scale, (box.width * this.#scale) / 2, width);
    this.#y += shift(this.#y + box.y * this.#scale, (box.height * this.#scale) / 2, height);
    this.#apply();
  }

  /**
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  #zoomAt(factor, x, y) {
    const scale = Math.max(LEAST, Math.min(MOST, this.#scale * factor));
    this.#x = x - ((x - this.#x) * scale) / this.#scale;
    this.#y = y - ((y - this.#y) * scale) / this.#scale;
    this.#scale = scale;
    this.#apply();
  }

  #apply() {
    this.#content.setAttribute("transform", `translate(${this.#x} ${this.#y}) scale(${this.#scale})`);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    // The other mouse buttons have a use of their own. A finger or a pen counts as the primary one.
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#frame.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    const now = { x: event.clientX, y: event.clientY };
    this.#pointers.set(event.pointerId, now);
    if (other) {
      const { left, top } = this.#frame.getBoundingClientRect();
      const spread =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      if (Number.isFinite(spread))
        this.#zoomAt(spread, (now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top);
    } else {
      this.#x += now.x - before.x;
      this.#y += now.y - before.y;
      this.#apply();
    }
  }

  /** @param {WheelEvent} event with Ctrl it zooms, as a pinch on a touch pad does; without, the page scrolls */
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = this.#frame.getBoundingClientRect();
    this.#zoomAt(Math.exp(-event.deltaY / 200), event.clientX - left, event.clientY - top);
  }
}
