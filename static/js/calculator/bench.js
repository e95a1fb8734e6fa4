// @ts-check
/** A program on the page with all results the server gives for it. There are two when programs are compared. */

import { byId, within } from "../page/dom.js";
import { Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
import { namesIn } from "../page/python.js";
import { UnknownShape } from "../page/record.js";
import { ChainView } from "./gradients/chain.js";
import { NudgeView } from "./gradients/nudge.js";
import { Cards } from "./gradients/tensor-cards.js";
import { WeightsView } from "./gradients/weights.js";
import { GraphView } from "./graph/graph.js";
import { bindLights } from "./lights.js";
import { LiveRun } from "./live/live-run.js";
import { isWatchable, printedThen } from "./live/live-state.js";
import { momentAt } from "./playback/moments.js";
import { Player } from "./playback/player.js";
import { stopped } from "./playback/telling.js";
import { Editor } from "./program/editor.js";
import { edited } from "./program/edits.js";
import { Outcome } from "./program/outcome.js";

/** @typedef {import("../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../types/protocol").TextEdit} TextEdit */
/** @typedef {import("../run/words.js").Words} Words */
/** @typedef {import("./live/live-state.js").LiveState} LiveState */
/** @typedef {import("./live/live-state.js").Moment} Moment */
/** @typedef {import("./program/derive.js").Turns} Turns */

/** The pause in typing after which the program runs by itself, in ms. */
const PAUSE = 450;
/** How long chosen weights wait until they are written into the program, in ms. */
const RATE = 250;

export class Bench {
  #root;
  #turns;
  #onState;
  #onLook;
  #outcome;
  #cards;
  #chain;
  #weights;
  #nudge;
  #live;
  /** What is shown, and the program it was derived from. @type {Derivation | null} */
  #derivation = null;
  #program = "";
  /** Whether that is the explanation of one round. */
  #isRound = false;
  /** Ends the request of the run under way, so that its answer is never shown. */
  #request = new AbortController();
  #running = false;
  /** Whether the program was edited since a run last began. */
  #edited = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  /** Whether the program runs by itself while it is typed. */
  live = true;

  /**
   * @param {HTMLElement} root
   * @param {Turns} turns
   * @param {{ onChange: () => void, onState: (words: Words, derivation?: Derivation) => void, onLook?: () => void }} actions
   *   onLook: the playback stands at another step, or another result is shown
   */
  constructor(root, turns, { onChange, onState, onLook = () => {} }) {
    /** @param {string} name */
    const place = (name) => within(root, `[data-place="${name}"]`);
    this.#root = root;
    this.#turns = turns;
    this.#onState = onState;
    this.#onLook = onLook;
    this.editor = new Editor(place("editor"), () => {
      onChange();
      this.#changed();
    });
    this.#outcome = new Outcome(
      {
        printed: place("printed"),
        note: place("printed-note"),
        chance: place("chance"),
        troubles: place("troubles"),
      },
      ({ edits }, program) => this.#edit(edits, program),
    );
    this.#cards = new Cards(place("cards"), byId("tensor-card", HTMLTemplateElement), ({ edits }) =>
      this.#edit(edits, this.#program),
    );
    this.graph = new GraphView({
      frame: within(root, '[data-place="graph"]', SVGSVGElement),
      words: place("graph-words"),
      empty: place("graph-empty"),
      legend: place("graph-legend"),
      tools: place("graph-tools"),
    });
    this.#chain = new ChainView(place("chain"));
    this.#weights = new WeightsView(place("weights"), () => this.#chosen());
    this.#nudge = new NudgeView(place("nudge"));
    this.player = new Player(place("player"), (count, flow) => this.#at(count, flow));
    this.#live = new LiveRun(place("live"), {
      changed: (state) => this.#followed(state),
      explained: (derivation, moment) => this.#explained(derivation, moment),
      say: (tone, text) => this.#onState({ tone, text, isHeard: true }),
    });
    bindLights(root);
  }

  /** @param {string} program replaces the one in the editor, and runs */
  load(program) {
    this.#weights.forget();
    this.editor.value = program;
    this.run();
  }

  /** What is shown and where its playback stands; null: nothing, or not what is in the editor. */
  get looked() {
    const { phase, id } = this.#live.state;
    const isLive = id !== null && phase !== "idle" && phase !== "finished";
    if (!isLive && (this.#derivation === null || this.editor.value !== this.#program)) return null;
    return {
      program: this.editor.value,
      live: isLive ? id : null,
      moment: isLive ? null : this.player.moment,
    };
  }

  /**
   * Shows a program with what torch made of it elsewhere.
   *
   * @param {string} program
   * @param {Derivation | null} derivation null: it was not run
   * @param {number | null} moment of the playback; null: its end
   */
  mirror(program, derivation, moment) {
    if (derivation !== null && derivation !== this.#derivation) {
      this.editor.value = program;
      this.#show(derivation, program, false);
    } else if (program !== this.editor.value) this.editor.value = program;
    this.#mark();
    if (derivation !== null && moment !== this.player.moment) this.player.look(moment);
  }

  /** Ends the run under way and the playback. */
  stop() {
    this.#cancel();
    this.player.pause();
    this.#mark();
  }

  /**
   * Runs the program in the editor. The answer to an earlier run is dropped.
   *
   * @param {{ typed?: boolean }} [options] typed: while it is being written, so it need not be whole
   */
  async run({ typed = false } = {}) {
    this.#cancel();
    this.#live.leave();
    const { signal } = this.#request;
    const program = this.editor.value;
    this.#running = true;
    this.#edited = false;
    this.#mark();
    this.#onState({ tone: "busy", text: t("Running…") });
    const wait = (/** @type {string} */ reason) => this.#onState({ tone: "wait", text: reason });
    const show = await this.#derive(program, signal, wait).then(
      (derivation) => () => this.#show(derivation, program, typed),
      (error) => () => this.#fail(error),
    );
    if (signal.aborted) return;
    this.#running = false;
    show();
    this.#followed(this.#live.state);
    this.#mark();
    if (this.#weights.chosen) this.#chosen();
  }

  /**
   * Runs a program, live where there may be something to watch. What then takes longer than a moment goes on so too, where
   * it is.
   *
   * @param {string} program
   * @param {AbortSignal} signal
   * @param {(reason: string) => void} wait
   */
  async #derive(program, signal, wait) {
    if (isWatchable(program) || this.#live.remembers(program)) return this.#live.run(program, signal);
    const answer = await this.#turns.derive(program, signal, wait);
    if ("owner_token" in answer) return this.#live.run(program, signal, answer);
    this.#live.clear();
    return answer;
  }

  /** Watches somebody's program that runs live. @param {string} id */
  async watch(id) {
    this.#cancel();
    const { signal } = this.#request;
    this.#running = true;
    this.#mark();
    this.#live.leave();
    const show = await this.#live.watch(id, signal).then(
      (derivation) => () => this.#show(derivation, this.editor.value, false),
      (error) => () => this.#fail(error),
    );
    if (signal.aborted) return;
    this.#running = false;
    show();
    this.#mark();
  }

  /** What a program that runs live has printed so far, or had at the round that is looked at. @param {LiveState} state */
  #followed(state) {
    if (state.phase === "idle") return;
    if (!state.control && this.editor.value !== state.program) this.editor.value = state.program;
    if (this.#isRound && state.past === null && state.derivation !== null) {
      this.#isRound = false;
      this.#draw(state.derivation, state.program);
    }
    if (state.phase !== "finished" || state.past !== null || state.derivation === this.#derivation)
      this.#outcome.showText(printedThen(state));
  }

  /** @param {Derivation} derivation @param {Moment} moment */
  #explained(derivation, { round }) {
    this.#show(derivation, this.#live.state.program, false);
    this.#isRound = true;
    if (derivation.error === null)
      this.#onState({ tone: "done", text: t("Round {round}, explained.", { round }) }, derivation);
  }

  #cancel() {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#request.abort();
    this.#request = new AbortController();
    this.#running = false;
  }

  /** Marks what is shown while another program runs or stands in the editor. */
  #mark() {
    const stale = this.#derivation !== null && this.editor.value !== this.#program;
    this.#root.ariaBusy = String(this.#running);
    this.#root.toggleAttribute("data-stale", stale && !this.#running);
  }

  /**
   * @param {Derivation} derivation
   * @param {string} program
   * @param {boolean} typed
   */
  #show(derivation, program, typed) {
    const { error, graph } = derivation;
    this.#isRound = false;
    this.editor.mark(error);
    // Half a line is no program: what the whole one did stays until there is another.
    if (typed && graph === null && error !== null && this.#derivation !== null) {
      this.#outcome.showText(this.#derivation.printed);
      this.#outcome.showTroubles(derivation, program);
      this.#onState({ tone: "bad", text: stopped(error.line) });
      return;
    }
    this.#draw(derivation, program);
    if (error === null) this.#onState({ tone: "done", text: t("Done.") }, derivation);
    else this.#onState({ tone: "bad", text: stopped(error.line) });
  }

  /** @param {Derivation} derivation @param {string} program */
  #draw(derivation, program) {
    const { error } = derivation;
    this.#derivation = derivation;
    this.#program = program;
    this.#outcome.show(derivation, program);
    this.#cards.show(derivation);
    this.graph.show(derivation);
    if (error?.line) this.graph.markNames(namesIn(program.split("\n")[error.line - 1] ?? ""));
    this.#chain.show(derivation);
    this.#weights.show(derivation);
    this.#nudge.show(derivation);
    this.player.show(derivation);
  }

  /** @param {unknown} error what the request threw */
  #fail(error) {
    const text = failure(error);
    if (error instanceof UnknownShape) this.#outcome.showReload(text);
    this.#onState({ tone: "bad", text });
  }

  /**
   * @param {number} count steps taken
   * @param {number} flow in ms
   */
  #at(count, flow) {
    const derivation = this.#derivation;
    if (derivation === null) return;
    const end = count >= derivation.steps.length;
    const moment = momentAt(derivation, count);
    this.graph.at(end ? null : moment, flow);
    this.#cards.at(moment, end);
    this.#outcome.upTo(end ? Number.POSITIVE_INFINITY : moment.printed);
    this.editor.light(end ? null : (moment.step?.line ?? null));
    this.#onLook();
  }

  #changed() {
    this.#weights.forget();
    this.#cancel();
    this.#mark();
    if (this.live) this.#soon = setTimeout(() => this.run({ typed: true }), PAUSE);
    else if (!this.#edited) this.#onState({ tone: "still", text: t("The program has changed. Press Run.") });
    this.#edited = true;
  }

  /**
   * Edits a program and runs it. Where another one has been typed since, that one only runs: the edits have no place
   * in it.
   *
   * @param {TextEdit[]} edits
   * @param {string} program
   */
  #edit(edits, program) {
    this.#edited = true;
    if (this.editor.value === program) this.editor.rewrite(edited(program, edits));
    this.run();
  }

  /** Weights were chosen: they wait for the run under way, and for others chosen soon after. */
  #chosen() {
    if (this.#running) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      const edit = this.#weights.takeEdit();
      if (edit) this.#edit([edit], this.#program);
    }, RATE);
  }
}

/** @param {unknown} error what a request threw */
function failure(error) {
  if (error instanceof Refusal) return error.message;
  if (error instanceof UnknownShape) return t("This page is from another version of the server. Reload it.");
  if (error instanceof DOMException) return t("The server did not answer in time. Press Run to try again.");
  return t("The server cannot be reached. Press Run to try again.");
}
