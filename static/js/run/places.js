// @ts-check
/** The places in a model that can be pointed at, and where the arrow keys lead from each. Pure: no DOM. */

/** @typedef {import("./layers.js").Element} Element */

/**
 * unit: of a column, counted from the input (column 0). weight: from unit `input` of column `layer` to unit
 * `unit` of the next; `from` tells which of its ends it was reached from. more: a column's folded units.
 *
 * @typedef {{ kind: "unit", column: number, unit: number }} Unit
 * @typedef {{ kind: "weight", layer: number, unit: number, input: number, from: "source" | "target" }} Weight
 * @typedef {{ kind: "more", column: number }} More
 * @typedef {Unit | Weight | More} Place
 */

/** @param {Place} place */
export function keyOf(place) {
  switch (place.kind) {
    case "unit":
      return `unit ${place.column} ${place.unit}`;
    case "weight":
      return `weight ${place.layer} ${place.unit} ${place.input}`;
    case "more":
      return `more ${place.column}`;
  }
}

/**
 * The parameter a place stands for: a weight, or a unit's bias.
 *
 * @param {Place} place
 * @returns {Element | null} null: the input, or folded units
 */
export function elementAt(place) {
  if (place.kind === "weight") return { layer: place.layer, unit: place.unit, input: place.input };
  if (place.kind === "more" || place.column === 0) return null;
  return { layer: place.column - 1, unit: place.unit, input: null };
}

/**
 * The hidden unit of the last hidden layer that a place is about.
 *
 * @param {Place | null} place
 * @param {number} column of that layer
 * @returns {number | null}
 */
export function hingeAt(place, column) {
  if (place?.kind === "unit") return place.column === column ? place.unit : null;
  if (place?.kind !== "weight") return null;
  if (place.layer === column) return place.input;
  return place.layer === column - 1 ? place.unit : null;
}

/**
 * Where an arrow key leads. Right and left go from a unit to one of its weights, and on to the unit at the
 * weight's other end; up and down go through the units of a column, or the weights of the unit one came from.
 *
 * @param {Place} place
 * @param {string} key as in `KeyboardEvent.key`
 * @param {number[][]} shown the units of each column
 * @param {boolean[]} folded which columns have more
 * @returns {Place} the same where there is nowhere to go
 */
export function walk(place, key, shown, folded) {
  if (key === "ArrowRight" || key === "ArrowLeft") return across(place, key === "ArrowRight" ? 1 : -1, shown);
  const row = rowOf(place, shown, folded);
  const at = row.findIndex((other) => keyOf(other) === keyOf(place));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: row.length - 1 }[key] ?? at;
  return row[to] ?? place;
}

/**
 * @param {Place} place
 * @param {1 | -1} direction
 * @param {number[][]} shown
 * @returns {Place}
 */
function across(place, direction, shown) {
  if (place.kind === "more") return place;
  if (place.kind === "weight") {
    return direction === 1
      ? { kind: "unit", column: place.layer + 1, unit: place.unit }
      : { kind: "unit", column: place.layer, unit: place.input };
  }
  const { column, unit } = place;
  const neighbours = shown[column + direction];
  if (!neighbours) return place;
  const level = Math.min(shown[column]?.indexOf(unit) ?? 0, neighbours.length - 1);
  const other = neighbours[level] ?? 0;
  return direction === 1
    ? { kind: "weight", layer: column, unit: other, input: unit, from: "source" }
    : { kind: "weight", layer: column - 1, unit, input: other, from: "target" };
}

/**
 * What lies above and below a place.
 *
 * @param {Place} place
 * @param {number[][]} shown
 * @param {boolean[]} folded
 * @returns {Place[]}
 */
function rowOf(place, shown, folded) {
  if (place.kind === "weight") {
    return place.from === "source"
      ? (shown[place.layer + 1] ?? []).map((unit) => ({ ...place, unit }))
      : (shown[place.layer] ?? []).map((input) => ({ ...place, input }));
  }
  const { column } = place;
  /** @type {Place[]} */
  const units = (shown[column] ?? []).map((unit) => ({ kind: "unit", column, unit }));
  return folded[column] ? [...units, { kind: "more", column }] : units;
}

/**
 * Whether a unit is at an end of a weight.
 *
 * @param {Unit} unit
 * @param {Weight} weight
 */
export function isEnd({ column, unit }, { layer, unit: target, input }) {
  return (column === layer && unit === input) || (column === layer + 1 && unit === target);
}

/**
 * Whether a weight is this place, or ends there.
 *
 * @param {Weight} weight
 * @param {Place} place
 */
export function touches(weight, place) {
  if (place.kind === "weight") return keyOf(weight) === keyOf(place);
  return place.kind === "unit" && isEnd(place, weight);
}
