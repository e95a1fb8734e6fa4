// @ts-check
/** A page in a classroom's frame: it is told where to look, and tells when it does. */

/** @typedef {import("./room-state.js").Screen} Screen */
/** @typedef {import("../../types/protocol").Derivation} Derivation */
/**
 * What the page around says: what to show, where it looks, and what torch made of it if it is a program.
 *
 * @typedef {{ room: "look", screen: Screen, derivation: Derivation | null }} Look
 */
/**
 * What the page in the frame says. here: it can be told. ready: it shows all that it was told to.
 *
 * @typedef {{ room: "here" } | { room: "ready" }} Told
 */

export class Mirror {
  #ready = false;

  /** @param {(look: Look) => void} look shows something; `ready` is called when that is seen */
  constructor(look) {
    addEventListener("message", ({ origin, source, data }) => {
      if (origin === location.origin && source === parent && data?.room === "look") look(data);
    });
    tell({ room: "here" });
  }

  /** Called whenever all that was asked for is on the page. */
  ready() {
    if (this.#ready) return;
    this.#ready = true;
    tell({ room: "ready" });
  }
}

/** @param {Told} message */
function tell(message) {
  parent.postMessage(message, location.origin);
}
