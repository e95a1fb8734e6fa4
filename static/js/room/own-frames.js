// @ts-check
/**
 * "Try it myself": a frame of the member's own, which begins with what the teacher shows. It stays as it is while its
 * member looks at the teacher's again.
 */

import { comparedBy, query } from "../compare/comparison-address.js";
import { html } from "../page/dom.js";
import { embeddedAddress } from "../page/embedded.js";
import { request } from "../page/http.js";
import { toFragment } from "../page/program-link.js";
import { ROOT } from "../page/root.js";
import { forkRun, pathOf, RUNS } from "../run/runs.js";
import { newKey } from "../run/unsure.js";

/** @typedef {import("./room-state.js").Screen} Screen */
/**
 * What a member begins with: what the teacher shows, or the step of the lesson that the class is at.
 *
 * @typedef {Screen | { kind: "lesson", lesson: string, step: number }} Begun
 */
/** @typedef {import("../../types/protocol").Comparison} Comparison */

export class OwnFrames {
  #place;
  #title;
  #made;
  /** By what it began with: the kind of a screen, or an experiment. @type {Map<string, HTMLIFrameElement>} */
  #frames = new Map();

  /**
   * @param {HTMLElement} place
   * @param {string} title of a frame, for a screen reader
   * @param {(run: string) => void} made called with a run of the member's own
   */
  constructor(place, title, made) {
    this.#place = place;
    this.#title = title;
    this.#made = made;
    addEventListener("message", ({ origin, source, data }) => {
      const isOwn = origin === location.origin && source === this.#frames.get("lesson")?.contentWindow;
      if (isOwn && data?.lesson === "runs" && data.runs.length === 1) made(data.runs[0]);
    });
  }

  /**
   * Shows the frame for a screen; makes one where there is none, or where it is to begin anew.
   *
   * @param {Begun} screen
   * @param {{ anew?: boolean, mine?: string | null }} [options] mine: the member's own run, if there is one
   * @throws what `request` throws, where nothing could be made
   */
  show(screen, { anew = false, mine = null } = {}) {
    // The wall shows runs: whoever has one goes on with it.
    const kind = screen.kind === "wall" ? "run" : screen.kind;
    return this.#show(kind, anew, () => this.#begun(screen, mine));
  }

  /**
   * Shows the member's run in an experiment of the class.
   *
   * @param {number} experiment its number
   * @param {() => Promise<import("../run/owned.js").Own>} ask for the run
   * @throws what `ask` throws
   */
  showExperiment(experiment, ask) {
    return this.#show(`experiment ${experiment}`, false, async () => {
      const own = await ask();
      RUNS.owned.remember(own);
      return addressOf(own.id);
    });
  }

  /** @param {string} kind @param {boolean} anew @param {() => Promise<string>} begun makes something; gives its address */
  async #show(kind, anew, begun) {
    if (anew || !this.#frames.has(kind)) {
      const address = await begun();
      const frame = /** @type {HTMLIFrameElement} */ (html("iframe", "stage-frame"));
      frame.title = this.#title;
      frame.src = ROOT + embeddedAddress(address, "own");
      this.#frames.get(kind)?.remove();
      this.#frames.set(kind, frame);
      this.#place.append(frame);
    }
    for (const [own, frame] of this.#frames) frame.hidden = own !== kind;
  }

  /** @param {Begun} screen @param {string | null} mine @returns {Promise<string>} the address of something of one's own */
  async #begun(screen, mine) {
    if (screen.kind === "lesson") return `/lessons/${encodeURIComponent(screen.lesson)}#${screen.step}`;
    if (screen.kind === "program")
      return `/calculator${await toFragment({ program: screen.program, beside: null })}`;
    if (screen.kind === "comparison") return comparedAgain(screen.comparison);
    if (screen.kind !== "run" && screen.kind !== "wall") return "/";
    if (screen.kind === "wall" && mine !== null && RUNS.owned.find(mine) !== null) return addressOf(mine);
    const past = screen.kind === "run" ? screen.place.past : null;
    const own =
      screen.run === null
        ? await RUNS.create({}, newKey())
        : await forkRun(screen.run, past ?? (await request(pathOf(screen.run))).step);
    RUNS.owned.remember(own);
    this.#made(own.id);
    return addressOf(own.id);
  }
}

/** @param {string} run */
function addressOf(run) {
  return `/?run=${encodeURIComponent(run)}`;
}

/** @param {string} id of a comparison @returns {Promise<string>} the address that makes the same of one's own */
async function comparedAgain(id) {
  /** @type {Comparison} */
  const { runs } = await request(`/api/comparisons/${encodeURIComponent(id)}`);
  const vary = runs.map((run) => run.vary);
  const { common, vary: own } = comparedBy({ config: runs[0]?.config ?? {}, vary });
  return `/compare${query(null, { common, vary: own })}`;
}
