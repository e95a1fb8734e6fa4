// @ts-check
/** Draws a program while it runs, and hears what the reader wants of it. */

import { drawFigure, eraseFigure, loadPlotly } from "../../charts/plot.js";
import { Theme } from "../../charts/theme.js";
import { html, keepFocus, within } from "../../page/dom.js";
import { t, tn } from "../../page/i18n.js";
import { figure as written } from "../../page/numbers.js";
import { loopChart } from "./live-chart.js";
import { pictureOf } from "./live-figure.js";
import {
  columnsOf,
  figuresThen,
  followedLoop,
  IDLE,
  loopsOf,
  pastRow,
  progressOf,
  roundAt,
} from "./live-state.js";

/** @typedef {import("../../../types/protocol").FigureShown} FigureShown */
/** @typedef {import("./live-state.js").LiveState} LiveState */
/** @typedef {import("./live-state.js").Loop} Loop */
/** @typedef {import("./live-state.js").Moment} Moment */

/** The least time between two drawings, in ms. */
const RATE = 100;
/** How many times its own size a figure has at most: what is projected is read from afar. */
const LARGER = 1.5;
/** How long a program runs until it is shown that it does, in ms. */
const PATIENCE = 700;

/**
 * @typedef {object} Actions
 * @property {() => void} pause pauses, or lets it go on
 * @property {() => void} round
 * @property {() => void} stop
 * @property {(roundsPerSecond: number | null) => void} speed
 * @property {() => void} link
 * @property {(past: Moment | null) => void} look
 * @property {(moment: Moment) => void} explain
 */

export class LiveView {
  #root;
  #places;
  #theme = new Theme(() => this.#drawAnew());
  #width = 0;
  /** @type {LiveState} */
  #state = IDLE;
  /** @type {Map<string, HTMLElement>} the places of charts and figures, by their keys */
  #drawings = new Map();
  /** What stands in each of them. @type {Map<string, unknown>} */
  #drawn = new Map();
  #plotly = false;
  /** @type {Promise<void> | null} */
  #loading = null;
  #last = 0;
  /** When the program began. */
  #since = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;

  /** @param {HTMLElement} root @param {Actions} actions */
  constructor(root, actions) {
    this.#root = root;
    /** @param {string} name */
    const control = (name) => within(root, `[data-live="${name}"]`, HTMLButtonElement);
    this.#places = {
      words: within(root, ".live-words"),
      progress: within(root, ".live-progress", HTMLProgressElement),
      past: within(root, ".live-past"),
      range: within(root, ".live-past input", HTMLInputElement),
      values: within(root, ".live-values"),
      figures: within(root, ".live-figures"),
      loops: within(root, ".live-loops"),
      speed: within(root, '[data-live="speed"]', HTMLSelectElement),
      pause: control("pause"),
      round: control("round"),
      stop: control("stop"),
      link: control("link"),
      now: control("now"),
      explain: control("explain"),
    };
    const { range, speed, pause, round, stop, link, now, explain } = this.#places;
    pause.addEventListener("click", actions.pause);
    round.addEventListener("click", actions.round);
    stop.addEventListener("click", actions.stop);
    link.addEventListener("click", actions.link);
    now.addEventListener("click", () => actions.look(null));
    speed.addEventListener("change", () => actions.speed(speed.value ? Number(speed.value) : null));
    range.addEventListener("input", () => {
      const loop = followedLoop(this.#state);
      if (loop) actions.look({ loop: loop.loop, round: roundAt(loop, Number(range.value) - 1) });
    });
    new ResizeObserver(() => {
      if (root.clientWidth === this.#width) return;
      this.#width = root.clientWidth;
      if (!root.hidden) this.#drawAnew();
    }).observe(root);
    explain.addEventListener("click", () => {
      const moment = this.#moment();
      if (moment) actions.explain(moment);
    });
  }

  /** Draws every picture again: the page has other colours, or another size. */
  #drawAnew() {
    this.#drawn.clear();
    this.#draw(this.#state);
  }

