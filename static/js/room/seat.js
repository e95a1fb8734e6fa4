// @ts-check
/** A member's place in the class: what the teacher shows, a try of their own, and what they say to it. */

import { Announcer } from "../page/announcer.js";
import { when } from "../page/changes.js";
import { byId, keepFocus, setHidden } from "../page/dom.js";
import { passing } from "../page/http.js";
import { t } from "../page/i18n.js";
import { reasonOf } from "../page/refusal.js";
import { WakeLock } from "../page/wake-lock.js";
import { AnswerPanel, answerWords } from "./answer-panel.js";
import { questionText } from "./asked.js";
import { spaced } from "./code-entry.js";
import { partWords } from "./experiment/ends.js";
import { experimentView } from "./experiment/experiment-view.js";
import { Frames, SHOWN } from "./frames.js";
import { OwnFrames } from "./own-frames.js";
import { RoomLink } from "./room-link.js";
import { isSent, phaseKey } from "./room-state.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("./room-keys.js").Key} Key */
/** @typedef {import("../../types/protocol").RoomState["feelings"]} Feelings */
/** @typedef {NonNullable<import("../../types/protocol").Me["feeling"]>} Feeling */

/** The least time before a run is asked for once more, in ms. */
const AGAIN = 2000;

export class Seat {
  #link;
  #left;
  #frames;
  #own;
  #panel;
  #experiment = experimentView();
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
    const consent = (/** @type {boolean} */ consents) => {
      const { me } = this.#link.state.room ?? {};
      if (me) this.#link.ask((requests) => requests.changeMember(me.number, { consents }));
    };
    byId("consent-yes").addEventListener("click", () => consent(true));
    byId("consent-no").addEventListener("click", () => consent(false));
    byId("may-show").addEventListener("click", () => consent(!this.#link.state.room?.me?.consents));
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
    const isOwn = ({ room }) => this.#trying && (Boolean(room?.free) || room?.screen.kind === "experiment");
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
          const canTry = kind === "experiment" || (free && (canTake || kind === "wall" || trying));
          setHidden(tries, !canTry, follow);
          setHidden(afresh, !(trying && canTake), follow);
          keepFocus(place, () => {
            stage.hidden = trying || !SHOWN.includes(kind);
            own.hidden = !trying;
            empty.hidden = trying || SHOWN.includes(kind) || kind === "experiment";
          });
        },
      ),
      (/** @type {State} */ state) =>
        this.#experiment(state.room, !isOwn(state) && state.room?.screen.kind === "experiment"),
      when(
        (/** @type {State} */ { room }) => [
          room?.screen.kind === "experiment" && room.me?.admitted ? (room.experiment?.number ?? 0) : 0,
        ],
        (experiment) => {
          if (experiment) this.#join(experiment);
        },
      ),
      when(
        (/** @type {State} */ { room }) => [ownWords(room)],
        (said) => this.#say(said),
      ),
      when(
        (/** @type {State} */ { room }) => [room?.screen.kind === "wall", room?.me?.number ?? 0],
        (isWall, number) => {
          byId("empty-words").textContent = isWall
            ? t(
                "The wall is on the screen in front: everybody's own curve. With “Try it myself” yours is there, too, as #{number}.",
                { number },
              )
            : t("You are in. What the teacher shows appears here.");
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.me?.asked ?? false, room?.me?.consents ?? null],
        (asked, consents) => {
          keepFocus(place, () => {
            byId("consent").hidden = !asked;
          });
          if (asked) this.#say(byId("consent-title").textContent ?? "");
          const button = byId("may-show");
          button.hidden = consents === null;
          button.setAttribute("aria-pressed", String(consents === true));
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

  /** Brings the member's run in an experiment, once more where the server cannot now. @param {number} number */
  async #join(number) {
    const error = await this.#try(false);
    const later = passing(error);
    if (later === null) return;
    // Spread out, so that a class does not ask all at once.
    const delay = Math.max(AGAIN, later.delay) * (0.5 + Math.random());
    setTimeout(() => {
      const { room } = this.#link.state;
      if (room?.screen.kind === "experiment" && room.experiment?.number === number) this.#join(number);
    }, delay);
  }

  /** @param {boolean} anew @returns {Promise<unknown>} why it could not be done */
  async #try(anew) {
    const { room } = this.#link.state;
    if (room === null) return null;
    const { screen, lesson, experiment, me } = room;
    let trouble = null;
    try {
      if (screen.kind === "experiment" && experiment !== null)
        await this.#own.showExperiment(experiment.number, () => this.#link.requests.ownRun());
      else {
        const begun = lesson ? /** @type {const} */ ({ kind: "lesson", ...lesson }) : screen;
        await this.#own.show(begun, { anew, mine: me?.run ?? null });
      }
      this.#trying = true;
    } catch (error) {
      trouble = error;
    }
    this.#trouble = trouble === null ? "" : reasonOf(trouble);
    this.#draw(this.#link.state);
    return trouble;
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
      if (room?.me?.admitted === false) return t("You wait until the teacher lets you in.");
      if (room?.screen.kind === "wall" && room.me?.run)
        return t("On the wall you are #{number}.", { number: room.me.number });
      return ownWords(room);
    case "stale":
      return t("This page is from another version of the server. Reload it.");
    default:
      return t("The connection is lost; trying again…");
  }
}

/** What the member's part in the experiment is, and what became of it. @param {State["room"]} room */
function ownWords(room) {
  return room?.experiment && room.me?.part ? partWords(room.experiment, room.me.part) : "";
}
