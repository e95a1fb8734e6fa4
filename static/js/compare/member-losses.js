// @ts-check
/** The losses of all runs in one chart, on a linear or a logarithmic axis. */

import { decimate } from "../charts/decimate.js";
import { lineKey } from "../charts/legend.js";
import { plotlyDash } from "../charts/loss-lines.js";
import { labelText, NARROW, Plot } from "../charts/plot.js";
import { doubled, extent } from "../charts/ranges.js";
import { t } from "../page/i18n.js";
import { showTable } from "../page/table.js";
import { lossText } from "../run/words.js";
import { markOf } from "./marks.js";

/** @typedef {import("./comparison-state.js").Race} Race */
/** @typedef {import("../charts/ranges.js").Range} Range */

/** Between two drawings while the losses grow, in ms. The eye follows the curves. */
const PAUSE = 160;
/** The axis begins with room for this many steps. */
const FIRST_STEPS = 50;
/** How far the axis reaches beyond the first losses and below 0, as shares of them. */
const ABOVE = 0.3;
const BELOW = 0.04;
/** The axis grows by this at most, for losses after the first few steps of runs that have not diverged: what is beyond
 * leaves the picture, so that the others are to be seen in it. */
const MOST_GROWTH = 4;
const FEW_STEPS = 20;
/** The logarithmic axis before there is a loss, in decades; and how far above the first losses it reaches. */
const FIRST_DECADES = /** @type {Range} */ ([-3, 0]);
const DECADES_ABOVE = 2;

export class LossRace {
  #plot;
  #log;
  #places;
  /** @type {Race | null} */
  #shown = null;
  /** @type {string[]} */
  #names = [];
  #next = 0;
  #steps = FIRST_STEPS;
  /** The largest loss of a first step. */
  #first = 0;
  #top = 0;
  /** @type {Range | null} */
  #decades = null;
  /** What was drawn last apart from the values: they can move while it stays. */
  #frame = "";

