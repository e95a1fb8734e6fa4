// @ts-check
/** An element of the page that a chart is drawn in: how large it is, and where its axes are. */

/** Between the element's edge and the axes, in units of the text's size. */
const MARGIN = { l: 4.7, r: 1.8, t: 0.7, b: 2.9 };
/** The same for a small chart, whose axes have no titles. */
export const NARROW = { l: 3, r: 0.7, t: 0.5, b: 1.6 };

export class ChartArea {
  #margin;
  #observer;

  /**
   * @param {HTMLElement} element
   * @param {import("./theme.js").Theme} theme
   * @param {() => void} changed called when the element has changed size
   * @param {typeof MARGIN} [margin]
   */
  constructor(element, theme, changed, margin = MARGIN) {
    this.element = element;
    this.theme = theme;
    this.#margin = margin;
    /** In px; 0 where the element is not shown. */
    this.width = element.clientWidth;
    this.height = element.clientHeight;
    this.#observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      if (clientWidth === this.width && clientHeight === this.height) return;
      this.width = clientWidth;
      this.height = clientHeight;
      changed();
    });
    this.#observer.observe(element);
  }

  /** In px, as Plotly takes it. */
  get margin() {
    const { size } = this.theme.look;
    const { l, r, t, b } = this.#margin;
    return { l: l * size, r: r * size, t: t * size, b: b * size };
  }

  /** What lies between the axes, in px of the element. */
  get area() {
    const { l, r, t, b } = this.margin;
    return { left: l, top: t, width: this.width - l - r, height: this.height - t - b };
  }

  /** Stops watching the element. */
  close() {
    this.#observer.disconnect();
  }
}
