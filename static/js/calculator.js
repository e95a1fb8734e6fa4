// @ts-check
/** The calculator page: one program, or two side by side, and what the server says they did. */

import { Bench } from "./calculator/bench.js";
import { Builder } from "./calculator/program/builder.js";
import { Turns } from "./calculator/program/derive.js";
import { fromFragment } from "./calculator/share/permalink.js";
import { bindShare } from "./calculator/share/share.js";
import { bindPrograms, Diagnosis } from "./calculator/share/shelf.js";
import { Announcer } from "./page/announcer.js";
import { bindDialog } from "./page/dialogs.js";
import { t } from "./page/i18n.js";
import { bindKeys } from "./page/keys.js";
import { browser, tab } from "./page/memory.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */
/** @typedef {import("./run/words.js").Words} Words */
/** @typedef {import("./calculator/share/permalink.js").Programs} Programs */

const DRAFT = "programs";
const LIVE = "live";
/** Of two programs, whichever of these holds of one is what is to be known. */
const TONES = /** @type {const} */ (["busy", "wait", "bad", "done", "still"]);

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

class CalculatorPage {
  #status = find("status");
  #statusText = find("status-text");
  #compare = find("compare");
  #announcer = new Announcer(find("live"));
  #places = [find("bench"), find("bench-b")];
  /** @type {Bench[]} */
  #benches;
  /** Which bench the keys and the menu are for: the one last touched. */
  #current = 0;
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
      });
    });
    this.#bindControls();
    this.#bindShelves();
    addEventListener("hashchange", () => this.#openLink());
    this.#open();
  }

  /** @returns {Programs} */
  get programs() {
    const [program = "", beside = ""] = this.#benches.map(({ editor }) => editor.value);
    return { program, beside: this.#comparing ? beside : null };
  }

  get #comparing() {
    return this.#places[1]?.hidden === false;
  }

  get #bench() {
    return /** @type {Bench} */ (this.#benches[this.#comparing ? this.#current : 0]);
  }

  #bindControls() {
    find("run").addEventListener("click", () => this.#run());
    this.#compare.addEventListener("click", () => {
      const [bench] = this.#benches;
      this.#show({
        program: bench?.editor.value ?? "",
        beside: this.#comparing ? null : (bench?.editor.value ?? ""),
      });
    });
    const live = /** @type {HTMLInputElement} */ (find("as-typed"));
    live.checked = browser.get(LIVE) !== "off";
    const follow = () => {
      for (const bench of this.#benches) bench.live = live.checked;
      browser.set(LIVE, live.checked ? "on" : "off");
    };
    live.addEventListener("change", follow);
    follow();
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
    bindShare(/** @type {HTMLDetailsElement} */ (find("share")), {
      programs: () => this.programs,
      bench: () => this.#bench,
      say: (text) => this.#say({ tone: "done", text }),
    });
    const builder = find("builder");
    new Builder(builder, (program) => this.#benches[0]?.editor.rewrite(program));
    find("build").addEventListener("click", () => {
      builder.hidden = !builder.hidden;
      find("build").setAttribute("aria-expanded", String(!builder.hidden));
    });
  }

  #bindShelves() {
    for (const name of ["gallery", "clinic"]) {
      const dialog = /** @type {HTMLDialogElement} */ (find(name));
      bindDialog(find(`${name}-open`), dialog);
      bindPrograms(dialog, (programs) => {
        dialog.close();
        this.#show(programs);
        this.#edited();
      });
    }
    new Diagnosis(find("clinic"));
  }

  async #open() {
    if (await this.#openLink()) return;
    const draft = tab.get(DRAFT);
    const [bench] = this.#benches;
    this.#show(draft ? JSON.parse(draft) : { program: bench?.editor.value ?? "", beside: null });
  }

  /** Shows the programs of the address, if it has any. */
  async #openLink() {
    const linked = await fromFragment(location.hash);
    if (linked) this.#show(linked);
    return linked !== null;
  }

  /** @param {Programs} programs */
  #show({ program, beside }) {
    const [first, second] = this.#places;
    if (second) second.hidden = beside === null;
    first?.parentElement?.toggleAttribute("data-comparing", beside !== null);
    this.#compare.setAttribute("aria-pressed", String(beside !== null));
    this.#benches[0]?.load(program);
    if (beside !== null) this.#benches[1]?.load(beside);
  }

  #run() {
    for (const bench of this.#comparing ? this.#benches : this.#benches.slice(0, 1)) bench.run();
  }

  #edited() {
    // What is on the page is no longer what the address says, and a reload must not bring that back.
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    this.#keep();
  }

  #keep() {
    tab.set(DRAFT, JSON.stringify(this.programs));
  }

  /**
   * @param {number} index of the bench
   * @param {Words} words
   * @param {Derivation} [derivation] of a program that ran to its end
   */
  #conclude(index, words, derivation) {
    this.#outcomes[index] = words;
    if (index > 0 && !this.#comparing) return;
    this.#keep();
    const said = this.#comparing ? together(this.#outcomes) : words;
    const gradients = derivation?.variables.filter(({ grad_state }) => grad_state === "value") ?? [];
    const heard = gradients.map(({ name, grad }) => `${name}.grad = ${grad}`);
    this.#say(said, [said.text, ...heard].join(" "));
  }

  /**
   * @param {Words} words
   * @param {string} [heard] what a screen reader is told
   */
  #say({ tone, text }, heard = text) {
    this.#status.dataset.tone = tone;
    this.#statusText.textContent = text;
    if (tone !== "busy") this.#announcer.tell(heard, performance.now());
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
