// @ts-check
/** How one gets into a room: the code, a name, and the way back for whoever was in it before. */

import { byId, setHidden } from "../page/dom.js";
import { NOT_FOUND, Refusal } from "../page/http.js";
import { t } from "../page/i18n.js";
import { Newest } from "../page/newest.js";
import { reasonOf, showReason } from "../page/refusal.js";
import { ROOT } from "../page/root.js";
import { codeIn, codeOfPath, isWhole, spaced } from "./code-entry.js";
import { JOINED } from "./room-keys.js";
import { findRoom, join } from "./room-requests.js";

/** @typedef {import("./room-keys.js").Key} Key */
/** @typedef {import("../../types/protocol").RoomOffer} RoomOffer */
/** @typedef {"code" | "name" | "over"} Step what is asked for */

export class Door {
  #entered;
  #parts = { code: byId("door-code"), name: byId("door-name"), over: byId("door-over") };
  #code = byId("typed-code", HTMLInputElement);
  #codeReason = byId("typed-code-reason");
  #name = byId("name", HTMLInputElement);
  #nameReason = byId("name-reason");
  #suggested = byId("suggested");
  #requests = new Newest();
  /** @type {RoomOffer | null} */
  #offer = null;

  /** @param {(key: Key) => void} entered */
  constructor(entered) {
    this.#entered = entered;
    this.#code.addEventListener("input", () => this.#typed());
    this.#parts.code.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#find();
    });
    this.#parts.name.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#join();
    });
    byId("another").addEventListener("click", () => this.#suggest());
    byId("come-again").addEventListener("click", () => this.#find());
  }

  /** Opens with the code of the address; who was in that room before is in it at once. */
  open() {
    const code = codeOfPath(location.pathname);
    this.#code.value = spaced(code);
    const key = isWhole(code) ? JOINED.find(code) : null;
    if (key) this.#entered(key);
    else if (isWhole(code)) this.#find();
    else this.#show("code");
  }

  /**
   * The room is over for this member.
   *
   * @param {Key} key
   * @param {"ended" | "removed" | "refused"} reason
   */
  closed({ id, code }, reason) {
    JOINED.forget(id);
    this.#code.value = spaced(code);
    if (reason === "refused") return this.#find();
    byId("over-title").textContent =
      reason === "ended" ? t("The room is over.") : t("You are no longer in the room.");
    byId("over-text").textContent =
      reason === "ended"
        ? t("Thank you for taking part.")
        : t("The teacher has removed this name. You may join again.");
    byId("come-again").hidden = reason === "ended";
    this.#show("over");
  }

  /** Characters as they are in codes, whatever was typed; the cursor stays where it was. */
  #typed() {
    const code = codeIn(this.#code.value);
    const atEnd = this.#code.selectionStart === this.#code.value.length;
    if (atEnd) this.#code.value = spaced(code);
    showReason(this.#codeReason, "", this.#code);
    if (isWhole(code)) this.#find();
  }

  /** @param {Step} step */
  #show(step) {
    for (const [name, part] of Object.entries(this.#parts)) setHidden(part, name !== step, this.#parts[step]);
    if (step === "code") this.#code.focus();
    if (step === "name")
      (this.#offer?.names === "own" ? this.#name : this.#parts.name.querySelector("button"))?.focus();
  }

  #find() {
    const code = codeIn(this.#code.value);
    if (!isWhole(code)) {
      this.#show("code");
      showReason(this.#codeReason, t("A code has six letters and digits."), this.#code);
      return;
    }
    this.#requests.ask(
      (signal) => findRoom(code, signal),
      (offer) => this.#found(offer),
      (error) => {
        this.#show("code");
        const gone = error instanceof Refusal && error.problem.status === NOT_FOUND;
        showReason(
          this.#codeReason,
          gone ? t("There is no room with this code now.") : reasonOf(error),
          this.#code,
        );
      },
    );
  }

  /** @param {RoomOffer} offer */
  #found(offer) {
    this.#offer = offer;
    history.replaceState(null, "", `${ROOT}/room/${offer.code}`);
    const known = JOINED.find(offer.code);
    if (known?.id === offer.id) {
      this.#entered(known);
      return;
    }
    this.#suggested.textContent = offer.suggestion;
    byId("own-name").hidden = offer.names !== "own";
    byId("door-locked").hidden = !offer.locked;
    showReason(this.#nameReason, "", this.#name);
    this.#show("name");
  }

  /** Another name at a press. */
  #suggest() {
    const { code = "" } = this.#offer ?? {};
    this.#requests.ask(
      (signal) => findRoom(code, signal),
      (offer) => {
        this.#offer = offer;
        this.#suggested.textContent = offer.suggestion;
      },
      (error) => showReason(this.#nameReason, reasonOf(error)),
    );
  }

  #join() {
    const offer = this.#offer;
    if (offer === null) return;
    const own = offer.names === "own" ? this.#name.value.trim() : "";
    this.#requests.ask(
      () => join(offer.code, own || offer.suggestion),
      ({ id, member_token }) => {
        const key = { id, code: offer.code, token: member_token };
        JOINED.keep(key);
        this.#entered(key);
      },
      (error) => {
        showReason(this.#nameReason, reasonOf(error), this.#name);
        if (own === "") this.#suggest();
      },
    );
  }
}
