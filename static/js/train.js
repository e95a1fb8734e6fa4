// @ts-check
/** The training page: what arrives changes the state, and an animation frame draws the newest one. */

import "./chrome.js";
import { fitAxes } from "./charts/axes.js";
import { ChartArea } from "./charts/chart-area.js";
import { chartsDrawable } from "./charts/chart-loading.js";
import { ChartWords } from "./charts/chart-words.js";
import { FitChart } from "./charts/fit-chart.js";
import { RunLosses } from "./charts/run-losses.js";
import { Scores } from "./charts/scores.js";
import { Theme } from "./charts/theme.js";
import { CompareMenu } from "./compare/compare-menu.js";
import { Controls } from "./controls/bar.js";
import { Experiments } from "./controls/experiments.js";
import { Settings } from "./controls/settings.js";
import { TroublePanel } from "./controls/trouble-panel.js";
import { DataSettings } from "./data/data-settings.js";
import { DataShelf } from "./data/data-shelf.js";
import { PointEditor } from "./data/point-editor.js";
import { Inside } from "./inside/inside.js";
import { freeSettings, hideFixed } from "./lesson/free.js";
import { tellLesson } from "./lesson/told.js";
import { Announcer } from "./page/announcer.js";
import { changed, when } from "./page/changes.js";
import { bindChoice } from "./page/choice.js";
import { byId, within } from "./page/dom.js";
import { DrawRate } from "./page/draw-rate.js";
import { embedded, isWatching } from "./page/embedded.js";
import { t } from "./page/i18n.js";
import { bindKeys } from "./page/keys.js";
import { lossText } from "./page/numbers.js";
import { PastPanel } from "./past/past-panel.js";
import { Mirror } from "./room/mirror.js";
import { RoomBar } from "./room/room-bar.js";
import { Address } from "./run/address.js";
import { changes, nested, valueAt } from "./run/config.js";
import { mayChange } from "./run/may.js";
import { rememberedPace, rememberPace } from "./run/pace.js";
import { RUNS } from "./run/runs.js";
import { Session } from "./run/session.js";
import { shown } from "./run/shown.js";
import { INITIAL, reduce } from "./run/state.js";
import { troubleOf } from "./run/trouble.js";
import { PLAIN, rememberedView, rememberView } from "./run/view.js";
import { describe } from "./run/words.js";
import { Exports } from "./script/exports.js";
import { ScriptEditor } from "./script/script-editor.js";
import { ScriptPanel } from "./script/script-panel.js";

/** @typedef {import("./run/state.js").State} State */
/** @typedef {import("./run/state.js").Message} Message */

/** @type {import("./run/config.js").Defaults} */
const defaults = JSON.parse(byId("defaults").textContent ?? "");

/** Tells a lesson around this page which run it shows, and whether that has come to its end. */
function lessonView() {
  const draw = when(
    (/** @type {State} */ { run, started }) => [run?.id ?? null, (run?.reason ?? null) !== null, started],
    (id, ended, started) => {
      const points = (started?.x ?? []).map(
        (x, i) => /** @type {[number, number]} */ ([x, started?.y[i] ?? 0]),
      );
      tellLesson({ lesson: "runs", runs: id === null ? [] : [id], ended, points });
    },
  );
  return { draw };
}

