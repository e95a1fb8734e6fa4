// @ts-check
/** The calculator page: one program, or two side by side, and what the server says they did. */

import { Announcer } from "./announcer.js";
import { Bench } from "./calculator/bench.js";
import { Builder } from "./calculator/builder.js";
import { Turns } from "./calculator/gradients.js";
import { fromFragment } from "./calculator/permalink.js";
import { bindShare } from "./calculator/share.js";
import { bindPrograms, Diagnosis } from "./calculator/shelf.js";
import { bindDialog } from "./dialog.js";
import { t } from "./i18n.js";
import { bindKeys } from "./keys.js";

/** @typedef {import("../types/protocol").Derivation} Derivation */
/** @typedef {import("./words.js").Tone} Tone */
/** @typedef {import("./calculator/permalink.js").Programs} Programs */

const DRAFT = "programs";
const LIVE = "live";

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
  /** Which bench the keys are for: the one last touched. */
  #current = 0;

  constructor() {
    const turns = new Turns();
    this.#benches = this.#places.map((place, i) => {
      place.addEventListener("focusin", () => {
        this.#current = i;
      });
      return new Bench(place, turns, {
        onChange: () => this.#edited(),
        onState: (tone, text, derivation) => this.#conclude(i, tone, text, derivation),
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
    live.checked = localStorage.getItem(LIVE) !== "off";
    const follow = () => {
      for (const bench of this.#benches) bench.live = live.checked;
      localStorage.setItem(LIVE, live.checked ? "on" : "off");
    };
    live.addEventListener("change", follow);
    follow();
    bindKeys({
      " ": () => this.#bench.player.toggle(),
      ArrowRight: () => this.#bench.player.step(1),
      ArrowLeft: () => this.#bench.player.step(-1),
    });
    bindShare(/** @type {HTMLDetailsElement} */ (find("share")), {
      programs: () => this.programs,
      graph: () => this.#bench.graph,
      say: (text) => this.#say("done", text),
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
    const draft = sessionStorage.getItem(DRAFT);
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
    sessionStorage.setItem(DRAFT, JSON.stringify(this.programs));
  }

  /**
   * @param {number} index of the bench
   * @param {Tone} tone
   * @param {string} text
   * @param {Derivation} [derivation]
   */
  #conclude(index, tone, text, derivation) {
    this.#keep();
    const sided = index === 0 ? t("Left: {text}", { text }) : t("Right: {text}", { text });
    const said = this.#comparing ? sided : text;
    const gradients = derivation?.variables.filter(({ grad_state }) => grad_state === "value") ?? [];
    const heard = gradients.map(({ name, grad }) => `${name}.grad = ${grad}`);
    this.#say(tone, said, [said, ...(tone === "done" ? heard : [])].join(" "));
  }

  /**
   * @param {Tone} tone
   * @param {string} text
   * @param {string} [heard] what a screen reader is told
   */
  #say(tone, text, heard = text) {
    this.#status.dataset.tone = tone;
    this.#statusText.textContent = text;
    if (tone !== "busy") this.#announcer.tell(heard, performance.now());
  }
}

new CalculatorPage();
