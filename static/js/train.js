// @ts-check
/** The training page: what arrives changes the state, and an animation frame draws the newest one. */

import { Announcer } from "./announcer.js";
import { Controls } from "./controls.js";
import { DrawRate } from "./draw-rate.js";
import { FitChart } from "./fit-chart.js";
import { t } from "./i18n.js";
import { Inside } from "./inside.js";
import { bindKeys } from "./keys.js";
import { LossChart } from "./loss-chart.js";
import { plotlyLoaded } from "./plots.js";
import { Session } from "./session.js";
import { Settings } from "./settings.js";
import { INITIAL, reduce } from "./state.js";
import { bindTips } from "./tips.js";
import { describe, lossText } from "./words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Message} Message */
/** @typedef {import("./snapshot.js").Snapshot} Snapshot */

class TrainingPage {
  /** What is known now, the loss of every step included. */
  state = INITIAL;
  #places;
  #announcer;
  #controls;
  #settings;
  #inside;
  /** @type {State} */
  #drawn = INITIAL;
  /** The last snapshot that came, even if the run has begun anew since; and the last the server was told of.
   * @type {{ newest: Snapshot | null, told: Snapshot | null }} */
  #arrived = { newest: null, told: null };
  /** @type {{ fit: FitChart, loss: LossChart } | null} */
  #charts = null;
  #rate = new DrawRate(matchMedia("(prefers-reduced-motion: reduce)"));
  #session = new Session(
    (message) => this.#receive(message),
    () => this.state.losses.length + 1,
  );

  constructor() {
    /** @param {string} id */
    const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
    this.#places = {
      fit: find("fit"),
      loss: find("loss"),
      log: /** @type {HTMLInputElement} */ (find("log")),
      words: find("fit-words"),
      lossWords: find("loss-words"),
    };
    this.#announcer = new Announcer(find("live"));
    const bar = /** @type {HTMLElement} */ (document.querySelector(".bar"));
    this.#controls = new Controls(bar, (message) => this.#command(message));
    this.#settings = new Settings(find("settings"), (config) => this.#command({ type: "update", config }));
    this.#inside = new Inside(find("inside"), (message) => this.#command(message));
    find("own-run").addEventListener("click", () => this.#session.create(this.state.run?.config ?? null));
    bindTips();
    bindKeys(/** @type {HTMLInputElement} */ (find("keys")), {
      " ": () => this.#controls.toggle(),
      ArrowRight: () => this.#controls.step(),
      l: () => this.#inside.nextLine(),
      r: () => this.#controls.reset(),
    });
  }

  start() {
    this.#session.start();
    plotlyLoaded().then(
      () => {
        const { fit, loss, log } = this.#places;
        this.#charts = { fit: new FitChart(fit), loss: new LossChart(loss, log) };
      },
      () => {
        this.#places.fit.textContent = t("The charts could not be loaded. Reload the page to try again.");
      },
    );
    requestAnimationFrame(this.#frame);
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
      this.#controls.draw(state);
      this.#settings.draw(state);
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
    if (turned || state.run?.status !== "playing") this.#describeCharts(state);
  }

  /** @param {State} state */
  #describeCharts({ started, run, snapshot }) {
    if (!started || !run) return;
    const values = { count: started.x.length, step: run.step, loss: lossText(snapshot?.loss ?? null) };
    this.#places.words.textContent = t("{count} points, and the model's curve after {step} steps.", values);
    this.#places.lossWords.textContent = t("{step} losses; the newest is {loss}.", values);
  }
}

export const page = new TrainingPage();
page.start();
