// @ts-check
/** One program on the page with everything the server tells of it. There are two when programs are compared. */

import { Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
import { namesIn } from "../page/python.js";
import { ChainView } from "./gradients/chain.js";
import { NudgeView } from "./gradients/nudge.js";
import { Cards } from "./gradients/tensor-cards.js";
import { WeightsView } from "./gradients/weights.js";
import { GraphView } from "./graph/graph.js";
import { bindLights } from "./lights.js";
import { momentAt } from "./playback/moments.js";
import { Player } from "./playback/player.js";
import { stopped } from "./playback/telling.js";
import { Editor } from "./program/editor.js";
import { edited } from "./program/edits.js";
import { Outcome } from "./program/outcome.js";

/** @typedef {import("../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../types/protocol").TextEdit} TextEdit */
/** @typedef {import("../run/words.js").Words} Words */
/** @typedef {import("./program/derive.js").Turns} Turns */

/** How long nothing must be typed until the program runs by itself, and how often while weights are dragged. */
const PAUSE = 450;
const RATE = 250;

export class Bench {
  #root;
  #turns;
  #onState;
  #outcome;
  #cards;
  #chain;
  #weights;
  #nudge;
  /** @type {Derivation | null} */
  #derivation = null;
  /** Ends the run under way when another begins, so that a stale answer is never shown. */
  #underWay = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  /** The program that is shown, and what an edit of the page's own last made of it. */
  #program = "";
  #own = "";
  /** Whether the program runs by itself while it is typed. */
  live = true;

  /**
   * @param {HTMLElement} root
   * @param {Turns} turns
   * @param {{ onChange: () => void, onState: (words: Words, derivation?: Derivation) => void }} actions
   */
  constructor(root, turns, { onChange, onState }) {
    /** @param {string} name */
    const place = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-place="${name}"]`));
    this.#root = root;
    this.#turns = turns;
    this.#onState = onState;
    this.editor = new Editor(place("editor"), () => {
      onChange();
      this.#changed();
    });
    /** @param {{ edits: TextEdit[] }} fix */
    const fix = ({ edits }) => this.#edit(edits);
    this.#outcome = new Outcome(
      {
        printed: place("printed"),
        note: place("printed-note"),
        chance: place("chance"),
        troubles: place("troubles"),
      },
      fix,
    );
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("card"));
    this.#cards = new Cards(place("cards"), template, fix);
    this.graph = new GraphView({
      frame: /** @type {SVGSVGElement} */ (/** @type {Element} */ (place("graph"))),
      words: place("graph-words"),
      empty: place("graph-empty"),
      legend: place("graph-legend"),
      tools: place("graph-tools"),
    });
    this.#chain = new ChainView(place("chain"));
    this.#weights = new WeightsView(place("weights"), (edit) => this.#edit([edit], RATE));
    this.#nudge = new NudgeView(place("nudge"));
    this.player = new Player(place("player"), (count, flow) => this.#at(count, flow));
    bindLights(root);
  }

  /** @param {string} program taken over and run */
  load(program) {
    this.editor.value = program;
    this.run();
  }

  /**
   * Runs the program in the editor; a run already under way is given up.
   *
   * @param {{ typed?: boolean }} [options] typed: while it is being written, so it need not be whole
   */
  async run({ typed = false } = {}) {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#underWay.abort();
    this.#underWay = new AbortController();
    const { signal } = this.#underWay;
    const program = this.editor.value;
    this.#root.ariaBusy = "true";
    this.#onState({ tone: "busy", text: t("Running…") });
    try {
      const derivation = await this.#turns.derive(program, signal, (reason) =>
        this.#onState({ tone: "wait", text: reason }),
      );
      if (signal.aborted) return;
      this.#show(derivation, program, typed);
    } catch (error) {
      if (signal.aborted) return;
      this.#onState({ tone: "bad", text: refusal(error) });
    }
    this.#root.ariaBusy = "false";
  }

  /**
   * @param {Derivation} derivation
   * @param {string} program
   * @param {boolean} typed
   */
  #show(derivation, program, typed) {
    const { error, warnings, graph } = derivation;
    this.editor.mark(error);
    // Half a line is no program: what the whole one did stays until there is another.
    const unread = typed && graph === null && error !== null && this.#derivation !== null;
    this.#root.toggleAttribute("data-stale", unread);
    if (unread) {
      this.#outcome.showTroubles(error, warnings, program);
      this.#onState({ tone: "bad", text: stopped(error.line) });
      return;
    }
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
    if (error === null) this.#onState({ tone: "done", text: t("Done.") }, derivation);
    else this.#onState({ tone: "bad", text: stopped(error.line) });
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
  }

  #changed() {
    if (this.editor.value === this.#own) return;
    this.#underWay.abort();
    clearTimeout(this.#soon);
    this.#soon = this.live ? setTimeout(() => this.run({ typed: true }), PAUSE) : undefined;
  }

  /**
   * Edits the program that is shown, and runs it.
   *
   * @param {TextEdit[]} edits
   * @param {number} [wait] in ms; of edits that follow each other more closely, one run shows all
   */
  #edit(edits, wait = 0) {
    const { value } = this.editor;
    // Edits are of the program that ran. If another one has been typed since, that has to run first.
    if (value === this.#program || value === this.#own) {
      this.#own = edited(this.#program, edits);
      this.editor.rewrite(this.#own);
    }
    this.#soon ??= setTimeout(() => this.run(), wait);
  }
}

/** @param {unknown} error */
function refusal(error) {
  if (error instanceof Refusal) return error.message;
  if (error instanceof DOMException) return t("The server did not answer in time. Press Run to try again.");
  return t("The server cannot be reached. Press Run to try again.");
}
