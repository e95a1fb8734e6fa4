// @ts-check
/** The teacher's console. */

import { when } from "../page/changes.js";
import { bindChoice } from "../page/choice.js";
import { copiedWords, copy } from "../page/clipboard.js";
import { bindDialog } from "../page/dialogs.js";
import { byId, setHidden } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { server } from "../page/root.js";
import { AskView } from "./ask-view.js";
import { questionText } from "./asked.js";
import { spaced } from "./code-entry.js";
import { experimentView } from "./experiment/experiment-view.js";
import { qrPicture } from "./qr-picture.js";
import { questionControls } from "./question-controls.js";
import { revealView } from "./reveal-view.js";
import { rollView } from "./roll.js";
import { OWNED } from "./room-keys.js";
import { RoomLink } from "./room-link.js";
import { largeOf, largeView, picked } from "./wall/large.js";
import { wallAfter, wallControls } from "./wall/wall-controls.js";
import { WallView } from "./wall/wall-view.js";

/** @typedef {import("./room-state.js").State} State */
/** @typedef {import("./room-keys.js").Key} Key */
/** @typedef {import("./room-requests.js").RoomRequests} RoomRequests */
/** @typedef {import("../../types/protocol").RoomState} RoomState */
/** @typedef {import("../../types/protocol").MemberState} MemberState */
/** @typedef {import("../../types/protocol").Ticket} Ticket */

const MEDIA = { csv: "text/csv", json: "application/json" };

export class Desk {
  #key;
  #link;
  #views;
  /** Who is given another name. @type {MemberState | null} */
  #renaming = null;
  #dialog = byId("rename", HTMLDialogElement);
  #wall;
  #experiment = experimentView();
  /** What the class saw before the wall, or the experiment. @type {RoomState["screen"]} */
  #before = { kind: "code" };

