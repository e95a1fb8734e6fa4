// @ts-check
/** The projector: what a class sees. Everything on it comes from a state that holds nothing else. */

import { when } from "../page/changes.js";
import { byId, html } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { choicesOf, pointsOf, questionText } from "./asked.js";
import { spaced } from "./code-entry.js";
import { experimentView } from "./experiment/experiment-view.js";
import { Frames, SHOWN } from "./frames.js";
import { qrPicture } from "./qr-picture.js";
import { countWords, presentWords } from "./question-controls.js";
import { revealView } from "./reveal-view.js";
import { RoomLink } from "./room-link.js";
import { keyOf } from "./room-state.js";
import { replay } from "./sketch-replay.js";
import { largeOf, largeView, picked } from "./wall/large.js";
import { WallView } from "./wall/wall-view.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("../../types/protocol").RoomState} RoomState */
/** @typedef {import("./room-keys.js").Key} Key */

export class Hall {
  #link;
  #frames;
  #views;
  #wall;
  #experiment = experimentView();
  /** Whether the code is shown large, whatever else there is. */
  #large = false;

  /** @param {Key} key @param {(reason: NonNullable<State["over"]>) => void} left */
  constructor(key, left) {
    this.#link = new RoomLink(key, "projector", (state) => {
      if (state.over !== null) left(state.over);
      else this.#draw(state);
    });
    const { requests } = this.#link;
    this.#frames = new Frames(byId("room-stage"), "projector", t("What the teacher shows"), (number) =>
      requests.derivation(number),
    );
    this.#wall = new WallView(byId("wall"), (number) => {
      const { room } = this.#link.state;
      const change = room && picked(room, number);
      if (change) this.#link.ask(() => requests.change(change));
    });
    const large = largeView(
      (screen) => this.#link.ask(() => requests.change({ screen })),
      (work) => this.#link.ask(work),
    );
    byId("hall-qr").addEventListener("click", () => {
      this.#large = !this.#large;
      this.#draw(this.#link.state);
    });
    const reveal = revealView(byId("hall-reveal"), (chart, { question, screen }) => {
      if (question?.about.kind === "curve" && screen.kind === "run")
        replay(chart, pointsOf(question.about), screen.run, question.about.trial.steps);
    });
    this.#views = [
      ...this.#joinViews(),
      ...this.#questionViews(),
      (/** @type {State} */ { room }) => reveal(room),
      (/** @type {State} */ { room }) => large(room),
    ];
  }

  #joinViews() {
    return [
      when(
        (/** @type {State} */ { room }) => [room?.code ?? ""],
        (code) => {
          for (const id of ["hall-code", "join-code"]) byId(id).textContent = spaced(code);
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.id ?? "", room?.code ?? "", room?.addresses[0] ?? ""],
        (id, code, address) => {
          const link = `${address}/room/${code}`;
          for (const place of ["hall-address", "join-address"])
            byId(place).textContent = address && shortened(address);
          const [small, large] = [byId("hall-qr"), byId("join-scan")];
          large.hidden = byId("join-open").hidden = address === "";
          small.replaceChildren(...(address ? [qrPicture(id, link, "")] : []));
          large.querySelector("img")?.remove();
          if (address) large.prepend(qrPicture(id, link, t("QR code of the address")));
          byId("hall-alone").hidden = address !== "";
          byId("hall-alone").textContent = t(
            "Only this computer reaches the server now. Start it with PLAYGROUND_HOST=0.0.0.0, and the address for the class appears here.",
          );
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.n_present ?? 0, names(room)],
        (present, said) => {
          byId("hall-present").textContent = `${presentWords(present)}${said}`;
        },
      ),
      when(
        (/** @type {State} */ { link, problem }) => [link, problem?.detail ?? ""],
        (link, refused) => {
          byId("hall-words").textContent =
            link === "open" || link === "opening" ? refused : t("The connection is lost; trying again…");
        },
      ),
    ];
  }

  #questionViews() {
    return [
      when(
        (/** @type {State} */ { room }) => [
          this.#joins(room),
          stageOf(room)?.kind ?? "code",
          room?.question?.phase ?? "",
          this.#large,
        ],
        (joins, kind, phase, large) => {
          byId("hall-place").dataset.phase = joins ? "" : phase;
          byId("hall-join").hidden = !joins;
          byId("room-stage").hidden = joins || !SHOWN.includes(kind);
          byId("hall-question").hidden = joins || phase === "";
          byId("hall-qr").setAttribute("aria-pressed", String(large));
        },
      ),
      when(
        (/** @type {State} */ { room }) => [
          keyOf(room?.question ?? null),
          room?.question?.phase === "revealed",
        ],
        (_, revealed) => {
          const { question } = this.#link.state.room ?? {};
          byId("hall-text").textContent = question ? questionText(question) : "";
          const choices = question && !revealed ? choicesOf(question.about) : [];
          byId("hall-choices").replaceChildren(...choices.map((choice) => html("li", "", choice)));
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.question?.phase === "revealed" ? "" : countWords(room)],
        (words) => {
          byId("hall-count").textContent = words;
        },
      ),
    ];
  }

  /** Whether how to join has the whole place. @param {RoomState | null} room */
  #joins(room) {
    const kind = stageOf(room)?.kind ?? "code";
    return this.#large || (kind === "code" && room?.question == null);
  }

  /** @param {State} state */
  #draw({ room, curves, ...rest }) {
    if (room === null) return;
    const stage = stageOf(room);
    if (stage !== null) this.#frames.draw(stage);
    for (const view of this.#views) view({ room, curves, ...rest });
    const joins = this.#joins(room);
    this.#wall.draw(room, curves, !joins && stage?.kind === "wall");
    this.#experiment(room, !joins && stage?.kind === "experiment");
  }
}

/** What the stage is of: in place of the wall the run of one member, who is shown large. @param {RoomState | null} room */
function stageOf(room) {
  const run = largeOf(room)?.run;
  if (!run) return room?.screen ?? null;
  return /** @type {const} */ ({ kind: "run", run, place: { past: null, moment: null } });
}

/** Without what nobody types. @param {string} address */
function shortened(address) {
  return `${address.replace(/^http:\/\//, "")}/room`;
}

/** Those who are here, where the teacher shows names. @param {RoomState | null} room */
function names(room) {
  if (!room?.named) return "";
  const known = room.members.flatMap(({ name, present }) => (name !== null && present ? [name] : []));
  return known.length === 0 ? "" : `: ${known.join(", ")}`;
}
