// @ts-check
/** A program that runs live on the page: its connection, its state, its panel, and what the reader does with it. */

import { copiedWords, copy } from "../../page/clipboard.js";
import { Refusal } from "../../page/http.js";
import { t } from "../../page/i18n.js";
import { tab } from "../../page/memory.js";
import { UnknownShape } from "../../page/record.js";
import { isDerivation } from "../program/derivation.js";
import { IDLE, reduce } from "./live-state.js";
import { LiveView, phaseWords } from "./live-view.js";
import { OtherVersion, ProgramStream } from "./program-stream.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").ProgramClientMessage} ProgramClientMessage */
/** @typedef {import("../../../types/protocol").RoundExplained} RoundExplained */
/** @typedef {import("./live-state.js").LiveMessage} LiveMessage */
/** @typedef {import("./live-state.js").LiveState} LiveState */
/** @typedef {import("./live-state.js").Moment} Moment */

/**
 * @typedef {object} Heard
 * @property {(state: LiveState) => void} changed
 * @property {(derivation: Derivation, moment: Moment) => void} explained
 * @property {(tone: import("../../run/words.js").Tone, text: string) => void} say
 */

/** @typedef {{ resolve: (derivation: Derivation) => void, reject: (error: unknown) => void }} Waiting */

export class LiveRun {
  #key;
  #heard;
  #view;
  /** @type {LiveState} */
  #state = IDLE;
  /** Who waits for the program's end. @type {Waiting | null} */
  #waiting = null;
  /** The program that runs anew if the one that is asked for is gone. @type {string | null} */
  #otherwise = null;
  /** The program was asked for, and has not begun. */
  #opening = false;
  /** The round whose explanation this page waits for. @type {Moment | null} */
  #asked = null;
  #stream = new ProgramStream({
    receive: (message) => this.#receive(message),
    link: (isUp) => {
      this.#opening = !isUp;
      this.#change({ type: "link", isUp });
    },
    lost: (error) => this.#fail(error instanceof OtherVersion ? new UnknownShape() : error),
  });

  /** @param {HTMLElement} root @param {Heard} heard */
  constructor(root, heard) {
    this.#key = `${root.id}-program`;
    this.#heard = heard;
    this.#view = new LiveView(root, {
      pause: () => this.#stream.send({ type: this.#state.phase === "paused" ? "resume" : "pause" }),
      round: () => this.#stream.send({ type: "round" }),
      stop: () => this.#stream.send({ type: "stop" }),
      speed: (rounds_per_second) => this.#stream.send({ type: "speed", rounds_per_second }),
      link: () => this.#copyLink(),
      look: (past) => this.#change({ type: "look", past }),
      explain: ({ loop, round }) => {
        heard.say("busy", t("Running up to round {round}…", { round }));
        this.#asked = { loop, round };
        this.#change({ type: "look", past: this.#asked });
        this.#stream.send({ type: "explain", loop, round });
      },
    });
  }

  /**
   * Runs a program; one that this tab began and that still runs is followed again.
   *
   * @param {string} program
   * @param {AbortSignal} signal ends it
   * @param {import("../program/derive.js").GoesOn | null} [known] it runs, and is followed from now on
   * @returns {Promise<Derivation>}
   */
  run(program, signal, known = this.#remembered(program)) {
    /** @type {ProgramClientMessage} */
    const first = known
      ? { type: "watch", id: known.id, owner_token: known.owner_token }
      : { type: "run", program };
    if (!known) this.#forget();
    this.#otherwise = known ? program : null;
    return this.#begin(first, signal);
  }

  /** Whether this tab began a program that may still run. @param {string} program */
  remembers(program) {
    return this.#remembered(program) !== null;
  }

  /**
   * Watches somebody's program.
   *
   * @param {string} id
   * @param {AbortSignal} signal
   */
  watch(id, signal) {
    this.#forget();
    this.#otherwise = null;
    return this.#begin({ type: "watch", id }, signal);
  }

  get state() {
    return this.#state;
  }

  /** Ends looking back, so that no round of a program stays on the page without its panel. */
  leave() {
    if (this.#state.past !== null) this.#change({ type: "look", past: null });
    this.#asked = null;
  }

  /** Takes what is shown off the page. */
  clear() {
    this.#forget();
    this.#change({ type: "forget" });
    this.#stream.close();
  }

  /** @param {ProgramClientMessage} first @param {AbortSignal} signal @returns {Promise<Derivation>} */
  #begin(first, signal) {
    const token = first.type === "watch" ? (first.owner_token ?? null) : null;
    this.#state = first.type === "watch" ? { ...IDLE, id: first.id, token } : IDLE;
    this.#opening = true;
    const ended = new Promise((/** @type {(value: Derivation) => void} */ resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const waiting = this.#waiting;
    signal.addEventListener("abort", () => {
      if (this.#waiting !== waiting) return;
      this.#waiting = null;
      if (this.#state.control && this.#state.phase !== "finished") this.#stream.send({ type: "stop" });
      this.#forget();
      waiting?.reject(signal.reason);
    });
    this.#stream.begin(first, () => this.#again(first));
    return ended;
  }

  /** @param {ProgramClientMessage} first @returns {ProgramClientMessage | null} */
  #again(first) {
    const { id, token, reason } = this.#state;
    if (id === null) return this.#waiting === null ? null : first;
    if (reason === "gone") return null;
    return { type: "watch", id, ...(token === null ? {} : { owner_token: token }) };
  }

  /** @param {import("../../../types/protocol").ProgramMessage} message */
  #receive(message) {
    if (message.type === "failed") {
      this.#refused(message.problem);
      return;
    }
    if (message.type === "explained") {
      this.#explained(message);
      return;
    }
    this.#change(message);
    if (message.type === "started") {
      this.#opening = false;
      this.#otherwise = null;
      this.#remember();
    }
    if (message.type === "finished") {
      this.#forget();
      if (isDerivation(message.derivation)) this.#waiting?.resolve(message.derivation);
      else this.#waiting?.reject(new UnknownShape());
      this.#waiting = null;
    }
  }

  /** One that this page did not ask for is told again after a lost connection. @param {RoundExplained} message */
  #explained({ loop, round, derivation }) {
    const asked = this.#asked?.loop === loop && this.#asked.round === round;
    if (this.#state.control && !asked) return;
    this.#asked = null;
    if (isDerivation(derivation)) this.#heard.explained(derivation, { loop, round });
  }

  /** @param {import("../../../types/protocol").Problem} problem */
  #refused(problem) {
    const refusal = new Refusal(problem, 1);
    if (this.#opening && this.#otherwise !== null) {
      this.#state = IDLE;
      this.#stream.send({ type: "run", program: this.#otherwise });
      this.#otherwise = null;
    } else if (this.#opening) this.#fail(refusal);
    else {
      this.#asked = null;
      this.#heard.say("bad", problem.detail);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#forget();
    this.#change({ type: "gone" });
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  /** @param {LiveMessage} message */
  #change(message) {
    const before = this.#state;
    this.#state = reduce(before, message);
    this.#view.show(this.#state);
    this.#heard.changed(this.#state);
    const { phase, isUp } = this.#state;
    if (phase === "finished" || phase === "idle" || before.phase === "idle") return;
    if (phase !== before.phase || isUp !== before.isUp)
      this.#heard.say(phase === "paused" ? "still" : "busy", phaseWords(this.#state));
  }

  async #copyLink() {
    const { id } = this.#state;
    if (id === null) return;
    const link = new URL(`#watch=${id}`, location.href).href;
    this.#heard.say(this.#state.phase === "paused" ? "still" : "busy", copiedWords(await copy(link)));
  }

  #remember() {
    const { id, token: owner_token, program, control } = this.#state;
    if (control) tab.set(this.#key, JSON.stringify({ id, owner_token, program }));
  }

  #forget() {
    tab.set(this.#key, "");
  }

  /** @param {string} program @returns {import("../program/derive.js").GoesOn | null} */
  #remembered(program) {
    try {
      const known = JSON.parse(tab.get(this.#key) || "null");
      return known !== null && known.program === program && known.id && known.owner_token ? known : null;
    } catch {
      return null;
    }
  }
}
