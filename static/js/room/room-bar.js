// @ts-check
/** The teacher's room on the teacher's own pages: the code, who is there, and what the class sees and is asked. */

import { when } from "../page/changes.js";
import { bindDialog } from "../page/dialogs.js";
import { byId, setHidden, within } from "../page/dom.js";
import { request } from "../page/http.js";
import { t } from "../page/i18n.js";
import { reasonOf } from "../page/refusal.js";
import { ROOT } from "../page/root.js";
import { pathOf } from "../run/runs.js";
import { AskView } from "./ask-view.js";
import { spaced } from "./code-entry.js";
import { ExperimentForm } from "./experiment/experiment-form.js";
import { openOwn } from "./owner-door.js";
import { PaceLimit } from "./pace-limit.js";
import { presentWords, questionControls } from "./question-controls.js";
import { OWNED } from "./room-keys.js";
import { RoomLink } from "./room-link.js";
import { OFF, reduce } from "./showing.js";
import { onWall, summary } from "./wall/tiles.js";
import { wallAfter } from "./wall/wall-controls.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("./room-keys.js").Key} Key */

/** Between two messages about where the teacher looks, in ms. */
const PAUSE = 100;

export class RoomBar {
  #bar = byId("room-bar");
  #opener = byId("room-open");
  #words = byId("room-words");
  #asking = byId("asking", HTMLDialogElement);
  /** @type {RoomLink | null} */
  #link = null;
  #showing = OFF;
  /** What this page shows; null: nothing that could be shown yet. @type {Screen | null} */
  #screen = null;
  #isUp = false;
  /** The newest screen that was sent, as text. */
  #sent = "";
  #pace = new PaceLimit((/** @type {Screen} */ screen) => this.#send(screen), PAUSE);
  /** The numbers of programs' results in the room. @type {Map<string, Promise<number>>} */
  #results = new Map();
  #views;

