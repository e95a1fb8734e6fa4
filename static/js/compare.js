// @ts-check
/** The page of comparisons: what arrives changes the state, and an animation frame draws the newest one. */

import "./chrome.js";
import { ChartArea, NARROW } from "./charts/chart-area.js";
import { chartsDrawable } from "./charts/chart-loading.js";
import { Theme } from "./charts/theme.js";
import { Chooser } from "./compare/chooser.js";
import { comparedBy, parseQuery, query, requestOf } from "./compare/comparison-address.js";
import { COMPARISONS } from "./compare/comparison-requests.js";
import { hasEnded, INITIAL, lossesFrom, reduce } from "./compare/comparison-state.js";
import { describeComparison, reasonsOf, remark } from "./compare/comparison-words.js";
import { MemberCards } from "./compare/member-cards.js";
import { MemberLosses } from "./compare/member-losses.js";
import { namesOf } from "./compare/member-names.js";
import { Controls } from "./controls/bar.js";
import { tellLesson } from "./lesson/told.js";
import { Announcer } from "./page/announcer.js";
import { changed } from "./page/changes.js";
import { bindChoice } from "./page/choice.js";
import { byId, within } from "./page/dom.js";
import { DrawRate } from "./page/draw-rate.js";
import { embedded, embeddedAddress, isWatching } from "./page/embedded.js";
import { bindKeys } from "./page/keys.js";
import { Mirror } from "./room/mirror.js";
import { RoomBar } from "./room/room-bar.js";
import { changes } from "./run/config.js";
import { rememberedPace, rememberPace } from "./run/pace.js";
import { Session } from "./run/session.js";
import { PLAIN, rememberedView, rememberView } from "./run/view.js";

/** @typedef {import("./compare/comparison-state.js").Comparison} Comparison */
/** @typedef {import("./compare/comparison-address.js").Compared} Compared */

/** @param {string} id */
const data = (id) => JSON.parse(byId(id).textContent ?? "");

/** @type {import("./run/config.js").Defaults} */
const defaults = data("defaults");
/** @type {import("./compare/chooser.js").Offer[]} */
const comparisons = data("comparisons");

/** The first comparison on offer, with the lesson's settings. */
const LESSON = comparedBy(/** @type {{ vary: object[] }} */ (comparisons[0]));