  /**
   * @param {Key} key
   * @param {(reason: NonNullable<State["over"]>) => void} left
   * @param {(ask: (work: (requests: RoomRequests) => Promise<unknown>) => Promise<boolean>) => (room: RoomState) => void} lead
   *   draws the lesson that the class goes through
   */
  constructor(key, left, lead) {
    this.#key = key;
    this.#link = new RoomLink(key, "console", (state) => {
      if (state.over !== null) left(state.over);
      else this.#draw(state);
    });
    this.#listen();
    const lesson = lead((work) => this.#ask(work));
    this.#wall = new WallView(byId("wall"), (number) => {
      const { room } = this.#link.state;
      const change = room && picked(room, number);
      if (change) this.#ask((requests) => requests.change(change));
    });
    this.#views = [
      ...this.#switches(),
      ...this.#questionViews(),
      ...this.#roomViews(),
      (/** @type {State} */ { room }) => room && lesson(room),
      ...this.#classViews(),
    ];
  }

  /** @param {(requests: RoomRequests) => Promise<unknown>} work */
  #ask(work) {
    return this.#link.ask(work);
  }

  #listen() {
    byId("do-eyes").addEventListener("click", () => {
      const paused = !this.#link.state.room?.paused;
      this.#ask((requests) => requests.change({ paused }));
    });
    byId("do-code").addEventListener("click", () =>
      this.#ask((requests) => requests.change({ screen: { kind: "code" } })),
    );
    byId("do-leave").addEventListener("click", async () => {
      if (!(await this.#ask((requests) => requests.leave()))) return;
      OWNED.forget(this.#key.id);
      location.reload();
    });
    const ending = byId("ending", HTMLDialogElement);
    bindDialog(byId("do-end"), ending);
    byId("ending-do").addEventListener("click", () => {
      ending.close();
      this.#ask((requests) => requests.end());
    });
    for (const element of document.querySelectorAll("[data-ticket]")) {
      const kind = /** @type {Ticket["kind"]} */ (/** @type {HTMLElement} */ (element).dataset.ticket);
      element.addEventListener("click", () =>
        this.#ask(async (requests) => this.#showTicket(await requests.ticket(kind))),
      );
    }
    byId("ticket-copy").addEventListener("click", async () => {
      const copied = await copy(byId("ticket-link", HTMLInputElement).value);
      byId("ticket-words").textContent = copiedWords(copied);
    });
    for (const element of document.querySelectorAll("[data-results]")) {
      const form = /** @type {"csv" | "json"} */ (/** @type {HTMLElement} */ (element).dataset.results);
      element.addEventListener("click", () => this.#save(form));
    }
    this.#bindRename();
  }

  #bindRename() {
    const name = byId("rename-name", HTMLInputElement);
    bindDialog(byId("rename-do"), this.#dialog, () => false);
    this.#dialog.addEventListener("submit", () => {
      const member = this.#renaming;
      if (member && name.value.trim() !== "")
        this.#ask((requests) => requests.changeMember(member.number, { name: name.value.trim() }));
    });
  }

  #switches() {
    /** @type {[string, (room: RoomState) => boolean, (on: boolean) => import("../../types/protocol").RoomChange][]} */
    const all = [
      ["set-free", ({ free }) => free, (free) => ({ free })],
      ["set-names", ({ names }) => names === "own", (own) => ({ names: own ? "own" : "generated" })],
      ["set-named", ({ named }) => named, (named) => ({ named })],
      ["set-locked", ({ locked }) => locked, (locked) => ({ locked })],
    ];
    return all.map(([id, pick, change]) => {
      const show = bindChoice(byId(id, HTMLInputElement), async (on) => {
        const done = await this.#ask((requests) => requests.change(change(on)));
        const { room } = this.#link.state;
        if (!done && room) show(pick(room));
      });
      return when(
        (/** @type {State} */ { room }) => [room !== null && pick(room)],
        (on) => show(on),
      );
    });
  }

  #questionViews() {
    const asks = new AskView(
      () => this.#link.state.room?.screen ?? { kind: "code" },
      async (question) => {
        const asked = await this.#ask((requests) => requests.ask(question));
        if (!asked) return this.#link.state.problem?.detail ?? "";
        byId("console-ask", HTMLDetailsElement).open = false;
        return "";
      },
    );
    const place = byId("console-ask", HTMLDetailsElement);
    place.addEventListener("toggle", () => place.open && asks.open());
    const controls = questionControls(byId("console-question"), (number, action) =>
      this.#ask((requests) => requests.control(number, action)),
    );
    const reveal = revealView(byId("console-reveal"));
    return [
      when(
        (/** @type {State} */ { room }) => [room?.question ? questionText(room.question) : ""],
        (text) => {
          byId("console-text").textContent = text || t("Nothing is asked now.");
          setHidden(place, text !== "", byId("console-question"));
        },
      ),
      (/** @type {State} */ { room }) => controls(room),
      (/** @type {State} */ { room }) => reveal(room),
    ];
  }

  #roomViews() {
    const roll = rollView({
      admit: ({ number }) => this.#ask((requests) => requests.changeMember(number, { admitted: true })),
      rename: (member) => {
        this.#renaming = member;
        byId("rename-name", HTMLInputElement).value = member.name ?? "";
        this.#dialog.showModal();
      },
      remove: ({ number }) => this.#ask((requests) => requests.remove(number)),
    });
    return [
      when(
        (/** @type {State} */ { room }) => [room?.code ?? ""],
        (code) => {
          byId("console-code").textContent = spaced(code);
          byId("do-projector", HTMLAnchorElement).href =
            `${location.pathname.replace(/\/console$/, "")}/projector`;
          byId("desk").hidden = false;
        },
      ),
      when(
        (/** @type {State} */ { link, problem }) => [
          problem?.detail ?? (link === "open" ? "" : t("The room is not reached; trying again…")),
        ],
        (words) => {
          byId("console-words").textContent = words;
        },
      ),
      when(
        (/** @type {State} */ { room }) => [room?.paused ?? false],
        (paused) => byId("do-eyes").setAttribute("aria-pressed", String(paused)),
      ),
      when(
        (/** @type {State} */ { room }) => [room ? screenWords(room) : "", room ? feelingWords(room) : ""],
        (screen, feelings) => {
          byId("console-screen").textContent = screen;
          byId("feelings").textContent = feelings;
        },
      ),
      (/** @type {State} */ { room }) => roll(room),
    ];
  }

  /** The wall, and the class as one experiment. */
  #classViews() {
    const show = (/** @type {RoomState["screen"]} */ screen) =>
      this.#ask((requests) => requests.change({ screen }));
    const controls = wallControls(show);
    const large = largeView(show, (work) => this.#ask(work));
    // Pressed once more, the class sees what it saw before.
    byId("do-wall").addEventListener("click", () => {
      const { room } = this.#link.state;
      if (room) show(room.screen.kind === "wall" ? this.#before : wallAfter(this.#before));
    });
    byId("do-ends").addEventListener("click", () => {
      const { room } = this.#link.state;
      if (room) show(room.screen.kind === "experiment" ? this.#before : { kind: "experiment" });
    });
    byId("do-play-all").addEventListener("click", () => this.#ask((requests) => requests.playAll()));
    byId("do-close-experiment").addEventListener("click", () =>
      this.#ask((requests) => requests.closeExperiment()),
    );
    return [
      when(
        (/** @type {State} */ { room }) => [room?.screen.kind ?? "code", room?.experiment != null],
        (kind, isOn) => {
          byId("do-wall").setAttribute("aria-pressed", String(kind === "wall"));
          byId("do-ends").setAttribute("aria-pressed", String(kind === "experiment"));
          byId("desk-experiment").hidden = !isOn;
        },
      ),
      (/** @type {State} */ { room }) => {
        if (room && room.screen.kind !== "wall" && room.screen.kind !== "experiment")
          this.#before = room.screen;
        controls(room);
        large(room);
      },
    ];
  }

  /** @param {State} state */
  #draw(state) {
    const { room, curves } = state;
    if (room === null) return;
    for (const view of this.#views) view(state);
    this.#wall.draw(room, curves, largeOf(room) === null);
    this.#experiment(room, true);
  }

  /** @param {Ticket} ticket */
  #showTicket({ kind, ticket }) {
    const { room } = this.#link.state;
    const from = room?.addresses[0] ?? server();
    const link = `${from}/room/${this.#key.code}/console#${ticket}`;
    byId("ticket").hidden = false;
    byId("ticket-link", HTMLInputElement).value = link;
    byId("ticket-words").textContent =
      kind === "helper"
        ? t("Whoever opens this link leads the room, too. It works once, for ten minutes.")
        : t("Keep this link to yourself. It gives you the room back for as long as there is one.");
    const picture = byId("ticket-qr");
    // Not that of a link that lasts: the picture's own address has it in it.
    picture.hidden = kind !== "helper";
    if (kind === "helper") picture.replaceChildren(qrPicture(this.#key.id, link, t("QR code of the link")));
  }

  /** @param {"csv" | "json"} form */
  #save(form) {
    const named = byId("with-names", HTMLInputElement).checked;
    return this.#ask(async (requests) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await requests.results(form, named)], { type: MEDIA[form] }));
      link.download = `room-${this.#key.code}.${form}`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
}

/** @param {RoomState} room */
function screenWords({ screen }) {
  switch (screen.kind) {
    case "run":
      return t("The class sees a run.");
    case "comparison":
      return t("The class sees a comparison.");
    case "program":
      return t("The class sees a program.");
    case "wall":
      return t("The class sees everybody's curves.");
    case "experiment":
      return t("The class sees what came out of its experiment.");
    case "code":
      return t("The class sees how to join.");
  }
}

/** In one line: how many are lost, fine, or find it too fast. @param {RoomState} room */
export function feelingWords({ feelings }) {
  const { lost = 0, fine = 0, fast = 0 } = feelings;
  if (lost + fine + fast === 0) return "";
  return t("{lost} lost · {fine} fine · {fast} too fast", { lost, fine, fast });
}
