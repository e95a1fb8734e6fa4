// @ts-check
/** The calculator page: one program, or two side by side, and their results from the server. */

import "./chrome.js";
import { Bench } from "./calculator/bench.js";
import { Exercise } from "./calculator/exercise/exercise.js";
import { Builder } from "./calculator/program/builder.js";
import { Turns } from "./calculator/program/derive.js";
import { bindShare } from "./calculator/share/share.js";
import { bindPrograms, Diagnosis } from "./calculator/share/shelf.js";
import { tellLesson } from "./lesson/told.js";
import { Announcer } from "./page/announcer.js";
import { bindDialog } from "./page/dialogs.js";
import { byId, keepFocus } from "./page/dom.js";
import { embedded, isWatching } from "./page/embedded.js";
import { t } from "./page/i18n.js";
import { bindKeys } from "./page/keys.js";
import { browser, tab } from "./page/memory.js";
import { Newest } from "./page/newest.js";
import { drafted, fromFragment } from "./page/program-link.js";
import { Mirror } from "./room/mirror.js";
import { RoomBar } from "./room/room-bar.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */
/** @typedef {import("./run/words.js").Words} Words */
/** @typedef {import("./page/program-link.js").Programs} Programs */

const DRAFT = "programs";
const LIVE = "live";
/** The tones of an outcome, the most important first. Two programs together have the first that one of them has. */
const TONES = /** @type {const} */ (["busy", "wait", "bad", "done", "still"]);

class CalculatorPage {
  #exercise;
  #status = byId("status");
  #statusText = byId("status-text");
  #compare = byId("compare");
  #announcer = new Announcer(byId("live"));
  #places = [byId("bench"), byId("bench-b")];
  /** @type {Bench[]} */
  #benches;
  /** Whether the second bench is shown. */
  #comparing = false;
  /** Links being read: of several, only the newest is opened. */
  #links = new Newest();
  /** Which bench the keys and the menu are for: the one last touched. */
  #current = 0;
  #room = embedded === null ? new RoomBar() : null;
  /** The program that runs live and is watched. @type {string | null} */
  #watched = null;
  /** How the programs went. @type {Words[]} */
  #outcomes = this.#places.map(() => ({ tone: "still", text: "" }));

