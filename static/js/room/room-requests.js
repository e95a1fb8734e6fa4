// @ts-check
/** What a page asks of the server for its classroom. */

import { request, requestBytes, send } from "../page/http.js";
import { checked, number, oneOf, record, text, truth } from "../page/record.js";
import { made } from "../run/runs.js";

/** @typedef {import("./room-keys.js").Key} Key */
/** @typedef {import("../../types/protocol").RoomOffer} RoomOffer */
/** @typedef {import("../../types/protocol").RoomCreated} RoomCreated */
/** @typedef {import("../../types/protocol").RoomChange} RoomChange */
/** @typedef {import("../../types/protocol").MemberChange} MemberChange */
/** @typedef {import("../../types/protocol").Joined} Joined */
/** @typedef {import("../../types/protocol").Ask} Ask */
/** @typedef {import("../../types/protocol").Ticket} Ticket */
/** @typedef {import("../../types/protocol").Derivation} Derivation */
/** @typedef {import("./room-state.js").Answer} Answer */

const ROOMS = "/api/rooms";
const isCreated = record({ id: text, code: text, owner_token: text });
const isOffer = record({
  id: text,
  code: text,
  names: oneOf("generated", "own"),
  locked: truth,
  suggestion: text,
});
const isJoined = record({ id: text, member_id: number, member_token: text, name: text });
const isTicket = record({ kind: text, ticket: text });

/** @param {string} id */
export const roomPath = (id) => `${ROOMS}/${encodeURIComponent(id)}`;

/** @param {string} id */
export const streamOf = (id) => `${roomPath(id)}/stream`;

/** @param {import("../../types/protocol").RoomRequest} wanted @param {string} key @returns {Promise<RoomCreated>} */
export function openRoom(wanted, key) {
  return checked(request(ROOMS, { method: "POST", body: wanted, key }), isCreated);
}

/** @param {string} code @param {AbortSignal} [signal] @returns {Promise<RoomOffer>} */
export function findRoom(code, signal) {
  return checked(request(roomPath(code), signal ? { signal } : {}), isOffer);
}

/** @param {string} code @param {string | null} name @returns {Promise<Joined>} */
export function join(code, name) {
  return checked(request(`${roomPath(code)}/members`, { method: "POST", body: { name } }), isJoined);
}

/** @param {string} ticket @returns {Promise<RoomCreated>} */
export function redeem(ticket) {
  return checked(request(`${ROOMS}/owners`, { method: "POST", body: { ticket } }), isCreated);
}

/** What the owner of a room, or a member of it, may ask for. */
export class RoomRequests {
  #path;
  #token;

  /** @param {Key} key */
  constructor({ id, token }) {
    this.#path = roomPath(id);
    this.#token = token;
  }

  /** @param {string} path @param {string} method @param {unknown} [body] */
  async #send(path, method, body) {
    await send(this.#path + path, { method, token: this.#token, ...(body === undefined ? {} : { body }) });
  }

  /** @param {RoomChange} change */
  change(change) {
    return this.#send("", "PATCH", change);
  }

  end() {
    return this.#send("", "DELETE");
  }

  /** @param {number} number @param {MemberChange} change */
  changeMember(number, change) {
    return this.#send(`/members/${number}`, "PATCH", change);
  }

  /** @param {number} number */
  remove(number) {
    return this.#send(`/members/${number}`, "DELETE");
  }

  /** @param {Ask} question */
  ask(question) {
    return this.#send("/questions", "POST", question);
  }

  /** @param {number} number @param {"lock" | "again" | "reveal" | "close"} what */
  control(number, what) {
    return this.#send(`/questions/${number}/${what}`, "POST");
  }

  /** @param {number} number of the question @param {Answer} answer */
  answer(number, answer) {
    return this.#send(`/questions/${number}/answer`, "PUT", answer);
  }

  /** @param {Ticket["kind"]} kind @returns {Promise<Ticket>} */
  ticket(kind) {
    const body = { kind };
    return checked(request(`${this.#path}/tickets`, { method: "POST", token: this.#token, body }), isTicket);
  }

  /** Makes the class one experiment. @param {import("../../types/protocol").Experiment} experiment */
  experiment(experiment) {
    return this.#send("/experiment", "POST", experiment);
  }

  /** Plays the runs of all members in it. */
  playAll() {
    return this.#send("/experiment/play", "POST");
  }

  closeExperiment() {
    return this.#send("/experiment", "DELETE");
  }

  /** The member's own run in the experiment, always the same one. */
  async ownRun() {
    return made(await request(`${this.#path}/experiment/run`, { method: "POST", token: this.#token }));
  }

  /** Gives the room up: whoever else owns it has it alone. */
  leave() {
    return this.#send("/owners/me", "DELETE");
  }

  /** Takes the class to a step of a lesson. @param {import("../../types/protocol").LessonPlace} place */
  lead(place) {
    return this.#send("/lesson", "PUT", place);
  }

  /** Plays what the lesson's step shows. */
  play() {
    return this.#send("/lesson/play", "POST");
  }

  leaveLesson() {
    return this.#send("/lesson", "DELETE");
  }

  /** @param {string} program @returns {Promise<number>} the number under which the room keeps its result */
  async derive(program) {
    const body = { program, curves: true };
    const isKept = record({ number });
    const kept = await checked(
      request(`${this.#path}/derivations`, { method: "POST", token: this.#token, body }),
      isKept,
    );
    return kept.number;
  }

  /** @param {number} number @returns {Promise<Derivation>} */
  derivation(number) {
    return request(`${this.#path}/derivations/${number}`, { token: this.#token });
  }

  /** @param {"csv" | "json"} form @param {boolean} named */
  results(form, named) {
    const path = `${this.#path}/results.${form}?names=${named ? 1 : 0}`;
    return requestBytes(path, { token: this.#token });
  }
}