  /**
   * @param {HTMLElement} plot
   * @param {HTMLInputElement} log whether the axis is logarithmic
   * @param {{ legend: HTMLElement, table: HTMLElement }} places
   */
  constructor(plot, log, places) {
    this.#plot = new Plot(plot, () => this.#redraw(), { ...NARROW, l: 3.6 });
    this.#log = log;
    this.#places = places;
    log.addEventListener("change", () => this.#redraw());
  }

  /**
   * @param {Race} race
   * @param {string[]} names
   * @param {number} now in ms
   */
  draw(race, names, now) {
    if (race.runs.length === 0 || this.#plot.busy) return;
    const before = this.#shown;
    const anew = race.id !== before?.id || race.together.generation !== before?.together.generation;
    if (!anew && race.runs.every(({ losses }, i) => losses === before?.runs[i]?.losses)) return;
    if (!anew && race.together.run?.status === "playing" && now < this.#next) return;
    this.#next = now + PAUSE;
    if (anew) {
      this.#steps = FIRST_STEPS;
      this.#first = this.#top = 0;
      this.#decades = null;
      this.#places.legend.replaceChildren(
        ...names.map((name, i) => lineKey({ name, kind: `line run-${i + 1}`, dash: markOf(i).dash })),
      );
    }
    this.#shown = race;
    this.#names = names;
    const lines = this.#lines();
    this.#grow(race, lines);
    if (this.#frameNow() !== this.#frame) this.#redraw();
    else {
      const data = [...lines, ends(lines)];
      this.#plot.move([...data.keys()], data);
    }
  }

  /** The losses as a table; while nothing moves. */
  tell() {
    const race = this.#shown;
    if (race === null) return;
    showTable(this.#places.table, {
      caption: t("Loss at each step"),
      headings: [t("step"), ...this.#names],
      rows: (i) => [i + 1, ...race.runs.map(({ losses }) => lossText(losses.values[i] ?? null))],
      count: Math.max(...race.runs.map(({ losses }) => losses.length)),
    });
  }

  #lines() {
    return (this.#shown?.runs ?? []).map(({ losses }) => decimate(losses.values));
  }

  #frameNow() {
    const { id = null, together } = this.#shown ?? {};
    return JSON.stringify([
      id,
      together?.generation,
      this.#steps,
      this.#top,
      this.#decades,
      this.#log.checked,
    ]);
  }

  #redraw() {
    if (this.#shown === null) return;
    this.#frame = this.#frameNow();
    const lines = this.#lines();
    this.#plot.draw(
      (look) => [
        ...lines.map((line, i) => this.#trace(line, i, look)),
        {
          type: "scatter",
          mode: "markers",
          ...ends(lines),
          marker: {
            color: look.runs,
            symbol: lines.map((_, i) => markOf(i).symbol),
            size: 0.65 * look.size * look.stroke,
            line: { color: look.paper, width: 1 },
          },
          hoverinfo: "skip",
        },
      ],
      { title: "", range: [0, this.#steps] },
      this.#log.checked
        ? { title: "", type: "log", range: this.#decades ?? FIRST_DECADES, dtick: 1 }
        : { title: "", range: [-BELOW * this.#top, this.#top || 1] },
      "x",
    );
  }

  /**
   * @param {ReturnType<typeof decimate>} line
   * @param {number} i
   * @param {import("../charts/plot.js").Look} look
   */
  #trace({ x, y }, i, { size, stroke, runs }) {
    return {
      type: "scatter",
      mode: "lines",
      x,
      y,
      line: {
        color: runs[i],
        width: 0.16 * size * stroke,
        dash: plotlyDash(markOf(i).dash),
        simplify: false,
      },
      hovertemplate: `${labelText(this.#names[i] ?? "")}: %{y:.5g}<extra></extra>`,
    };
  }

  /**
   * @param {Race} race
   * @param {ReturnType<typeof decimate>[]} lines
   */
  #grow(race, lines) {
    const { runs, together } = race;
    const longest = Math.max(...runs.map(({ losses }) => losses.length));
    this.#steps = doubled(this.#steps, longest, Math.max(together.run?.config.max_steps ?? 0, longest));
    const ranges = lines.map(({ y }) => extent(y)).filter((range) => range !== null);
    if (ranges.length === 0) return;
    if (this.#first === 0) {
      this.#first = extent(runs.map(({ losses }) => losses.values[0] ?? null))?.[1] ?? 0;
    }
    const usual = (1 + ABOVE) * this.#first;
    this.#top = doubled(usual, highestOf(race, lines), MOST_GROWTH * usual);
    const lowest = Math.min(...ranges.map(([low]) => low).filter((low) => low > 0));
    if (!Number.isFinite(lowest)) return;
    const highest = Math.max(...ranges.map(([, high]) => high));
    const most = Math.ceil(Math.log10(this.#first)) + DECADES_ABOVE;
    this.#decades = [
      Math.min(this.#decades?.[0] ?? Number.POSITIVE_INFINITY, Math.floor(Math.log10(lowest))),
      Math.min(Math.ceil(Math.log10(highest)), most),
    ];
  }
}

/**
 * The highest loss that the linear axis is to hold.
 *
 * @param {Race} race
 * @param {ReturnType<typeof decimate>[]} lines
 */
function highestOf({ runs }, lines) {
  const losses = lines.flatMap(({ x, y }, i) =>
    runs[i]?.run?.status === "diverged" ? [] : y.filter((_, k) => (x[k] ?? 0) > FEW_STEPS),
  );
  return extent(losses)?.[1] ?? 0;
}

/** The newest point of each line. @param {{ x: readonly number[], y: readonly (number | null)[] }[]} lines */
function ends(lines) {
  return { x: lines.map(({ x }) => x.at(-1) ?? 0), y: lines.map(({ y }) => y.at(-1) ?? null) };
}
