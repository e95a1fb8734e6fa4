// @ts-check
/** A member's place in the class: what the teacher shows, a try of their own, and what they say to it. */

import { Announcer } from "../page/announcer.js";
import { when } from "../page/changes.js";
import { byId, keepFocus, setHidden } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { reasonOf } from "../page/refusal.js";
import { WakeLock } from "../page/wake-lock.js";
import { AnswerPanel, answerWords } from "./answer-panel.js";
import { questionText } from "./asked.js";
import { spaced } from "./code-entry.js";
import { Frames, SHOWN } from "./frames.js";
import { OwnFrames } from "./own-frames.js";
import { RoomLink } from "./room-link.js";
import { isSent, phaseKey } from "./room-state.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("./room-keys.js").Key} Key */
/** @typedef {import("../../types/protocol").RoomState["feelings"]} Feelings */
/** @typedef {NonNullable<import("../../types/protocol").Me["feeling"]>} Feeling */

export class Seat {
  #link;
  #left;
  #frames;
  #own;
  #panel;
  #announcer = new Announcer(byId("live"));
  #wake = new WakeLock();
  #views;
  /** Whether the member looks at what is their own. */
  #trying = false;
  #folded = false;
  /** Why nothing of one's own could be made. */
  #trouble = "";
  #buttons = { follow: byId("follow"), try: byId("try"), afresh: byId("afresh") };

