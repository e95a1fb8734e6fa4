// @ts-check
/** The lesson that a teacher goes through with the class, on the console: what its step says, and what comes next. */

import { when } from "../page/changes.js";
import { button, byId, html, replaceChildren, setHidden } from "../page/dom.js";
import { request } from "../page/http.js";
import { t } from "../page/i18n.js";
import { reasonOf } from "../page/refusal.js";
import { paragraphs } from "./lesson-text.js";

/** @typedef {import("../../types/protocol").LessonShown} Lesson */
/** @typedef {import("../../types/protocol").LessonOffer} Offer */
/** @typedef {import("../../types/protocol").LessonPlace} Place */
/** @typedef {import("../../types/protocol").RoomState} RoomState */
/** @typedef {import("../room/room-requests.js").RoomRequests} RoomRequests */
/** @typedef {(work: (requests: RoomRequests) => Promise<unknown>) => Promise<boolean>} Ask */

export class LessonLead {
  #ask;
  #choice = byId("lead-choice", HTMLDetailsElement);
  /** @type {Place | null} */
  #place = null;
  /** The one that the class goes through, once it has come. @type {Lesson | null} */
  #lesson = null;
  draw;

  /** @param {Ask} ask asks the server for something */
  constructor(ask) {
    this.#ask = ask;
    byId("lead-next").addEventListener("click", () => this.#go(1));
    byId("lead-back").addEventListener("click", () => this.#go(-1));
    byId("lead-again").addEventListener("click", () => this.#go(0));
    byId("lead-play").addEventListener("click", () => ask((requests) => requests.play()));
    byId("lead-leave").addEventListener("click", () => ask((requests) => requests.leaveLesson()));
    this.#choice.addEventListener("toggle", () => this.#choice.open && this.#offer());
    this.draw = when(
      (/** @type {RoomState} */ { lesson }) => [lesson?.lesson ?? "", lesson?.step ?? 0],
      (lesson, step) => this.#follow(lesson === "" ? null : { lesson, step }),
    );
  }

  /** @param {number} by how many steps farther */
  #go(by) {
    const place = this.#place;
    if (place) this.#ask((requests) => requests.lead({ ...place, step: place.step + by }));
  }

  async #offer() {
    const place = byId("lead-offers");
    try {
      /** @type {{ lessons: Offer[] }} */
      const { lessons } = await request("/api/lessons");
      replaceChildren(place, ...lessons.map((lesson) => html("li", "", this.#item(lesson))));
    } catch (error) {
      replaceChildren(place, html("li", "", reasonOf(error)));
    }
  }

  /** @param {Offer} lesson */
  #item({ id, title }) {
    const item = button(title, () => this.#ask((requests) => requests.lead({ lesson: id, step: 1 })));
    item.dataset.key = id;
    return item;
  }

  /** @param {Place | null} place */
  async #follow(place) {
    const isNew = place?.lesson !== this.#place?.lesson;
    this.#place = place;
    if (isNew) this.#lesson = null;
    this.#draw();
    if (!isNew || place === null) return;
    try {
      const lesson = await request(`/api/lessons/${encodeURIComponent(place.lesson)}`);
      if (lesson.id !== this.#place?.lesson) return;
      this.#lesson = lesson;
      this.#draw();
    } catch (error) {
      byId("lead-place").textContent = reasonOf(error);
    }
  }

  #draw() {
    const [lesson, at] = [this.#lesson, this.#place?.step ?? 0];
    const step = lesson?.shown[at - 1] ?? null;
    const next = byId("lead-next");
    setHidden(byId("lead"), this.#place === null, this.#choice);
    setHidden(this.#choice, this.#place !== null, next);
    if (this.#place !== null) this.#choice.open = false;
    byId("lead-place").textContent = lesson
      ? `${lesson.title} · ${t("Step {step} of {steps}", { step: at, steps: lesson.steps })}`
      : "";
    byId("lead-step").textContent = step?.title ?? "";
    const task = step?.task ? `\n\n${t("The task:")} ${step.task.text}` : "";
    replaceChildren(byId("lead-text"), ...(step ? paragraphs(step.text + task) : []));
    setHidden(next, at === (lesson?.steps ?? 0), byId("lead-again"));
    setHidden(byId("lead-back"), at <= 1, next);
    setHidden(byId("lead-play"), !hasOwnRuns(step), next);
  }
}

/** Whether there are runs to be played, and no reveal that does so. @param {Lesson["shown"][number] | null} step */
function hasOwnRuns(step) {
  return step !== null && step.ask === null && step.scene !== null && step.scene.page !== "calculator";
}
