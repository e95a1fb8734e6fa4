// @ts-check
/** A lesson: what its step says, the step's scene in a frame, a prediction that torch answers, and a task. */

import { Announcer } from "../page/announcer.js";
import { when } from "../page/changes.js";
import { byId, html, replaceChildren, setHidden } from "../page/dom.js";
import { embeddedAddress } from "../page/embedded.js";
import { request } from "../page/http.js";
import { t } from "../page/i18n.js";
import { problemOf } from "../page/refusal.js";
import { ROOT } from "../page/root.js";
import { AnswerPanel } from "../room/answer-panel.js";
import {
  asRoom,
  frameKey,
  haveEnded,
  INITIAL,
  isHidden,
  progressOf,
  reduce,
  stepOf,
} from "./lesson-state.js";
import { paragraphs } from "./lesson-text.js";
import { sceneAddress } from "./scene-address.js";
import { tellLesson } from "./told.js";

/** @typedef {import("./lesson-state.js").State} State */
/** @typedef {import("./lesson-state.js").Message} Message */

export class LessonPage {
  state = INITIAL;
  #id;
  #announcer = new Announcer(byId("live"));
  #frame = byId("lesson-frame", HTMLIFrameElement);
  #panel;
  #views;

  /** @param {string} id of the lesson */
  constructor(id) {
    this.#id = id;
    this.#panel = new AnswerPanel(byId("question"), {
      draft: (answer, written) => this.#receive({ type: "drafted", answer, ...(written ? { written } : {}) }),
      send: (answer) => this.#lock(answer),
    });
    byId("lesson-back").addEventListener("click", () => this.#go(this.state.at - 1));
    byId("lesson-next").addEventListener("click", () => this.#go(this.state.at + 1));
    byId("lesson-reveal").addEventListener("click", () => this.#reveal());
    byId("lesson-check").addEventListener("click", () => this.#check());
    addEventListener("hashchange", () => this.#receive({ type: "go", at: placeOf(location.hash) }));
    addEventListener("message", ({ origin, source, data }) => {
      const ours = origin === location.origin && source === this.#frame.contentWindow;
      if (!ours || typeof data?.lesson !== "string") return;
      this.#receive({ type: "told", told: data });
      tellLesson(data); // Of a lesson in a classroom's frame: what is the member's own there.
    });
    this.#views = this.#made();
  }

  async start() {
    try {
      const lesson = await request(this.#path(""));
      this.#receive({ type: "lesson", lesson, at: placeOf(location.hash) });
    } catch (error) {
      byId("lesson-title").textContent = problemOf(error).detail;
    }
  }

  /** @param {string} rest */
  #path(rest) {
    return `/api/lessons/${encodeURIComponent(this.#id)}${rest}`;
  }

  /** @param {Message} message */
  #receive(message) {
    const before = this.state;
    this.state = reduce(before, message);
    if (before === this.state) return;
    this.#panel.draw(asRoom(this.state));
    for (const view of this.#views) view(this.state);
  }

  /** @param {number} at */
  #go(at) {
    location.hash = `#${at + 1}`;
    byId("lesson-step").focus();
  }

  /** The answer stands; of a program torch can tell at once, of runs when they have ended. @param {import("./lesson-state.js").Answer} answer */
  #lock(answer) {
    this.#receive({ type: "locked", answer });
    if (stepOf(this.state)?.ask?.kind === "program") this.#reveal();
    else byId("lesson-stage").scrollIntoView({ block: "nearest" });
  }

  async #reveal() {
    const { at, runs } = this.state;
    const { answer } = progressOf(this.state);
    if (answer === null || this.state.waits) return;
    const body = { answer, runs: runs?.runs ?? [] };
    await this.#ask(this.#path(`/steps/${at + 1}/reveal`), body, (revealed) => ({
      type: "revealed",
      at,
      revealed,
    }));
  }

  async #check() {
    const { at, runs, program } = this.state;
    const task = stepOf(this.state)?.task;
    if (!task || this.state.waits) return;
    const body = task.of === "run" ? { run: runs?.runs[0] ?? "" } : { program: program ?? "" };
    await this.#ask(this.#path(`/steps/${at + 1}/check`), body, (checked) => ({
      type: "checked",
      at,
      checked,
    }));
  }

  /**
   * @param {string} path
   * @param {object} body
   * @param {(answer: any) => Message} said
   */
  async #ask(path, body, said) {
    this.#receive({ type: "asked" });
    try {
      this.#receive(said(await request(path, { method: "POST", body })));
    } catch (error) {
      this.#receive({ type: "refused", problem: problemOf(error) });
    }
  }

  #made() {
    const [title, step, place] = ["lesson-title", "lesson-step", "lesson-text"].map((id) => byId(id));
    const [reveal, wait] = [byId("lesson-reveal"), byId("lesson-wait")];
    const [task, verdict] = [byId("lesson-task"), byId("lesson-verdict")];
    if (!title || !step || !place) throw new TypeError("the page lacks a part");
    return [
      when(
        (/** @type {State} */ { lesson }) => [lesson],
        (lesson) => {
          if (lesson === null) return;
          title.textContent = lesson.title;
          document.title = `${lesson.title} · Autograd Playground`;
        },
      ),
      when(
        (/** @type {State} */ state) => [stepOf(state), state.at, state.lesson?.steps ?? 0],
        (shown, at, steps) => {
          if (shown === null) return;
          const words = t("Step {step} of {steps}", { step: at + 1, steps });
          byId("lesson-place").textContent = words;
          step.textContent = shown.title;
          replaceChildren(place, ...paragraphs(shown.text));
          setHidden(byId("lesson-back"), at === 0, byId("lesson-next"));
          setHidden(byId("lesson-next"), at + 1 === steps, byId("lesson-back"));
          byId("lesson-end").hidden = at + 1 !== steps;
          task.hidden = shown.task === null;
          replaceChildren(byId("lesson-task-text"), ...(shown.task ? paragraphs(shown.task.text) : []));
          replaceChildren(byId("lesson-hint-text"), ...(shown.task?.hint ? paragraphs(shown.task.hint) : []));
          const hint = byId("lesson-hint", HTMLDetailsElement);
          hint.hidden = !shown.task?.hint;
          hint.open = false;
          this.#announcer.tell(`${words}. ${shown.title}`, performance.now());
        },
      ),
      when(
        (/** @type {State} */ state) => [frameKey(state), hiddenProgram(state) !== null],
        (_key, _hidden) => this.#showScene(),
      ),
      when(
        (/** @type {State} */ state) => [isHidden(state)],
        (hidden) => {
          this.#frame.inert = hidden;
          byId("lesson-cover").hidden = !hidden;
        },
      ),
      when(
        (/** @type {State} */ state) => [hiddenProgram(state)],
        (program) => {
          byId("lesson-program").hidden = program === null;
          byId("lesson-program").textContent = program;
        },
      ),
      when(
        (/** @type {State} */ state) => [isLocked(state), canTell(state), state.waits],
        (locked, can, asked) => {
          wait.hidden = !locked || can;
          setHidden(reveal, !locked || !can, step);
          reveal.setAttribute("aria-disabled", String(asked));
        },
      ),
      when(
        (/** @type {State} */ state) => [
          progressOf(state).checked,
          state.waits,
          state.problem,
          canCheck(state),
        ],
        (checked, waits, problem, can) => {
          byId("lesson-check").setAttribute("aria-disabled", String(waits || !can));
          verdict.dataset.done = String(checked?.done ?? false);
          const said = problem ? [problem.errors[0]?.message ?? problem.detail] : saidOf(checked);
          replaceChildren(verdict, ...said.map((text) => html("p", "", text)));
        },
      ),
    ];
  }

  async #showScene() {
    const shown = stepOf(this.state);
    const key = frameKey(this.state);
    const address = shown && (await sceneAddress(shown));
    if (key !== frameKey(this.state)) return;
    byId("lesson-stage").hidden = !address;
    // The calculator runs what it shows.
    const isHere = address && hiddenProgram(this.state) === null;
    this.#frame.src = isHere ? ROOT + embeddedAddress(address, "own") : "about:blank";
  }
}

/** The program that is shown as text, because running it would tell what is asked. @param {State} state */
function hiddenProgram(state) {
  const scene = stepOf(state)?.scene;
  return scene?.page === "calculator" && isHidden(state) ? scene.program : null;
}

/** Whether an answer stands that torch has not yet said anything to. @param {State} state */
function isLocked(state) {
  const { answer, revealed } = progressOf(state);
  return answer !== null && revealed === null;
}

/** Whether torch can: runs must have ended, a program needs nothing. @param {State} state */
const canTell = (state) => stepOf(state)?.ask?.kind === "program" || haveEnded(state);

/** @param {State} state */
function canCheck(state) {
  const task = stepOf(state)?.task;
  return task?.of === "run" ? (state.runs?.runs.length ?? 0) > 0 : state.program !== null;
}

/** @param {import("./lesson-state.js").Progress["checked"]} checked @returns {string[]} */
function saidOf(checked) {
  if (checked === null) return [];
  return checked.done ? [t("✓ Done: that is what the task asks for.")] : checked.missing;
}

/** The step that an address names, from 0. @param {string} hash */
function placeOf(hash) {
  return (Number.parseInt(hash.slice(1), 10) || 1) - 1;
}