  constructor() {
    const asks = new AskView(
      () => this.#screen ?? { kind: "code" },
      async (question) => {
        const asked = await this.#link?.ask((requests) => requests.ask(question));
        if (!asked) return this.#link?.state.problem?.detail ?? "";
        this.#asking.close();
        return "";
      },
    );
    this.#opener.addEventListener("click", () => this.#open());
    bindDialog(byId("room-ask"), this.#asking);
    byId("room-ask").addEventListener("click", () => asks.open());
    byId("room-show").addEventListener("click", () => this.#press());
    byId("room-eyes").addEventListener("click", () => {
      const paused = !this.#link?.state.room?.paused;
      this.#link?.ask((requests) => requests.change({ paused }));
    });
    this.#bindEnd();
    this.#bindClass();
    this.#views = this.#made();
    const key = OWNED.newest;
    if (key) this.#follow(key);
  }

  #bindEnd() {
    const dialog = byId("ending", HTMLDialogElement);
    bindDialog(byId("room-end"), dialog);
    byId("ending-do").addEventListener("click", async () => {
      dialog.close();
      await this.#link?.ask((requests) => requests.end());
    });
  }

  /** The wall, and the class as one experiment. */
  #bindClass() {
    byId("room-wall").addEventListener("click", () => {
      // Pressed once more, the class sees this page again.
      if (this.#link?.state.room?.screen.kind === "wall") this.#press();
      else
        this.#link?.ask((requests) =>
          requests.change({ screen: wallAfter(this.#screen ?? { kind: "code" }) }),
        );
    });
    const form = new ExperimentForm(async (asked) => {
      const begun = await this.#link?.ask((requests) => requests.experiment(asked));
      return begun ? "" : (this.#link?.state.problem?.detail ?? "");
    });
    const opener = byId("room-experiment");
    bindDialog(opener, byId("experimenting", HTMLDialogElement), () => false);
    opener.addEventListener("click", () => {
      if (this.#screen?.kind === "run") form.open(configOf(this.#screen.run));
    });
    byId("room-play-all").addEventListener("click", () => this.#link?.ask((requests) => requests.playAll()));
  }

  #made() {
    const controls = questionControls(byId("room-question"), (number, action) =>
      this.#link?.ask((requests) => requests.control(number, action)),
    );
    return [
      when(
        (/** @type {State} */ { room }) => [room?.code ?? ""],
        (code) => {
          byId("bar-code").textContent = spaced(code);
          const [console, projector] = ["room-console", "room-projector"].map((id) =>
            byId(id, HTMLAnchorElement),
          );
          if (console) console.href = `${ROOT}/room/${code}/console`;
          if (projector) projector.href = `${ROOT}/room/${code}/projector`;
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.n_present ?? 0],
        (present) => {
          byId("bar-present").textContent = presentWords(present);
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.paused ?? false],
        (paused) => byId("room-eyes").setAttribute("aria-pressed", String(paused)),
      ),
      when(
        (/** @type {State} */ { room }) => [room?.question != null],
        (isAsked) => setHidden(byId("room-ask"), isAsked, byId("room-show")),
      ),
      when(
        (/** @type {State} */ { link, problem }) => [
          problem?.detail ??
            (link === "open" || link === "opening" ? "" : t("The room is not reached; trying again…")),
        ],
        (words) => {
          this.#words.textContent = words;
        },
      ),
      when(
        (/** @type {State} */ { room, curves }) => [
          room?.screen.kind === "wall" ? summary(onWall(room, curves).tiles) : null,
        ],
        (words) => {
          byId("room-wall").setAttribute("aria-pressed", String(words !== null));
          byId("room-wall-words").textContent = words ?? "";
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.experiment != null],
        (isOn) => setHidden(byId("room-play-all"), !isOn, byId("room-show")),
      ),
      (/** @type {State} */ { room }) => controls(room),
    ];
  }

  /** Opens a room, or shows the one that there is. */
  async #open() {
    if (this.#link !== null) {
      byId("room-show").focus();
      return;
    }
    try {
      this.#follow(await openOwn());
      this.#bar.hidden = false;
      byId("room-show").focus();
    } catch (error) {
      this.#bar.hidden = false;
      this.#bar.toggleAttribute("data-failed", true);
      this.#words.textContent = reasonOf(error);
    }
  }

  /** @param {Key} key */
  #follow(key) {
    this.#bar.toggleAttribute("data-failed", false);
    this.#link = new RoomLink(key, "console", (state) => this.#draw(state, key));
  }

  /** @param {State} state @param {Key} key */
  #draw(state, { id }) {
    if (state.over !== null) {
      OWNED.forget(id);
      this.#link = null;
      this.#showing = OFF;
      this.#results.clear();
      setHidden(this.#bar, true, this.#opener);
      return;
    }
    if (state.room === null) return;
    // What was sent over a connection that broke may not have arrived.
    if (state.link === "open" && !this.#isUp && this.#showing.on) {
      this.#sent = "";
      this.#offer();
    }
    this.#isUp = state.link === "open";
    this.#bar.hidden = false;
    this.#hear(state.room);
    for (const view of this.#views) view(state);
  }

  /** @param {NonNullable<State["room"]>} room */
  #hear({ screen, question }) {
    const before = this.#showing;
    const reveals = question?.phase === "revealing" || question?.phase === "revealed";
    this.#showing = reduce(before, { type: "room", screen, reveals });
    this.#drawShowing();
    if (before.on || !this.#showing.on) return;
    // Meanwhile the page may have gone on.
    this.#sent = "";
    this.#offer();
  }

  #drawShowing() {
    byId("room-show").setAttribute("aria-pressed", String(this.#showing.on));
    within(document, "body").toggleAttribute("data-showing", this.#showing.on);
  }

  #press() {
    this.#showing = reduce(this.#showing, { type: "pressed" });
    this.#sent = "";
    this.#drawShowing();
    if (this.#showing.on) this.#offer();
    else this.#pace.drop();
  }

  /** Called whenever this page shows something else. @param {Screen} screen */
  shows(screen) {
    if (JSON.stringify(screen) === JSON.stringify(this.#screen)) return;
    this.#screen = screen;
    byId("room-experiment").hidden = screen.kind !== "run";
    if (this.#showing.on) this.#offer();
  }

  #offer() {
    if (this.#screen !== null) this.#pace.offer(this.#screen);
  }

  /** @param {Screen} screen */
  async #send(screen) {
    const link = this.#link;
    if (link === null) return;
    let whole = screen;
    if (screen.kind === "program" && screen.live === null) {
      const derivation = await this.#result(link, screen.program);
      // Meanwhile the teacher may have gone on.
      if (derivation === null || !this.#showing.on || screen !== this.#screen) return;
      whole = { ...screen, derivation };
    }
    const text = JSON.stringify(whole);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#showing = reduce(this.#showing, { type: "sent", screen: whole });
    link.send({ type: "show", screen: whole });
  }

  /**
   * Has the room keep what torch makes of a program, so that all screens show the very same.
   *
   * @param {RoomLink} link
   * @param {string} program
   * @returns {Promise<number | null>} null: it could not be run now
   */
  async #result(link, program) {
    let known = this.#results.get(program);
    if (known === undefined) {
      known = link.requests.derive(program);
      this.#results.set(program, known);
    }
    try {
      return await known;
    } catch (error) {
      this.#results.delete(program);
      this.#words.textContent = reasonOf(error);
      return null;
    }
  }
}

/** @param {string} run @returns {Promise<import("../../types/protocol").RunConfig>} */
async function configOf(run) {
  return (await request(pathOf(run))).config;
}
