// @ts-check
/**
 * The wall on a page: one canvas for all pictures, of which those are painted that are seen and have changed, and over
 * each picture a button, by which a member is chosen.
 */

import { Theme } from "../../charts/theme.js";
import { html, within } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { set, write } from "../../page/svg.js";
import { boxOf, layoutOf, seen } from "./layout.js";
import { leastWidth, paintOverlay, paintTile } from "./painter.js";
import { bestOf, onWall, ordered, summary, tileWords, withoutWords } from "./tiles.js";

/** @typedef {import("../../../types/protocol").RoomState} RoomState */
/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("./tiles.js").Wall} Wall */
/** @typedef {import("./curves.js").Curve} Curve */

/** The least time between two changes of the order, in ms: whoever looks for somebody finds them. */
const CALM = 2000;

export class WallView {
  #parts;
  #context;
  #theme = new Theme(() => this.#again());
  /** @type {Wall | null} */
  #screen = null;
  /** @type {Map<number, Tile>} */
  #tiles = new Map();
  /** The members' numbers. @type {number[]} */
  #order = [];
  #sorted = "";
  /** Not before this time, in ms, is the order another one. */
  #calm = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #layout = layoutOf(1, { width: 1, height: 1 }, 1);
  /** What was painted last, by place; empty: nothing that could stay. @type {Map<number, Tile>} */
  #painted = new Map();
  #frame = 0;