  /**
   * @param {Key} key
   * @param {(reason: NonNullable<State["over"]>) => void} left called when the room is over for this member
   */
  constructor(key, left) {
    this.#left = left;
    this.#link = new RoomLink(key, "member", (state) => this.#draw(state));
    const { requests } = this.#link;
    this.#frames = new Frames(byId("room-stage"), "watch", t("What the teacher shows"), (number) =>
      requests.derivation(number),
    );
    this.#own = new OwnFrames(byId("own"), t("My own"), (run) => {
      const { me } = this.#link.state.room ?? {};
      if (me) this.#link.ask(() => requests.changeMember(me.number, { run }));
    });
    this.#panel = new AnswerPanel(byId("question"), {
      draft: (answer, written) =>
        this.#link.dispatch({ type: "drafted", answer, ...(written ? { written } : {}) }),
      send: (answer) => {
        const { question } = this.#link.state.room ?? {};
        if (question) this.#link.ask(() => requests.answer(question.number, answer));
      },
    });
    this.#listen();
    this.#views = this.#made();
  }

  #listen() {
    this.#buttons.follow.addEventListener("click", () => this.#follow());
    this.#buttons.try.addEventListener("click", () => this.#try(false));
    this.#buttons.afresh.addEventListener("click", () => this.#try(true));
    const fold = byId("question-fold");
    fold.addEventListener("click", () => {
      this.#folded = !this.#folded;
      this.#draw(this.#link.state);
    });
    for (const button of feelings()) {
      button.addEventListener("click", () => {
        const pressed = /** @type {Feeling} */ (button.dataset.feeling);
        const { me } = this.#link.state.room ?? {};
        this.#link.send({ type: "feel", feeling: me?.feeling === pressed ? null : pressed });
      });
    }
  }

  #made() {
    const [seat, place, empty] = ["seat", "seat-place", "seat-empty"].map((id) => byId(id));
    const [stage, own] = [byId("room-stage"), byId("own")];
    const words = byId("seat-words");
    if (!seat || !place || !empty) throw new TypeError("the page lacks a part");
    /** @param {State} state */
    const isOwn = ({ room }) => this.#trying && Boolean(room?.free);
    return [
      when(
        (/** @type {State} */ { room }) => [room?.code ?? "", room?.me?.name ?? ""],
        (code, name) => {
          byId("room-here").hidden = code === "";
          byId("room-code").textContent = spaced(code);
          byId("room-me").textContent = name;
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.me?.feeling ?? null],
        (feeling) => {
          for (const button of feelings())
            button.setAttribute("aria-pressed", String(button.dataset.feeling === feeling));
        },
      ),
      when(
        (/** @type {State} */ state) => [
          isOwn(state),
          state.room?.free ?? false,
          state.room?.screen.kind ?? "code",
          state.room?.lesson != null,
        ],
        (trying, free, kind, isLed) => {
          const { follow, try: tries, afresh } = this.#buttons;
          follow.setAttribute("aria-pressed", String(!trying));
          tries.setAttribute("aria-pressed", String(trying));
          const canTake = SHOWN.includes(kind) || isLed;
          setHidden(tries, !(free && (canTake || trying)), follow);
          setHidden(afresh, !(trying && canTake), follow);
          keepFocus(place, () => {
            stage.hidden = trying || !SHOWN.includes(kind);
            own.hidden = !trying;
            empty.hidden = trying || SHOWN.includes(kind);
          });
        },
      ),
      when(
        (/** @type {State} */ state) => [seatWords(state, this.#trouble)],
        (said) => {
          words.textContent = said;
        },
      ),
      when(
        (/** @type {State} */ { room }) => [
          room?.paused ?? false,
          room?.question ? questionText(room.question) : "",
        ],
        (paused, text) => {
          place.inert = paused;
          byId("eyes-up").hidden = !paused;
          byId("eyes-text").textContent = text;
        },
      ),
      when(
        (/** @type {State} */ { room }) => [`${phaseKey(room)} ${room?.paused ?? false}`],
        (_) => {
          this.#folded = false;
          this.#say(phaseWords(this.#link.state));
        },
      ),
      when(
        (/** @type {State} */ state) => [isSent(state), state.problem],
        (sent, problem) => {
          if (sent || problem) this.#say(answerWords(this.#link.state));
        },
      ),
      when(
        (/** @type {State} */ _) => [this.#folded],
        (folded) => {
          const panel = byId("question");
          panel.toggleAttribute("data-folded", folded);
          byId("question-fold").setAttribute("aria-expanded", String(!folded));
          byId("question-fold").textContent = folded ? t("Unfold") : t("Fold");
        },
      ),
    ];
  }

  /** @param {State} state */
  #draw(state) {
    if (state.over !== null) {
      this.#wake.want(false);
      byId("seat").hidden = true;
      byId("room-here").hidden = true;
      this.#left(state.over);
      return;
    }
    if (state.room === null) return;
    byId("seat").hidden = false;
    this.#wake.want(true);
    this.#frames.draw(state.room.screen);
    for (const view of this.#views) view(state);
    this.#panel.draw(state);
  }

  /** @param {string} text */
  #say(text) {
    if (text) this.#announcer.tell(text, performance.now());
  }

  #follow() {
    this.#trying = false;
    this.#trouble = "";
    this.#draw(this.#link.state);
  }

  /** @param {boolean} anew */
  async #try(anew) {
    const { screen, lesson } = this.#link.state.room ?? {};
    if (!screen) return;
    this.#trouble = "";
    try {
      await this.#own.show(lesson ? { kind: "lesson", ...lesson } : screen, { anew });
      this.#trying = true;
    } catch (error) {
      this.#trouble = reasonOf(error);
    }
    this.#draw(this.#link.state);
  }
}

/** @returns {NodeListOf<HTMLElement>} */
const feelings = () => document.querySelectorAll("[data-feeling]");

/**
 * What is heard when a question begins, is locked, asked again or revealed, and when all are to look up.
 *
 * @param {State} state
 */
function phaseWords(state) {
  const { question = null, paused = false } = state.room ?? {};
  const words = [
    paused ? t("Eyes up: look at your teacher.") : "",
    question?.phase === "open" ? questionText(question) : "",
    answerWords(state),
    question?.phase === "revealed" && question.truth
      ? t("torch says {shown}.", { shown: question.truth.shown })
      : "",
  ];
  return words.filter(Boolean).join(" ");
}

/**
 * How the member stands with the room; nothing where all is as it should be.
 *
 * @param {State} state
 * @param {string} trouble
 */
function seatWords({ link, room }, trouble) {
  if (trouble) return trouble;
  switch (link) {
    case "open":
      return room?.me?.admitted === false ? t("You wait until the teacher lets you in.") : "";
    case "stale":
      return t("This page is from another version of the server. Reload it.");
    default:
      return t("The connection is lost; trying again…");
  }
}
