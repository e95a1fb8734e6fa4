// @ts-check
/** A program that runs live on the page: its connection, its state, its panel, and what the reader does with it. */

import { copiedWords, copy } from "../../page/clipboard.js";
import { Refusal } from "../../page/http.js";
import { t } from "../../page/i18n.js";
import { tab } from "../../page/memory.js";
import { UnknownShape } from "../../page/record.js";
import { isDerivation } from "../program/derivation.js";
import { IDLE, reduce } from "./live-state.js";
import { LiveView, liveWords } from "./live-view.js";
import { OtherVersion, ProgramStream } from "./program-stream.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").ProgramClientMessage} ProgramClientMessage */
/** @typedef {import("./live-state.js").LiveMessage} LiveMessage */
/** @typedef {import("./live-state.js").LiveState} LiveState */
/** @typedef {import("./live-state.js").Moment} Moment */

/**
 * @typedef {object} Heard
 * @property {(state: LiveState) => void} changed
 * @property {(derivation: Derivation, moment: Moment) => void} explained
 * @property {(text: string) => void} say
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
  #stream = new ProgramStream(
    (message) => this.#receive(message),
    (error) => this.#fail(error instanceof OtherVersion ? new UnknownShape() : error),
  );

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
        heard.say(t("Running up to round {round}…", { round }));
        this.#stream.send({ type: "explain", loop, round });
      },
    });
  }

  /**
   * Runs a program; one that this tab began and that still runs is followed again.
   *
   * @param {string} program
   * @param {AbortSignal} signal ends it
   * @returns {Promise<Derivation>}
   */
  run(program, signal) {
    const known = this.#remembered(program);
    /** @type {ProgramClientMessage} */
    const first = known
      ? { type: "watch", id: known.id, owner_token: known.token }
      : { type: "run", program };
    if (!known) this.#forget();
    this.#otherwise = known ? program : null;
    return this.#begin(first, signal);
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

  /** Takes what is shown off the page. */
  clear() {
    this.#forget();
    this.#change({ type: "forget" });
    this.#stream.close();
  }

  /** @param {ProgramClientMessage} first @param {AbortSignal} signal @returns {Promise<Derivation>} */
  #begin(first, signal) {
    this.#state = IDLE;
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
    const { id, token, phase } = this.#state;
    if (phase === "finished" || this.#waiting === null) return null;
    if (id === null) return first;
    return { type: "watch", id, ...(token === null ? {} : { owner_token: token }) };
  }

  /** @param {import("../../../types/protocol").ProgramMessage} message */
  #receive(message) {
    if (message.type === "failed") {
      this.#refused(message.problem);
      return;
    }
    if (message.type === "explained") {
      const { loop, round, derivation } = message;
      if (isDerivation(derivation)) this.#heard.explained(derivation, { loop, round });
      return;
    }
    this.#change(message);
    if (message.type === "started") this.#remember();
    if (message.type === "finished") {
      this.#forget();
      if (isDerivation(message.derivation)) this.#waiting?.resolve(message.derivation);
      else this.#waiting?.reject(new UnknownShape());
      this.#waiting = null;
    }
  }

  /** @param {import("../../../types/protocol").Problem} problem */
  #refused(problem) {
    const refusal = new Refusal(problem, 1);
    if (this.#state.id === null && this.#otherwise !== null) {
      this.#stream.send({ type: "run", program: this.#otherwise });
      this.#otherwise = null;
    } else if (this.#state.id === null) this.#fail(refusal);
    else this.#heard.say(problem.detail);
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#forget();
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  /** @param {LiveMessage} message */
  #change(message) {
    const before = this.#state;
    this.#state = reduce(before, message);
    this.#view.show(this.#state);
    this.#heard.changed(this.#state);
    const { phase } = this.#state;
    if (phase !== before.phase && (phase === "queued" || phase === "paused"))
      this.#heard.say(liveWords(this.#state));
  }

  async #copyLink() {
    const { id } = this.#state;
    if (id === null) return;
    const link = new URL(`#watch=${id}`, location.href).href;
    this.#heard.say(copiedWords(await copy(link)));
  }

  #remember() {
    const { id, token, program, control } = this.#state;
    if (control) tab.set(this.#key, JSON.stringify({ id, token, program }));
  }

  #forget() {
    tab.set(this.#key, "");
  }

  /** @param {string} program @returns {{ id: string, token: string } | null} */
  #remembered(program) {
    try {
      const known = JSON.parse(tab.get(this.#key) || "null");
      return known !== null && known.program === program && known.id && known.token ? known : null;
    } catch {
      return null;
    }
  }
}