  /** @param {HTMLElement} root @param {(member: number) => void} pick called when a picture is pressed */
  constructor(root, pick) {
    this.#parts = {
      root,
      summary: within(root, '[data-part="summary"]'),
      legend: within(root, '[data-part="legend"]'),
      without: within(root, '[data-part="without"]'),
      view: within(root, '[data-part="view"]'),
      space: within(root, '[data-part="space"]'),
      canvas: within(root, "canvas", HTMLCanvasElement),
      tiles: within(root, '[data-part="tiles"]'),
    };
    const context = this.#parts.canvas.getContext("2d");
    if (context === null) throw new TypeError("the browser draws nothing");
    this.#context = context;
    const { view, tiles } = this.#parts;
    tiles.addEventListener("click", ({ target }) => {
      const member = /** @type {Element} */ (target).closest("button")?.dataset.member;
      if (member !== undefined) pick(Number(member));
    });
    // Nothing moves away from under a finger, or from the keyboard's focus.
    tiles.addEventListener("pointermove", () => this.#rest());
    tiles.addEventListener("focusout", () => this.#sortNow());
    view.addEventListener("scroll", () => this.#again(), { passive: true });
    new ResizeObserver(() => this.#again()).observe(view);
    document.addEventListener("visibilitychange", () => this.#again());
  }

  #rest() {
    this.#calm = performance.now() + CALM;
  }

  /** Has all of it painted in the next frame. */
  #again() {
    this.#painted.clear();
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  /**
   * @param {RoomState} room
   * @param {ReadonlyMap<number, Curve>} curves
   * @param {boolean} isSeen whether the page shows the wall, and not one run of it
   */
  draw(room, curves, isSeen) {
    const { screen } = room;
    const { root } = this.#parts;
    if (screen.kind !== "wall" || !isSeen) {
      root.hidden = true;
      this.#screen = null;
      return;
    }
    const { tiles, without } = onWall(room, curves);
    this.#tiles = new Map(tiles.map((tile) => [tile.number, tile]));
    if (root.hidden || this.#screen?.overlay !== screen.overlay) this.#painted.clear();
    root.hidden = false;
    this.#screen = screen;
    this.#sort(tiles, screen);
    this.#say(tiles, without, screen);
    this.#paint();
  }

  /** @param {Tile[]} tiles @param {Wall} screen */
  #sort(tiles, { sort, frozen }) {
    const who = `${sort} ${tiles.map(({ number, label }) => `${number} ${label}`).join()}`;
    const wait = this.#calm - performance.now();
    const held = frozen || this.#parts.tiles.querySelector(":focus-visible") !== null;
    clearTimeout(this.#timer);
    if (who === this.#sorted && (held || wait > 0)) {
      if (!held) this.#timer = setTimeout(() => this.#sortNow(), wait);
      return;
    }
    this.#sorted = who;
    this.#rest();
    this.#order = ordered(tiles, sort);
  }

  #sortNow() {
    if (this.#screen === null) return;
    this.#sort([...this.#tiles.values()], this.#screen);
    this.#again();
  }

  /** @param {Tile[]} tiles @param {string[]} without @param {Wall} screen */
  #say(tiles, without, { overlay, frozen }) {
    const parts = this.#parts;
    const words =
      tiles.length === 0
        ? t("Nobody has a run of their own yet. Everybody may press “Try it myself”.")
        : summary(tiles);
    write(parts.summary, frozen ? t("Frozen · {summary}", { summary: words }) : words);
    const best = bestOf(tiles);
    write(
      parts.legend,
      overlay && best !== null
        ? t("Thick: the lowest loss ({who}). Dashed: stuck.", { who: best.label })
        : t("Dashed: stuck. It diverged, or took no step for 30 seconds and has not finished."),
    );
    write(parts.without, withoutWords(without));
  }

  #paint() {
    const screen = this.#screen;
    const { view, space, canvas, tiles: list } = this.#parts;
    const place = { width: view.clientWidth, height: view.clientHeight };
    if (screen === null || document.hidden || place.width === 0 || place.height === 0) {
      this.#painted.clear();
      return;
    }
    this.#fit(place);
    const { look } = this.#theme;
    const tiles = this.#order.flatMap((number) => this.#tiles.get(number) ?? []);
    list.hidden = screen.overlay;
    // The buttons tell of the pictures.
    set(canvas, "aria-hidden", !screen.overlay);
    set(canvas, "aria-label", t("All curves in one chart: {summary}", { summary: summary(tiles) }));
    if (screen.overlay) {
      space.style.height = `${place.height}px`;
      this.#painted.clear();
      paintOverlay(this.#context, tiles, { x: 0, y: 0, ...place }, look);
      return;
    }
    const layout = layoutOf(tiles.length, place, leastWidth(look));
    if (JSON.stringify(layout) !== JSON.stringify(this.#layout)) this.#painted.clear();
    this.#layout = layout;
    const { columns, rows, height } = this.#layout;
    space.style.height = `${Math.max(place.height, rows * height)}px`;
    list.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    list.style.gridAutoRows = `${height}px`;
    this.#buttons(tiles);
    this.#paintSeen(tiles, place);
  }

  /** @param {Tile[]} tiles @param {{ width: number, height: number }} place */
  #paintSeen(tiles, { width, height }) {
    const { look } = this.#theme;
    const { view, tiles: list } = this.#parts;
    const top = view.scrollTop;
    if (this.#painted.size === 0) {
      this.#context.fillStyle = look.wash;
      this.#context.fillRect(0, 0, width, height);
    }
    const { from, to } = seen(this.#layout, tiles.length, top, height);
    for (const [i, tile] of tiles.slice(from, to).entries()) {
      if (isSame(this.#painted.get(from + i), tile)) continue;
      this.#painted.set(from + i, tile);
      paintTile(this.#context, tile, boxOf(this.#layout, from + i, top), look);
      const button = list.children[from + i]?.firstElementChild;
      if (button) set(button, "aria-label", tileWords(tile));
    }
  }

  /** Makes the canvas as large as its place, in the screen's own dots. @param {{ width: number, height: number }} place */
  #fit({ width, height }) {
    const { canvas } = this.#parts;
    const dots = devicePixelRatio || 1;
    const [across, down] = [Math.round(width * dots), Math.round(height * dots)];
    if (canvas.width === across && canvas.height === down) return;
    [canvas.width, canvas.height] = [across, down];
    canvas.style.height = `${height}px`;
    this.#context.setTransform(dots, 0, 0, dots, 0, 0);
    this.#painted.clear();
  }

  /** One for each picture, in their order. @param {Tile[]} tiles */
  #buttons(tiles) {
    const list = this.#parts.tiles;
    while (list.children.length > tiles.length) list.lastElementChild?.remove();
    while (list.children.length < tiles.length) {
      const button = html("button", "wall-tile");
      button.setAttribute("type", "button");
      list.append(html("li", "", button));
    }
    for (const [i, tile] of tiles.entries()) {
      const button = /** @type {HTMLElement} */ (list.children[i]?.firstElementChild);
      if (button.dataset.member === String(tile.number)) continue;
      button.dataset.member = String(tile.number);
      button.setAttribute("aria-label", tileWords(tile));
    }
  }
}

/** Whether two look the same. @param {Tile | undefined} a @param {Tile} b */
function isSame(a, b) {
  return (
    a !== undefined &&
    a.number === b.number &&
    a.label === b.label &&
    a.curve === b.curve &&
    a.stuck === b.stuck &&
    a.asked === b.asked
  );
}