class TrainingPage {
  /** What is known now, the loss of every step included. */
  state = { ...INITIAL, pace: rememberedPace(), view: { ...PLAIN, ...rememberedView() } };
  #announcer = new Announcer(byId("live"));
  #words = new ChartWords();
  #scores = new Scores();
  #controls;
  #inside;
  #address;
  #points;
  /** What shows the state, whenever it has changed.
   * @type {{ draw: (state: State) => void }[]} */
  #views;
  /** @type {State} */
  #drawn = INITIAL;
  /** The state that the pictures of the model show. */
  #shown = INITIAL;
  /** The axes of the fitted curve. @type {import("./charts/axes.js").FitAxes | null} */
  #axes = null;
  /** @type {{ fit: FitChart, place: ChartArea, loss: RunLosses } | null} */
  #charts = null;
  /** Where the teacher looks, for whoever watches. @type {import("../types/protocol").RunPlace | null} */
  #place = null;
  #mirror = isWatching ? new Mirror((look) => this.#look(look)) : null;
  #rate = new DrawRate(matchMedia("(prefers-reduced-motion: reduce)"), (now) => this.#draw(now));
  #session = new Session(
    RUNS,
    (message) => this.#receive(message),
    (run) => (run === this.state.run?.id ? this.state.losses.length + 1 : 1),
  );
  #past = new PastPanel(
    byId("past"),
    (message) => this.#receive(message),
    (making, cancelled) => this.#session.adopt(making, cancelled),
    () => this.#rate.ask(),
  );

  constructor() {
    const bar = within(document, ".bar");
    this.#controls = new Controls(bar, {
      state: () => this.state,
      send: (message) => this.#command(message),
      choose: (pace) => this.#receive({ type: "paced", pace }),
    });
    this.#address = new Address(defaults, (patch) => this.#goBack(patch));
    this.#inside = new Inside({
      send: (message) => this.#command(message),
      mend: (remedy) => this.#mend(remedy),
      light: (change) => this.#receive({ type: "lit", change }),
      view: (change) => this.#receive({ type: "viewed", change }),
      ask: (at) => this.#rate.ask(at),
    });
    const settings = new Settings(byId("stage"), (config) => this.#update(config));
    const trouble = new TroublePanel(byId("trouble"), byId("play"), (remedy) => this.#mend(remedy));
    const menu = new CompareMenu(byId("compare-menu", HTMLDetailsElement), defaults);
    const experiments = new Experiments(defaults, (config) =>
      this.#mend({ patch: { ...config }, reset: true }),
    );
    const figure = /** @type {HTMLElement} */ (byId("fit").closest("figure"));
    this.#points = new PointEditor(figure, (points) =>
      this.#command({ type: "update", config: { data: { points } } }),
    );
    const log = bindChoice(byId("log", HTMLInputElement), (on) =>
      this.#receive({ type: "viewed", change: { log: on } }),
    );
    this.#views = [
      this.#controls,
      { draw: ({ view }) => log(view.log) },
      settings,
      this.#dataView(),
      trouble,
      experiments,
      menu,
      ...this.#codeViews(),
      // In a frame the address is nobody's, and *Back* is that of the page around.
      ...(embedded === null ? [this.#address, this.#roomView()] : [lessonView()]),
    ];
    const free = freeSettings(location.search);
    if (free !== null) hideFixed(free);
    byId("own-run").addEventListener("click", () => this.#createOwn());
    bindKeys({
      " ": () => this.#controls.toggle(),
      ArrowRight: () => this.#controls.step(),
      l: () => this.#inside.nextLine(),
      r: () => this.#controls.reset(),
      c: () => menu.open(),
    });
  }

  #dataView() {
    const update = (/** @type {Record<string, import("../types/protocol").JsonValue>} */ config) =>
      this.#update(config);
    const shelf = new DataShelf(
      update,
      () => mayChange(this.state),
      () => this.state.run?.config,
    );
    return new DataSettings(shelf.formulas, update);
  }

  #roomView() {
    const room = new RoomBar();
    const draw = when(
      (/** @type {State} */ { run, past, lines }) => [
        run?.id ?? null,
        past?.step ?? null,
        lines.length || null,
      ],
      (id, past, moment) => {
        if (id !== null) room.shows({ kind: "run", run: id, place: { past, moment } });
      },
    );
    return { draw };
  }

  #codeViews() {
    const panel = byId("code");
    const code = new ScriptPanel();
    new ScriptEditor({ current: () => code.text, use: (config) => this.#update({ ...config }) });
    const sources = {
      state: () => this.state,
      script: () => code.text,
      permalink: () => this.#address.permalink(this.state),
      changes: () => (this.state.run ? changes(this.state.run.config, defaults) : {}),
    };
    return [code, new Exports(panel, sources, (text) => this.#announcer.tell(text, performance.now()))];
  }

  start() {
    const { run, settings } = this.#address.current;
    this.#session.start(run, settings && nested(settings));
    chartsDrawable(byId("fit")).then(() => this.#beginCharts());
    this.#rate.ask();
  }

  #beginCharts() {
    const ask = (/** @type {number} */ at = 0) => this.#rate.ask(at);
    const theme = new Theme(ask);
    const [place, losses, norms] = ["fit", "loss", "norms"].map((id) => new ChartArea(byId(id), theme, ask));
    this.#charts = {
      place,
      fit: new FitChart(place, { testKey: byId("fit-test") }),
      loss: new RunLosses(losses, byId("loss-legend"), ask),
    };
    this.#past.begin(norms);
    ask();
  }

  /** Looks where the teacher does. @param {import("./room/mirror.js").Look} look */
  #look({ screen }) {
    if (screen.kind !== "run") return;
    const told = screen.place.moment !== null;
    if (told !== (this.#place?.moment != null))
      byId(told ? "slow-motion" : "stage").scrollIntoView({ block: told ? "end" : "start" });
    this.#place = screen.place;
    this.#rate.ask();
  }

  /** Follows the teacher to an earlier step and back, and tells when all that is to be seen is. */
  #follow() {
    const { past, link, snapshot } = this.state;
    if (this.#mirror === null || this.#place === null) return;
    if (link === "open" && (past?.step ?? null) !== this.#place.past) {
      this.#past.look(this.#place.past);
      return;
    }
    const isSeen = snapshot !== null && this.#charts !== null && (past === null || past.snapshot !== null);
    if (isSeen || ["gone", "refused", "stale"].includes(link)) this.#mirror.ready();
  }

  /** A run with the settings of the one that is shown; else, unless they were refused, of the address. */
  #createOwn() {
    const { settings } = this.#address.current;
    const wanted = this.state.link === "refused" || settings === null ? {} : nested(settings);
    this.#session.create(this.state.run?.config ?? wanted);
  }

  /** @param {Message} message */
  #receive(message) {
    const before = this.state;
    this.state = reduce(before, message);
    const { link, incomplete, pace } = this.state;
    if (link === "stale") this.#session.close();
    else if (incomplete) this.#session.reopen();
    if (pace !== before.pace) rememberPace(pace);
    if (message.type === "viewed") rememberView(message.change);
    if (this.state === before) return;
    this.#past.follow(this.state);
    this.#rate.ask();
  }

  /** @param {import("../types/protocol").ClientMessage} message */
  #command(message) {
    this.#receive({ type: "commanded", command: message });
    this.#session.send(message);
  }

  /** @param {Record<string, import("../types/protocol").JsonValue>} config a merge patch */
  #update(config) {
    // Points that were dragged and wait to be sent are not to take the place of other ones that are chosen now.
    if (valueAt(config, "data.points") !== undefined) this.#points.forget();
    this.#command({ type: "update", config });
  }

  /** Settings from before; a run that cannot go on begins anew with them. @param {Record<string, any>} patch */
  #goBack(patch) {
    const stuck = ["diverged", "failed"].includes(this.state.run?.status ?? "");
    if (this.state.control) this.#mend({ patch, reset: stuck });
  }

  /** @param {import("./run/trouble.js").Remedy} remedy */
  #mend({ patch, reset }) {
    if (patch === null) this.#session.retry();
    else if (Object.keys(patch).length > 0) this.#update(patch);
    if (reset) this.#command({ type: "reset" });
  }

  /**
   * Draws the newest state; what came between two frames is skipped, but for its losses.
   *
   * @param {number} now
   * @returns {boolean} whether there was anything new
   */
  #draw(now) {
    const { state } = this;
    const fresh = state !== this.#drawn;
    if (fresh) {
      for (const view of this.#views) view.draw(state);
      this.#speak(state, now);
      this.#drawn = state;
      this.#shown = shown(state);
    }
    this.#scores.draw(this.#shown);
    this.#drawCharts(now);
    this.#past.draw(state);
    this.#inside.draw(this.#shown, now);
    if (fresh) this.#session.acknowledge();
    this.#follow();
    return fresh;
  }

  /** @param {number} now */
  #drawCharts(now) {
    if (this.#charts === null) return;
    const { fit, place, loss } = this.#charts;
    this.#axes = fitAxes(this.#shown, this.#axes);
    fit.draw(this.#shown, this.#axes);
    this.#points.draw(this.#shown, { ...this.#axes, ...place.area });
    loss.draw(this.state, now);
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #speak(state, now) {
    const before = this.#drawn;
    const [then, nows] = [before, state].map(({ link, run, problem, past }) => [
      link,
      run?.status,
      problem,
      Boolean(past?.snapshot),
    ]);
    const turned = changed(then, nows);
    if (turned) {
      const reasons = state.problem?.errors.map(({ message }) => message) ?? [];
      const { why = null, advice = null } = troubleOf(state) ?? {};
      const words = [describe(state).text, why, advice, ...reasons].filter(Boolean);
      this.#announcer.tell(words.join(" "), now);
    } else if (state.run && state.past === null && state.snapshot !== before.snapshot) {
      const { step } = state.run;
      const loss = lossText(state.snapshot?.loss ?? null);
      this.#announcer.mention(() => t("Step {step}, loss {loss}.", { step, loss }), now);
    }
    const still = state.run?.status !== "playing" && state.spotlight === before.spotlight;
    if (turned || still || state.past !== before.past) this.#words.draw(state);
  }
}

export const page = new TrainingPage();
page.start();