  constructor() {
    const turns = new Turns();
    this.#benches = this.#places.map((place, i) => {
      place.addEventListener("focusin", () => {
        this.#current = i;
      });
      return new Bench(place, turns, {
        onChange: () => this.#edited(),
        onState: (words, derivation) => this.#conclude(i, words, derivation),
        onLook: () => this.#looked(i),
      });
    });
    this.#exercise = this.#bindExercise();
    this.#bindControls();
    this.#bindShelves();
    if (isWatching) this.#mirror();
    else {
      addEventListener("hashchange", () => this.#openLink());
      this.#openLink(drafted(tab.get(DRAFT)) ?? this.programs);
    }
  }

  /** Shows what the teacher's page does, and runs nothing. */
  #mirror() {
    const [bench] = /** @type {[Bench, Bench]} */ (this.#benches);
    for (const field of document.querySelectorAll("textarea")) field.readOnly = true;
    const mirror = new Mirror(({ screen, derivation }) => {
      if (screen.kind !== "program") return;
      if (screen.live === null) {
        if (this.#watched !== null) bench.stop();
        bench.mirror(screen.program, derivation, screen.moment);
      } else if (screen.live !== this.#watched) bench.watch(screen.live);
      this.#watched = screen.live;
      mirror.ready();
    });
  }

  /** Tells the class where the teacher looks. @param {number} index of the bench */
  #looked(index) {
    const looked = this.#benches[index]?.looked;
    if (index === 0 && looked && looked.live === null)
      tellLesson({ lesson: "program", program: looked.program });
    if (this.#room === null || index > 0 || !looked || this.#exercise.hiding) return;
    this.#room.shows({ kind: "program", derivation: null, ...looked });
  }

  /** @returns {Programs} */
  get programs() {
    const [program = "", beside = ""] = this.#benches.map(({ editor }) => editor.value);
    return { program, beside: this.#comparing ? beside : null };
  }

  get #bench() {
    return /** @type {Bench} */ (this.#benches[this.#comparing ? this.#current : 0]);
  }

  #bindControls() {
    byId("run").addEventListener("click", () => this.#run());
    this.#compare.addEventListener("click", () => {
      const [bench] = this.#benches;
      const program = bench?.editor.value ?? "";
      this.#show({ program, beside: this.#comparing ? null : program });
    });
    this.#bindLive();
    bindKeys({
      " ": () => this.#bench.player.toggle(),
      ArrowRight: () => this.#bench.player.step(1),
      ArrowLeft: () => this.#bench.player.step(-1),
    });
    // Not a single key, so it works while one types, and also where those are switched off.
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      if (/** @type {Element} */ (event.target).closest("dialog")) return;
      event.preventDefault();
      this.#run();
    });
    bindShare(byId("share", HTMLDetailsElement), {
      programs: () => this.programs,
      bench: () => this.#bench,
      say: (text) => this.#say({ tone: "done", text }),
    });
    this.#bindBuilder();
  }

  /** Binds the switch that decides whether programs run while they are typed. */
  #bindLive() {
    const box = byId("as-typed", HTMLInputElement);
    const set = (/** @type {boolean} */ live) => {
      for (const bench of this.#benches) bench.live = live && !this.#exercise.hiding;
    };
    box.checked = browser.get(LIVE) !== "off";
    set(box.checked);
    box.addEventListener("change", () => {
      set(box.checked);
      browser.set(LIVE, box.checked ? "on" : "off");
    });
  }

  #bindExercise() {
    const [bench] = /** @type {[Bench, Bench]} */ (this.#benches);
    return new Exercise({
      program: () => bench.editor.value,
      pose: (program) => {
        bench.stop();
        bench.editor.value = program;
        this.#keep();
      },
      run: () => this.#run(),
      hide: (hiding) => this.#hide(hiding),
      tell: (text) => this.#announcer.tell(text, performance.now()),
    });
  }

  /** Takes the results away while their program is asked about, and runs nothing meanwhile. @param {boolean} hiding */
  #hide(hiding) {
    if (hiding && this.#comparing) this.#show({ program: this.programs.program, beside: null });
    for (const bench of this.#benches) {
      bench.live = !hiding && byId("as-typed", HTMLInputElement).checked;
      if (hiding) bench.stop();
    }
    const [first] = /** @type {[HTMLElement, HTMLElement]} */ (this.#places);
    first.parentElement?.toggleAttribute("data-predicting", hiding);
    if (hiding) this.#say({ tone: "still", text: t("Predict first: nothing has run yet.") }, "");
  }

  #bindBuilder() {
    const [opener, builder] = [byId("build"), byId("builder")];
    let open = false;
    new Builder(builder, (program) => this.#benches[0]?.editor.rewrite(program));
    opener.addEventListener("click", () => {
      open = !open;
      builder.hidden = !open;
      opener.setAttribute("aria-expanded", String(open));
    });
  }

  #bindShelves() {
    for (const name of ["gallery", "clinic"]) {
      const dialog = byId(name, HTMLDialogElement);
      bindDialog(byId(`${name}-open`), dialog);
      bindPrograms(dialog, (programs) => {
        dialog.close();
        this.#show(programs);
        this.#edited();
      });
    }
    new Diagnosis(byId("clinic"));
  }

  /**
   * Shows the programs of the address, if it has any.
   *
   * @param {Programs | null} [otherwise] what is shown if it has none
   */
  #openLink(otherwise = null) {
    if (this.#exercise.openLink(location.hash)) return;
    const [, watched] = /^#watch=([\w-]+)$/.exec(location.hash) ?? [];
    if (watched) {
      this.#benches[0]?.watch(watched);
      return;
    }
    const show = (/** @type {Programs | null} */ programs) => {
      if (programs) this.#show(programs);
    };
    this.#links.ask(
      () => fromFragment(location.hash),
      (linked) => show(linked ?? otherwise),
      () => show(otherwise),
    );
  }

  /** @param {Programs} programs */
  #show({ program, beside }) {
    this.#links.cancel();
    this.#comparing = beside !== null;
    const [first, second] = /** @type {[HTMLElement, HTMLElement]} */ (this.#places);
    keepFocus(second, () => {
      second.hidden = !this.#comparing;
    });
    first.parentElement?.toggleAttribute("data-comparing", this.#comparing);
    this.#compare.setAttribute("aria-pressed", String(this.#comparing));
    this.#benches[0]?.load(program);
    if (beside === null) this.#benches[1]?.stop();
    else this.#benches[1]?.load(beside);
    this.#exercise.edited(program);
  }

  #run() {
    if (this.#exercise.hiding) {
      this.#exercise.check();
      return;
    }
    for (const bench of this.#comparing ? this.#benches : this.#benches.slice(0, 1)) bench.run();
  }

  #edited() {
    // What is on the page is no longer what the address says, and a reload must not bring that back.
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    this.#links.cancel();
    this.#keep();
    this.#exercise.edited(this.programs.program);
  }

  #keep() {
    if (!isWatching) tab.set(DRAFT, JSON.stringify(this.programs));
  }

  /**
   * @param {number} index of the bench
   * @param {Words} words
   * @param {Derivation} [derivation] of a program that ran to its end
   */
  #conclude(index, words, derivation) {
    this.#outcomes[index] = words;
    if (index > 0 && !this.#comparing) return;
    this.#looked(index);
    this.#keep();
    const said = this.#comparing ? together(this.#outcomes) : words;
    const gradients = derivation?.variables.filter(({ grad_state }) => grad_state === "value") ?? [];
    const heard = gradients.map(({ name, grad }) => `${name}.grad = ${grad}`);
    this.#say(said, [this.#exercise.verdict, said.text, ...heard].filter(Boolean).join(" "));
  }

  /**
   * @param {Words} words
   * @param {string} [heard] what a screen reader is told
   */
  #say({ tone, text, isHeard }, heard = text) {
    this.#status.dataset.tone = tone;
    this.#statusText.textContent = text;
    if (isHeard || tone !== "busy") this.#announcer.tell(heard, performance.now());
  }
}

/**
 * @param {Words[]} outcomes of two programs
 * @returns {Words}
 */
function together(outcomes) {
  const [left, right] = outcomes.map(({ text }) => text);
  const tone = TONES.find((one) => outcomes.some((outcome) => outcome.tone === one)) ?? "still";
  const text =
    left === right ? left : t("Left: {left} Right: {right}", { left: left ?? "", right: right ?? "" });
  return { tone, text: text ?? "" };
}

new CalculatorPage();