class ComparePage {
  /** What is known now, the losses of every run included. */
  state = {
    ...INITIAL,
    together: {
      ...INITIAL.together,
      pace: rememberedPace(),
      view: { ...PLAIN, log: true, ...rememberedView() },
    },
  };
  #log = bindChoice(byId("log", HTMLInputElement), (log) =>
    this.#receive({ type: "viewed", change: { log } }),
  );
  #announcer = new Announcer(byId("live"));
  #controls;
  #chooser;
  #cards;
  /** @type {MemberLosses | null} */
  #loss = null;
  /** @type {Compared} */
  #compared;
  /** @type {string[]} */
  #names = [];
  /** @type {Comparison} */
  #drawn = INITIAL;
  #room = embedded === null ? new RoomBar() : null;
  /** Whether it was told what to show. */
  #told = false;
  #mirror = isWatching
    ? new Mirror(() => {
        this.#told = true;
        this.#rate.ask();
      })
    : null;
  #rate = new DrawRate(matchMedia("(prefers-reduced-motion: reduce)"), (now) => this.#draw(now));
  #session = new Session(
    COMPARISONS,
    (message) => this.#receive(message),
    () => lossesFrom(this.state),
  );

  constructor() {
    const bar = within(document, ".bar");
    this.#controls = new Controls(
      bar,
      {
        state: () => this.state.together,
        send: (message) => this.#command(message),
        choose: (pace) => this.#receive({ type: "paced", pace }),
      },
      () => describeComparison(this.state),
    );
    this.#chooser = new Chooser(byId("comparison"), comparisons, defaults, (compared) => this.#go(compared));
    this.#cards = new MemberCards(byId("members"), byId("member", HTMLTemplateElement));
    this.#compared = this.#wanted();
    byId("own-run").addEventListener("click", () => this.#createOwn());
    addEventListener("popstate", () => {
      if (parseQuery(location.search, defaults).id !== this.state.id) location.reload();
    });
    bindKeys({
      " ": () => this.#controls.toggle(),
      ArrowRight: () => this.#controls.step(),
      r: () => this.#controls.reset(),
    });
  }

  /** What the address asks for; the lesson's comparison where it names none. @returns {Compared} */
  #wanted() {
    const { common, vary } = parseQuery(location.search, defaults);
    return { common, vary: vary.length > 0 ? vary : LESSON.vary };
  }

  /** Makes the same comparison for this tab; the lesson's if the server refused it. */
  #createOwn() {
    if (this.state.together.link === "refused") this.#go(LESSON);
    else this.#session.create(requestOf(this.#compared));
  }

  start() {
    const { id } = parseQuery(location.search, defaults);
    this.#chooser.draw(this.#compared);
    // Going back to a comparison that this tab has left for another makes it again.
    const left = history.state?.own === true && id !== COMPARISONS.owned.newest?.id;
    this.#session.start(left ? null : id, requestOf(this.#compared));
    chartsDrawable(byId("loss")).then(() => this.#beginCharts());
    this.#rate.ask();
  }

  #beginCharts() {
    const ask = (/** @type {number} */ at = 0) => this.#rate.ask(at);
    const theme = new Theme(ask);
    const place = new ChartArea(byId("loss"), theme, ask, { ...NARROW, l: 3.6, r: 1.8 });
    const places = { legend: byId("loss-lines"), table: byId("loss-table") };
    this.#loss = new MemberLosses(place, places, ask);
    this.#cards.begin(theme, ask);
    ask();
  }

  /** Another comparison is another page: it can be gone back from, and reloaded. @param {Compared} compared */
  #go(compared) {
    location.assign(embeddedAddress(`${location.pathname}${query(null, compared)}`));
  }

  /** @param {import("./compare/comparison-state.js").ServerMessage | import("./run/state.js").PageMessage} message */
  #receive(message) {
    const before = this.state;
    this.state = reduce(before, message);
    const { link, incomplete, pace } = this.state.together;
    if (link === "stale") this.#session.close();
    else if (incomplete) this.#session.reopen();
    else if (message.type === "started") this.#begin(before.id);
    if (pace !== before.together.pace) rememberPace(pace);
    if (message.type === "viewed") rememberView(message.change);
    this.#rate.ask();
  }

  /**
   * Shows what the server compares, in the names, the links and the address, whatever the address asked for.
   *
   * @param {string | null} before the comparison that this page showed
   */
  #begin(before) {
    const { id, runs, vary, together } = this.state;
    const configs = runs.flatMap(({ run }) => (run ? [run.config] : []));
    this.#names = namesOf(configs.map((config, i) => ({ config, vary: vary[i] ?? {} })));
    const [first] = configs;
    const address = parseQuery(location.search, defaults);
    const common = address.vary.length > 0 || !first ? this.#compared.common : changes(first, defaults);
    this.#compared = { common, vary: comparedBy({ vary }).vary };
    // Back leads to the comparison before, unless this one took its place because it is gone.
    const another = before !== null && before !== id && !together.remade;
    const write = another ? history.pushState : history.replaceState;
    // In a frame the address is nobody's, and *Back* is that of the page around.
    if (embedded === null) write.call(history, { own: together.control }, "", query(id, this.#compared));
    this.#chooser.draw(this.#compared);
  }

  /** @param {import("../types/protocol").ClientMessage} message */
  #command(message) {
    // Runs that are compared cannot be changed; with another seed they are another comparison.
    if (message.type === "update") {
      const { common, vary } = this.#compared;
      this.#go({ common: { ...common, ...message.config }, vary });
      return;
    }
    this.#receive({ type: "commanded", command: message });
    this.#session.send(message);
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
      this.#controls.draw(state.together);
      this.#log(state.together.view.log);
      this.#cards.draw(state.runs, this.#names);
    }
    this.#cards.drawCurves(state.runs);
    this.#loss?.draw(state, this.#names, now);
    if (fresh) {
      this.#speak(state, now);
      this.#drawn = state;
      this.#session.acknowledge();
      const { id, runs } = state;
      if (embedded === "own") {
        const ids = runs.flatMap(({ run }) => (run ? [run.id] : []));
        tellLesson({ lesson: "runs", runs: ids, ended: ids.length > 0 && runs.every(hasEnded), points: [] });
      }
      if (id !== null)
        this.#room?.shows({ kind: "comparison", comparison: id, place: { past: null, moment: null } });
    }
    const isSeen =
      state.runs.length > 0 && state.runs.every(({ snapshot }) => snapshot) && this.#loss !== null;
    if (this.#told && (isSeen || ["gone", "refused", "stale"].includes(state.together.link)))
      this.#mirror?.ready();
    return fresh;
  }

  /**
   * @param {Comparison} state
   * @param {number} now
   */
  #speak(state, now) {
    const { together, runs } = state;
    const before = this.#drawn;
    const fallen = runs.flatMap((run, i) => {
      const fell = hasEnded(run) && before.runs[i] && !hasEnded(before.runs[i]);
      return fell ? reasonsOf(run).map((reason) => `${this.#names[i]}: ${reason}`) : [];
    });
    const [then, nows] = [before.together, together].map(({ link, run, problem }) => [
      link,
      run?.status,
      problem,
    ]);
    const turned = fallen.length > 0 || changed(then, nows);
    if (turned) {
      const reasons = together.problem?.errors.map(({ message }) => message) ?? [];
      this.#announcer.tell([...fallen, describeComparison(state).text, ...reasons].join(" "), now);
    } else this.#announcer.mention(() => remark(state, this.#names), now);
    if (turned || together.run?.status !== "playing") {
      this.#cards.tell(runs);
      this.#loss?.tell(state, this.#names);
    }
  }
}

export const page = new ComparePage();
page.start();
