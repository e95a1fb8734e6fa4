// @ts-check
/** The state of the playback after each step, computed from the steps that the server lists. Pure. */

import { numbersIn } from "../../page/numbers.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Step} Step */
/** @typedef {import("../../../types/protocol").GraphEdge} GraphEdge */

/**
 * The gradients that were added to a `.grad` since it was last zero or None.
 *
 * @typedef {{ text: string | null, poured: string[], sum: string | null }} Pot text: what it holds; null: None.
 *   sum: the last addition, such as "12 + 12 = 24"
 */

/**
 * @typedef {{
 *   step: Step | null,
 *   made: Set<string>,
 *   reached: Map<string, string>,
 *   flowing: { edge: string, text: string }[],
 *   values: Map<string, string>,
 *   pots: Map<string, Pot>,
 *   printed: number,
 * }} Moment
 * step: the last one taken. made: ids of the nodes computed so far. reached: the gradient at each node that this
 * `backward()` has reached. flowing: the products that arrive along edges in this step. printed: characters.
 */

/**
 * @param {Derivation} derivation
 * @param {number} count steps taken
 * @returns {Moment}
 */
export function momentAt({ steps, graph }, count) {
  const edges = graph?.edges ?? [];
  /** @type {Moment} */
  const moment = {
    step: steps[count - 1] ?? null,
    made: new Set(),
    reached: new Map(),
    flowing: [],
    values: new Map(),
    pots: new Map(),
    printed: 0,
  };
  for (const step of steps.slice(0, count)) take(moment, step, edges);
  return moment;
}

/**
 * @param {Moment} moment
 * @param {Step} step
 * @param {GraphEdge[]} edges
 */
function take(moment, step, edges) {
  for (const node of step.made) {
    moment.made.add(node);
    // A constant appears with the operation that uses it: in each round of a loop.
    for (const { source, target, kind } of edges) {
      if (target === node && kind === "constant") moment.made.add(source);
    }
  }
  moment.flowing = [];
  if (step.event === "backward") moment.reached.clear();
  if (step.event === "node" && step.node !== null) {
    moment.flowing = arriving(step.node, moment.reached, edges);
    moment.made.add(step.node);
    if (step.grad !== null) moment.reached.set(step.node, step.grad);
  }
  for (const change of step.changed) {
    if (change.what === "value") {
      if (change.after === null) moment.values.delete(change.name);
      else moment.values.set(change.name, change.after);
    } else {
      moment.pots.set(change.name, poured(moment.pots.get(change.name), change, step));
    }
  }
  moment.printed = step.printed ?? moment.printed;
}

/**
 * The products that arrive at a node: the gradient of each operation that used it, times the derivative.
 *
 * @param {string} node
 * @param {Map<string, string>} reached
 * @param {GraphEdge[]} edges
 */
function arriving(node, reached, edges) {
  return edges
    .filter(({ source, target, kind }) => kind === "flow" && source === node && reached.has(target))
    .map(({ id, target, local }) => ({
      edge: id,
      text: local === null ? (reached.get(target) ?? "") : `${reached.get(target)} × ${factor(local)}`,
    }));
}

/** @param {string} text */
function factor(text) {
  return text.startsWith("-") ? `(${text})` : text;
}

/**
 * @param {Pot | undefined} pot
 * @param {{ before: string | null, after: string | null }} change
 * @param {Step} step
 * @returns {Pot}
 */
function poured(pot, { before, after }, { event, grad }) {
  if (event !== "node" || grad === null || after === null) {
    return { text: after, poured: after === null || isZero(after) ? [] : [after], sum: null };
  }
  if (before === null) return { text: after, poured: [grad], sum: null };
  const earlier = pot && pot.poured.length > 0 ? pot.poured : isZero(before) ? [] : [before];
  const sum = `${before} + ${factor(grad)} = ${after}`;
  return { text: after, poured: [...earlier, grad], sum };
}

/**
 * Whether all numbers of a text are 0. False where the text leaves numbers out.
 *
 * @param {string} text as `numbersIn` takes it
 */
export function isZero(text) {
  const numbers = numbersIn(text) ?? [];
  return numbers.length > 0 && numbers.every((number) => number === 0);
}
