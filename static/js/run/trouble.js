// @ts-check
/** What has gone wrong: what happened, why, and which change helps. Pure: no DOM. */

import { N_, t, tn } from "../page/i18n.js";
import { flatten } from "./config.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../types/protocol").RunState} RunState */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/**
 * What a press of its button does. patch: a merge patch of the settings, perhaps empty; null: connect now.
 * reset: whether the run has to begin anew after it.
 *
 * @typedef {{ patch: Record<string, JsonValue> | null, reset: boolean }} Remedy
 */

/**
 * what, why: in words. quote: torch's own, in English. advice: what to change, in words.
 *
 * @typedef {object} Trouble
 * @property {string} what
 * @property {string | null} why
 * @property {string | null} quote
 * @property {string | null} advice
 * @property {Remedy[]} remedies
 * @property {boolean} [connection] whether the page about the connection may tell more
 */

/** Topics of ends that are no trouble: what was asked for has been done. */
const GOOD = ["max_steps_reached", "stop_loss_reached"];
/** From this share of the hidden units on, dead ones are trouble, as is a whole layer; a few always die. */
const MANY = 0.75;

const BROADCAST = N_("Every prediction is compared with every y.");
/** The titles of ends, by topic. @type {Record<string, string>} */
const NAMES = {
  lr_above_limit: N_("The steps are too long."),
  lr_too_high: N_("The steps are too long."),
  lr_too_high_adaptive: N_("The steps are too long."),
  momentum_too_high: N_("The momentum is too high."),
  weight_decay_too_high: N_("The weight decay is too high."),
  scheduler_raises_lr: N_("The learning rate has risen too high."),
  large_initial_weights: N_("The weights begin too large."),
  edited_by_hand: N_("A parameter was changed by hand."),
  accumulating_gradients: N_("The gradients add up: zero_grad() is missing."),
  accumulating_at_high_lr: N_("The gradients add up: zero_grad() is missing."),
  target_size: BROADCAST,
  dead_from_the_start: N_("A whole layer is dead."),
  died_on_the_way: N_("A whole layer has died."),
  no_backward: N_("Nothing was learnt: there are no gradients."),
  no_step: N_("Nothing was learnt: no step was taken."),
  broken_down: N_("The server had to end this run."),
  strayed: N_("The run could not be brought back."),
  set_aside: N_("The run is set aside."),
};

/**
 * @param {State} state
 * @returns {Trouble | null} null: all is well, or what is wrong passes by itself
 */
export function troubleOf(state) {
  return ofLink(state) ?? ofEnd(state) ?? ofWarning(state) ?? ofDeadUnits(state);
}

/**
 * @param {State} state
 * @returns {Trouble | null}
 */
function ofLink({ link, run, remade }) {
  const nothing = { quote: null, advice: null, remedies: [] };
  if (link === "lost" && run === null) {
    return {
      ...nothing,
      what: t("The connection to the server is lost."),
      why: t("The network is away, or the server is, or something between them. This page goes on trying."),
      connection: true,
    };
  }
  if (link === "lost" && run !== null) {
    return {
      ...nothing,
      what: t("The connection to the server is lost."),
      why: t(
        "The network is away, or the server is. The run is not: it waits there, and every loss you miss comes when the connection is back.",
      ),
      remedies: [{ patch: null, reset: false }],
      connection: true,
    };
  }
  if (link === "warming" && run !== null) {
    return {
      ...nothing,
      what: t("The trainer has stopped and is being replaced."),
      why: t("It trains your run again from its settings and its seed, up to the same step."),
    };
  }
  if (link === "gone") {
    return {
      ...nothing,
      what: t("This run is no longer on the server."),
      why: t("It was deleted, or nobody came back to it for a long time."),
    };
  }
  if (remade && run?.status === "ready") {
    return {
      ...nothing,
      what: t("The server no longer had your run."),
      why: t(
        "It was deleted, or nobody came back to it for a long time. This is a new run with the same settings and the same seed: it gives the same numbers.",
      ),
    };
  }
  return null;
}

/**
 * @param {State} state
 * @returns {Trouble | null}
 */
function ofEnd({ run, link }) {
  if (link !== "open" || !run?.reason || GOOD.includes(run.topic ?? "")) return null;
  return {
    what: titleOf(run),
    why: run.explanation,
    quote: run.error ?? run.warning,
    advice: run.remedy,
    remedies: [{ patch: run.suggestion ?? {}, reset: true }],
  };
}

/** @param {RunState} run */
function titleOf({ topic, status, step }) {
  const name = NAMES[topic ?? ""];
  if (name) return t(name);
  if (status === "diverged") return t("Diverged at step {step}: the loss grew beyond all bounds.", { step });
  if (status === "failed") return t("torch refused to take step {step}.", { step: step + 1 });
  return t("The run did not come to anything.");
}

/**
 * @param {State} state
 * @returns {Trouble | null}
 */
function ofWarning({ link, warned, run }) {
  if (link !== "open" || !warned || !run) return null;
  const fixable = !run.config.data.unsqueeze_y;
  return {
    what: t(BROADCAST),
    why: warned.explanation,
    quote: warned.warning,
    advice: warned.remedy,
    remedies: fixable ? [{ patch: { data: { unsqueeze_y: true } }, reset: true }] : [],
  };
}

/**
 * @param {State} state
 * @returns {Trouble | null}
 */
function ofDeadUnits({ link, snapshot, run }) {
  if (link !== "open" || !snapshot || !run) return null;
  const { seed, model } = run.config;
  const units = model.hidden.reduce((sum, count) => sum + count, 0);
  const dead = snapshot.deadUnits.length;
  if (units === 0 || (dead < MANY * units && !hasDeadLayer(model.hidden, snapshot.deadUnits))) return null;
  return {
    what: tn("{count} of {units} hidden units is dead.", "{count} of {units} hidden units are dead.", dead, {
      units,
    }),
    why: t(
      "For every x of the data they get a value below 0. There ReLU gives 0 and has slope 0: they add nothing to the curve, and no gradient reaches their weights.",
    ),
    quote: null,
    advice: t("Begin with other weights, or take an activation that has a slope everywhere."),
    remedies: [
      { patch: { seed: seed + 1 }, reset: true },
      { patch: { model: { activation: "LeakyReLU" } }, reset: true },
    ],
  };
}

/**
 * Whether a layer lets nothing through.
 *
 * @param {number[]} hidden units of each layer
 * @param {ArrayLike<number>} dead counted through all layers
 */
function hasDeadLayer(hidden, dead) {
  const all = Array.from(dead);
  let first = 0;
  return hidden.some((count) => {
    const [from, to] = [first, first + count];
    first = to;
    return all.filter((unit) => unit >= from && unit < to).length === count;
  });
}

/**
 * The settings that a remedy changes, as Python would write it.
 *
 * @param {Remedy} remedy
 */
export function changeOf({ patch }) {
  return Object.entries(flatten(patch ?? {}))
    .map(([path, value]) => `${path} = ${inPython(value)}`)
    .join(", ");
}

/**
 * What a remedy does, as its button says it.
 *
 * @param {Remedy} remedy
 */
export function labelOf(remedy) {
  const { patch, reset } = remedy;
  if (patch === null) return t("Connect now");
  const change = changeOf(remedy);
  if (change === "") return t("Reset");
  return reset ? t("Set {change} and reset", { change }) : t("Set {change}", { change });
}

/** @param {JsonValue} value */
function inPython(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? value : JSON.stringify(value);
}
