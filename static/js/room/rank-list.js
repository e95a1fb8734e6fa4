// @ts-check
/** A list to be put in order: by dragging, or by the buttons of each item. */

import { html, keepFocus } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { svg } from "../page/svg.js";

/** @param {number[]} order @param {number} from @param {number} to @returns {number[]} with one item moved */
export function moved(order, from, to) {
  const rest = order.filter((_, place) => place !== from);
  const item = order[from];
  if (item === undefined || to < 0 || to >= order.length) return order;
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export class RankList {
  element = html("ol", "rank");
  #labels;
  #change;
  /** @type {number[]} */
  #order = [];
  #fixed = false;
  /** The item that is dragged. @type {number | null} */
  #dragged = null;

  /**
   * @param {string[]} labels
   * @param {(order: number[]) => void} change
   */
  constructor(labels, change) {
    this.#labels = labels;
    this.#change = change;
    this.element.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"])
      this.element.addEventListener(end, () => {
        this.#dragged = null;
        this.#drawn();
      });
  }

  /** @param {number[]} order @param {boolean} fixed */
  draw(order, fixed) {
    if (order.join() === this.#order.join() && fixed === this.#fixed) return;
    this.#order = order;
    this.#fixed = fixed;
    this.#drawn();
  }

  #drawn() {
    keepFocus(this.element, () =>
      this.element.replaceChildren(...this.#order.map((item, place) => this.#item(item, place))),
    );
  }

  /** @param {number} item @param {number} place */
  #item(item, place) {
    const label = this.#labels[item] ?? "";
    const grip = html("span", "rank-label", label);
    const row = html(
      "li",
      "rank-item",
      html("span", "rank-place", String(place + 1)),
      grip,
      this.#mover(
        t("{name}: one place up", { name: label }),
        `up ${item}`,
        "M12 19V6M6 12l6-6l6 6",
        place,
        -1,
      ),
      this.#mover(
        t("{name}: one place down", { name: label }),
        `down ${item}`,
        "M12 5v13M6 12l6 6l6-6",
        place,
        1,
      ),
    );
    row.toggleAttribute("data-dragged", item === this.#dragged);
    row.addEventListener("pointerdown", (event) => {
      if (this.#fixed || /** @type {Element} */ (event.target).closest("button")) return;
      // Of the list, which stays while its items change places.
      this.element.setPointerCapture(event.pointerId);
      this.#dragged = item;
      row.toggleAttribute("data-dragged", true);
    });
    return row;
  }

  /** @param {string} name @param {string} key @param {string} path @param {number} place @param {number} by */
  #mover(name, key, path, place, by) {
    const element = html("button", "button button-small rank-move");
    element.append(
      svg(
        "svg",
        { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
        svg("path", { class: "stroke", d: path }),
      ),
    );
    element.setAttribute("type", "button");
    element.setAttribute("aria-label", name);
    element.dataset.key = key;
    const can = !this.#fixed && place + by >= 0 && place + by < this.#order.length;
    element.setAttribute("aria-disabled", String(!can));
    element.addEventListener("click", () => {
      if (can) this.#move(place, place + by);
    });
    return element;
  }

  /** @param {number} from @param {number} to */
  #move(from, to) {
    const order = moved(this.#order, from, to);
    if (order === this.#order) return;
    this.#order = order;
    this.#drawn();
    this.#change(order);
  }

  /** @param {PointerEvent} event */
  #drag({ clientY }) {
    if (this.#dragged === null) return;
    const from = this.#order.indexOf(this.#dragged);
    const rows = [...this.element.children].map((row) => row.getBoundingClientRect());
    const to = rows.findIndex(({ top, bottom }) => clientY >= top && clientY <= bottom);
    if (to >= 0 && to !== from) this.#move(from, to);
  }
}
