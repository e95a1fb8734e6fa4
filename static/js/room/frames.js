// @ts-check
/**
 * The stage: the teacher's page in a frame. Another screen gets another frame, which takes the place of the old one when
 * all of it is there; where the teacher looks on a screen is told to the frame that has it.
 */

import { html } from "../page/dom.js";
import { embeddedAddress } from "../page/embedded.js";
import { ROOT } from "../page/root.js";
import { screenKey } from "./room-state.js";

/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("./mirror.js").Look} Look */
/** @typedef {import("./mirror.js").Told} Told */
/** @typedef {import("../../types/protocol").Derivation} Derivation */

/** Screens that are pages of the product. */
export const SHOWN = ["run", "comparison", "program"];

/**
 * One screen's frame.
 *
 * @typedef {object} Frame
 * @property {string} key
 * @property {HTMLIFrameElement} element
 * @property {boolean} isHere whether it can be told where to look
 * @property {Look | null} look the newest that it was, or is to be, told
 */

export class Frames {
  #place;
  #as;
  #title;
  #derivation;
  /** @type {Frame | null} */
  #shown = null;
  /** The one that is to take its place. @type {Frame | null} */
  #next = null;
  /** The results that have come, by number. @type {Map<number, Derivation>} */
  #results = new Map();
  /** What was drawn last. @type {Screen | null} */
  #screen = null;

  /**
   * @param {HTMLElement} place
   * @param {"watch" | "projector"} as
   * @param {string} title of the frame, for a screen reader
   * @param {(number: number) => Promise<Derivation>} derivation brings what torch made of a program
   */
  constructor(place, as, title, derivation) {
    this.#place = place;
    this.#as = as;
    this.#title = title;
    this.#derivation = derivation;
    addEventListener("message", ({ origin, source, data }) => {
      if (origin !== location.origin || typeof data?.room !== "string") return;
      const frame = [this.#shown, this.#next].find((one) => one?.element.contentWindow === source);
      if (frame) this.#hear(frame, data);
    });
  }

  /** @param {Screen} screen */
  draw(screen) {
    if (screen === this.#screen) return;
    this.#screen = screen;
    if (!SHOWN.includes(screen.kind)) return;
    if (screen.kind !== "program" || screen.derivation === null)
      this.#show({ room: "look", screen, derivation: null });
    else this.#showResult(screen, screen.derivation);
  }

  /**
   * A program is shown with its result, or not yet.
   *
   * @param {Screen} screen
   * @param {number} number
   */
  async #showResult(screen, number) {
    let derivation = this.#results.get(number) ?? null;
    if (derivation === null) {
      try {
        derivation = await this.#derivation(number);
      } catch {
        return; // The old screen stays; the next message tries again.
      }
      this.#results.set(number, derivation);
    }
    // Meanwhile the teacher may have gone on.
    if (screen === this.#screen) this.#show({ room: "look", screen, derivation });
  }

  /** @param {Look} look */
  #show(look) {
    const key = screenKey(look.screen);
    if (this.#shown?.key === key) {
      this.#drop();
      this.#tell(this.#shown, look);
      return;
    }
    if (this.#next?.key !== key) {
      this.#drop();
      this.#next = this.#made(key, look.screen);
    }
    this.#tell(this.#next, look);
  }

  /** Gives up the frame that is not needed after all. */
  #drop() {
    this.#next?.element.remove();
    this.#next = null;
  }

  /** @param {string} key @param {Screen} screen @returns {Frame} */
  #made(key, screen) {
    const element = /** @type {HTMLIFrameElement} */ (html("iframe", "stage-frame"));
    element.title = this.#title;
    // What is not ready is neither seen, nor heard, nor reached by the keyboard.
    element.inert = true;
    element.dataset.waits = "";
    element.src = ROOT + embeddedAddress(addressOf(screen), this.#as);
    this.#place.append(element);
    return { key, element, isHere: false, look: null };
  }

  /** @param {Frame} frame @param {Look} look */
  #tell(frame, look) {
    frame.look = look;
    if (frame.isHere) frame.element.contentWindow?.postMessage(look, location.origin);
  }

  /** @param {Frame} frame @param {Told} told */
  #hear(frame, told) {
    if (told.room === "here") {
      frame.isHere = true;
      if (frame.look) this.#tell(frame, frame.look);
    } else if (told.room === "ready" && frame === this.#next) {
      this.#shown?.element.remove();
      this.#shown = frame;
      this.#next = null;
      frame.element.inert = false;
      delete frame.element.dataset.waits;
      this.#place.dataset.shows = frame.key.split(" ")[0];
    }
  }
}

/** @param {Screen} screen */
function addressOf(screen) {
  if (screen.kind === "run") return `/?run=${encodeURIComponent(screen.run)}`;
  if (screen.kind === "comparison") return `/compare?comparison=${encodeURIComponent(screen.comparison)}`;
  return "/calculator";
}