  /** Shows a state, now or with the next drawing. @param {LiveState} state */
  show(state) {
    if (state.id !== this.#state.id) {
      this.#since = performance.now();
      setTimeout(() => this.#draw(this.#state), PATIENCE);
    }
    // A program that goes on waits: what is told anew after a lost connection comes right behind.
    const isNews = state.phase !== this.#state.phase && state.phase !== "running";
    const wait = isNews || state.id !== this.#state.id ? 0 : this.#last + RATE - performance.now();
    this.#state = state;
    if (wait > 0) this.#soon ??= setTimeout(() => this.#draw(this.#state), wait);
    else this.#draw(state);
  }

  /** The round that the reader looks at: the last one, if none was chosen. */
  #moment() {
    const { past } = this.#state;
    const loop = followedLoop(this.#state);
    if (past !== null || loop === null) return past;
    return { loop: loop.loop, round: roundAt(loop, loop.rows.length - 1) };
  }

  /** @param {LiveState} state */
  #draw(state) {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#last = performance.now();
    const long = runs(state) && performance.now() - this.#since >= PATIENCE;
    const shown =
      long ||
      state.past !== null ||
      state.figures.length > 0 ||
      loopsOf(state).some((loop) => columnsOf(loop).length > 0);
    this.#root.toggleAttribute("data-running", long);
    keepFocus(this.#root, () => {
      this.#root.hidden = !shown;
      this.#drawControls(state);
    });
    if (!shown) {
      this.#erase(new Set());
      return;
    }
    this.#drawWords(state);
    this.#drawPast(state);
    this.#drawPictures(state);
  }

  /** @param {LiveState} state */
  #drawControls(state) {
    const { pause, round, stop, speed, link, explain } = this.#places;
    const under = runs(state) && state.control;
    for (const control of [pause, round, stop]) {
      control.hidden = !under;
      control.setAttribute("aria-disabled", String(!state.isUp));
    }
    const label = speed.parentElement;
    if (label) label.hidden = !under;
    speed.value = state.speed === null ? "" : String(state.speed);
    pause.toggleAttribute("data-playing", state.phase !== "paused");
    link.hidden = !under;
    explain.hidden = !state.control || state.phase !== "finished";
  }

  /** @param {LiveState} state */
  #drawWords(state) {
    const { words, progress } = this.#places;
    words.textContent = liveWords(state);
    const far = runs(state) ? progressOf(state) : null;
    progress.hidden = far === null;
    if (far) {
      progress.max = far.total;
      progress.value = far.done;
    }
  }

  /** @param {LiveState} state */
  #drawPast(state) {
    const { past: place, range, values, now } = this.#places;
    const loop = followedLoop(state);
    place.hidden = loop === null || loop.rows.length < 2;
    if (loop === null || place.hidden) return;
    range.max = String(loop.rows.length);
    const row = pastRow(state);
    const k = row === null ? loop.rows.length - 1 : loop.rows.indexOf(row);
    range.value = String(k + 1);
    range.setAttribute("aria-valuetext", t("round {round}", { round: roundAt(loop, k) }));
    now.hidden = row === null;
    values.textContent = valuesText(loop, k);
  }

  /** @param {LiveState} state */
  #drawPictures(state) {
    const { figures, loops } = this.#places;
    const kept = new Set();
    for (const figure of figuresThen(state)) {
      const key = `figure ${figure.number}`;
      kept.add(key);
      this.#put(
        key,
        figures,
        figure,
        () => figurePlace(figure),
        (place) => this.#drawFigure(place, figure),
      );
    }
    const row = pastRow(state);
    for (const loop of loopsOf(state)) {
      if (columnsOf(loop).length === 0) continue;
      const key = `loop ${loop.loop}`;
      kept.add(key);
      const mark = state.past?.loop === loop.loop && row ? state.past.round : null;
      this.#put(
        key,
        loops,
        `${loop.count} ${mark}`,
        () => loopPlace(loop, state.program),
        (place) => this.#drawLoop(place, loop, mark),
      );
    }
    this.#erase(kept);
  }

  /**
   * Draws something in its place, unless it stands there.
   *
   * @param {string} key
   * @param {HTMLElement} parent
   * @param {unknown} what
   * @param {() => HTMLElement} make
   * @param {(place: HTMLElement) => boolean} draw whether it could
   */
  #put(key, parent, what, make, draw) {
    let place = this.#drawings.get(key);
    if (place === undefined) {
      place = make();
      this.#drawings.set(key, place);
      parent.append(place);
    }
    if (this.#drawn.get(key) !== what && draw(place)) this.#drawn.set(key, what);
  }

  /** @param {Set<string>} kept keys of what stays */
  #erase(kept) {
    for (const [key, place] of this.#drawings) {
      if (kept.has(key)) continue;
      eraseFigure(within(place, ".live-drawing"));
      place.remove();
      this.#drawings.delete(key);
      this.#drawn.delete(key);
    }
  }

  /** @param {HTMLElement} place @param {FigureShown} figure */
  #drawFigure(place, figure) {
    const drawing = within(place, ".live-drawing");
    const coded = figure.svg ?? figure.png;
    if (figure.plotly === null) {
      if (coded === null) return true;
      const image = document.createElement("img");
      image.src = `data:image/${figure.svg ? "svg+xml" : "png"};base64,${coded}`;
      image.alt = figureWords(figure);
      drawing.replaceChildren(image);
      return true;
    }
    if (!this.#ready()) return false;
    const scale = Math.min(LARGER, Math.max(200, place.clientWidth || figure.width) / figure.width);
    const { width, height, title } = figure;
    const size = { width: scale * width, height: scale * height, title, scale };
    drawFigure(drawing, pictureOf(figure.plotly, size, this.#theme.look));
    return true;
  }

  /** @param {HTMLElement} place @param {Loop} loop @param {number | null} mark */
  #drawLoop(place, loop, mark) {
    if (!this.#ready()) return false;
    const drawing = within(place, ".live-drawing");
    const { clientWidth: width, clientHeight: height } = drawing;
    drawFigure(drawing, loopChart(loop, mark, { width, height }, this.#theme.look));
    return true;
  }

  /** Whether there is Plotly; it is fetched when it is first needed. */
  #ready() {
    if (this.#plotly) return true;
    this.#loading ??= loadPlotly().then(
      () => {
        this.#plotly = true;
        this.#draw(this.#state);
      },
      () => {
        this.#places.words.textContent = t(
          "The charts could not be loaded: Plotly, which draws them, is missing.",
        );
      },
    );
    return false;
  }
}

/** @param {LiveState} state */
function runs({ phase }) {
  return phase === "queued" || phase === "running" || phase === "paused";
}

/** How the program goes. @param {LiveState} state */
function liveWords(state) {
  const loop = followedLoop(state);
  const rounds = loop
    ? tn(
        "{count} round of the loop in line {line}.",
        "{count} rounds of the loop in line {line}.",
        loop.count,
        {
          line: loop.line,
        },
      )
    : "";
  const watching = state.control || state.reason === "gone" ? "" : t("You are watching.");
  return [phaseWords(state), rounds, watching].filter(Boolean).join(" ");
}

/** The same without what changes all the time. @param {LiveState} state */
export function phaseWords({ phase, place, isUp, reason }) {
  if (phase === "finished") return endWords(reason);
  if (!isUp) return t("The connection was lost. The program goes on, and is shown again once it is back.");
  if (phase === "queued") return t("Waiting for its turn: place {place} in the queue.", { place });
  return phase === "idle" ? "" : phase === "paused" ? t("Paused.") : t("Running.");
}

/** @param {string | null} reason */
function endWords(reason) {
  if (reason === "stopped") return t("Stopped.");
  if (reason === "time") return t("It was ended: it had used up its time.");
  if (reason === "gone")
    return t("It can no longer be followed: the connection was lost, or the server has ended it.");
  if (reason === "pause") return t("It was ended: it stood still for too long.");
  return t("Ended.");
}

/** @param {Loop} loop @param {number} k */
function valuesText(loop, k) {
  const values = loop.rows[k]?.values ?? [];
  const told = loop.names.flatMap((name, place) => {
    const value = values[place];
    return value === null || value === undefined ? [] : [`${name} = ${written(value)}`];
  });
  return [t("round {round}", { round: roundAt(loop, k) }), ...told].join("   ");
}

/** @param {FigureShown} figure */
function figurePlace(figure) {
  const drawing = html("div", "live-drawing");
  const caption = html("figcaption", "unseen", figureWords(figure));
  return html("figure", "live-figure", drawing, caption);
}

/** @param {FigureShown} figure */
function figureWords({ number, title, plotly }) {
  const titles = [title, ...(plotly?.axes ?? []).flatMap(({ title: own, x, y }) => [own, x.title, y.title])];
  return [t("Figure {number}", { number }), ...titles.filter(Boolean)].join(": ");
}

/** @param {Loop} loop @param {string} program */
function loopPlace(loop, program) {
  const code = (program.split("\n")[loop.line - 1] ?? "").trim();
  const title = html("h3", "", t("Line {line}:", { line: loop.line }), " ", html("code", "", code));
  const drawing = html("div", "live-drawing live-chart");
  drawing.setAttribute("role", "img");
  drawing.setAttribute(
    "aria-label",
    t("Numbers of each round: {names}", {
      names: columnsOf(loop)
        .map(({ name }) => name)
        .join(", "),
    }),
  );
  return html("section", "live-loop", title, drawing);
}
