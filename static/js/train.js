// @ts-check
/** The training page: what arrives changes the state, and an animation frame draws the newest one. */

import { Address } from "./address.js";
import { Announcer } from "./announcer.js";
import { ChartWords } from "./chart-words.js";
import { CodePanel } from "./code-panel.js";
import { CompareMenu } from "./compare-menu.js";
import { changes, nested } from "./config.js";
import { Controls } from "./controls.js";
import { DrawRate } from "./draw-rate.js";
import { Exports } from "./exports.js";
import { FitChart } from "./fit-chart.js";
import { t } from "./i18n.js";
import { Inside } from "./inside.js";
import { bindKeys } from "./keys.js";
import { LossChart } from "./loss-chart.js";
import { plotlyLoaded } from "./plots.js";
import { RUNS } from "./runs.js";
import { ScriptEditor } from "./script-editor.js";
import { Session } from "./session.js";
import { Settings } from "./settings.js";
import { INITIAL, reduce } from "./state.js";
import { describe, lossText } from "./words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("./snapshot.js").Snapshot} Snapshot */

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {import("./config.js").Defaults} */
const defaults = JSON.parse(find("defaults").textContent ?? "");

class TrainingPage {
  /** What is known now, the loss of every step included. */
  state = INITIAL;
  #announcer = new Announcer(find("live"));
  #words = new ChartWords(find);
  #controls;
  #inside;
  #address;
  /** What shows the state, whenever it has changed.
   * @type {{ draw: (state: State) => void }[]} */
  #views;
  /** @type {State} */
  #drawn = INITIAL;
  /** The last snapshot that came, even if the run has begun anew since; and the last the server was told of.
   * @type {{ newest: Snapshot | null, told: Snapshot | null }} */
  #arrived = { newest: null, told: null };
  /** @type {{ fit: FitChart, loss: LossChart } | null} */
  #charts = null;
  #rate = new DrawRate(matchMedia("(prefers-reduced-motion: reduce)"));
  #session = new Session(
    RUNS,
    (message) => this.#receive(message),
    () => this.state.losses.length + 1,
  );

  constructor() {
    const bar = /** @type {HTMLElement} */ (document.querySelector(".bar"));
    this.#controls = new Controls(bar, (message) => this.#command(message));
    this.#address = new Address(defaults, (config) => this.state.control && this.#update({ ...config }));
    this.#inside = new Inside(find("inside"), (message) => this.#command(message));
    const settings = new Settings(find("stage"), (config) => this.#update(config));
    const menu = new CompareMenu(/** @type {HTMLDetailsElement} */ (find("compare-menu")), defaults);
    this.#views = [this.#controls, settings, menu, this.#address, ...this.#codeViews()];
    find("own-run").addEventListener("click", () => this.#createOwn());
    bindKeys({
      " ": () => this.#controls.toggle(),
      ArrowRight: () => this.#controls.step(),
      l: () => this.#inside.nextLine(),
      r: () => this.#controls.reset(),
      c: () => menu.open(),
    });
  }

  #codeViews() {
    const panel = find("code");
    const code = new CodePanel(find("script"));
    new ScriptEditor(panel, { current: () => code.text, use: (config) => this.#update({ ...config }) });
    const sources = {
      state: () => this.state,
      script: () => code.text,
      permalink: () => this.#address.permalink(this.state),
      changes: () => (this.state.run ? changes(this.state.run.config, defaults) : {}),
    };
    return [code, new Exports(panel, sources, (text) => this.#announcer.tell(text, performance.now()))];
  }

  start() {
    const { run, settings } = this.#address.told;
    this.#session.start(run, settings && nested(settings));
    plotlyLoaded().then(
      () => {
        const log = /** @type {HTMLInputElement} */ (find("log"));
        const loss = new LossChart(find("loss"), log, find("loss-legend"));
        this.#charts = { fit: new FitChart(find("fit")), loss };
      },
      () => {
        find("fit").textContent = t("The charts could not be loaded. Reload the page to try again.");
      },
    );
    requestAnimationFrame(this.#frame);
  }

  /** A run with the settings of the one that is shown; else, unless they were refused, of the address. */
  #createOwn() {
    const { settings } = this.#address.told;
    const wanted = this.state.link === "refused" || settings === null ? {} : nested(settings);
    this.#session.create(this.state.run?.config ?? wanted);
  }

  /** @param {Message} message */
  #receive(message) {
    this.state = reduce(this.state, message);
    if (message.type === "snapshot") this.#arrived.newest = message;
    if (this.state.incomplete) this.#session.reopen();
  }

  /** @param {import("../types/protocol").ClientMessage} message */
  #command(message) {
    this.#receive({ type: "commanded" });
    this.#session.send(message);
  }

  /** @param {Record<string, import("../types/protocol").JsonValue>} config a merge patch */
  #update(config) {
    this.#command({ type: "update", config });
  }

  #frame = (/** @type {number} */ now) => {
    try {
      if (this.#rate.due(now)) this.#draw(now);
    } finally {
      // Asked for after drawing, so that Plotly's own callback, which ends its drawing, comes before ours.
      requestAnimationFrame(this.#frame);
    }
  };

  /**
   * Draws the newest state; what came between two frames is skipped, but for its losses.
   *
   * @param {number} now
   */
  #draw(now) {
    const { state } = this;
    const start = performance.now();
    const fresh = state !== this.#drawn;
    if (fresh) {
      for (const view of this.#views) view.draw(state);
      this.#speak(state, now);
      this.#drawn = state;
    }
    const drawn = this.#charts?.fit.draw(state) ?? true;
    this.#charts?.loss.draw(state, now);
    this.#inside.draw(state, now);
    if (drawn) this.#acknowledge();
    if (fresh) this.#rate.drew(start, performance.now());
  }

  #acknowledge() {
    const { newest, told } = this.#arrived;
    if (newest === null || newest === told) return;
    this.#arrived.told = newest;
    this.#session.send({ type: "ack", step: newest.step });
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #speak(state, now) {
    const before = this.#drawn;
    const turned =
      state.link !== before.link ||
      state.run?.status !== before.run?.status ||
      state.problem !== before.problem;
    if (turned) {
      const reasons = state.problem?.errors.map(({ message }) => message) ?? [];
      this.#announcer.tell([describe(state).text, ...reasons].join(" "), now);
    } else if (state.run) {
      const { step } = state.run;
      const loss = lossText(state.snapshot?.loss ?? null);
      this.#announcer.mention(() => t("Step {step}, loss {loss}.", { step, loss }), now);
    }
    if (turned || state.run?.status !== "playing") this.#words.draw(state);
  }
}

export const page = new TrainingPage();
page.start();
