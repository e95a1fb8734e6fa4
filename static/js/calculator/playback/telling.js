// @ts-check
/** A program's steps in words. */

import { t, tn } from "../../page/i18n.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Step} Step */

/** @param {number | null} line */
export function stopped(line) {
  return line === null ? t("The program stopped") : t("The program stopped at line {line}", { line });
}

/**
 * What a step did.
 *
 * @param {Step} step
 * @param {Derivation} derivation
 * @returns {string}
 */
export function stepWords(step, { graph }) {
  const { line, event, changed, node, grad, count } = step;
  const symbol = graph?.nodes.find(({ id }) => id === node)?.symbol ?? "";
  if (event === "skipped")
    return tn(
      "{count} line of a loop is left out here.",
      "{count} lines of a loop are left out here.",
      count ?? 0,
    );
  if (event === "error") return stopped(line);
  if (event === "backward")
    return t("Line {line}: gradients begin to flow back, with {grad}.", {
      line: line ?? 0,
      grad: grad ?? "1",
    });
  if (event === "node") return arrival(step, symbol);
  const changes = changed.map(
    ({ name, what, after }) => `${what === "grad" ? `${name}.grad` : name} = ${after ?? "None"}`,
  );
  if (changes.length === 0) return t("Line {line} has run.", { line: line ?? 0 });
  return t("Line {line}: {changes}", { line: line ?? 0, changes: changes.join(", ") });
}

/** @param {Step} step @param {string} symbol */
function arrival({ grad, changed }, symbol) {
  const [poured] = changed;
  if (poured) {
    return poured.before === null
      ? t("{grad} arrives at the leaf {name}: it is kept in {name}.grad.", {
          grad: grad ?? "",
          name: poured.name,
        })
      : t("{grad} arrives at the leaf {name}: {name}.grad was {before}, and is now {after}.", {
          grad: grad ?? "",
          name: poured.name,
          before: poured.before,
          after: poured.after ?? "None",
        });
  }
  if (symbol === "") return t("{grad} arrives at an operation that is not shown.", { grad: grad ?? "" });
  return t("{grad} arrives at {name}.", { grad: grad ?? "…", name: symbol });
}
