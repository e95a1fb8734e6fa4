// @ts-check
/** The graph as a list of sentences: its text alternative. */

import { html } from "../../page/dom.js";
import { t } from "../../page/i18n.js";
import { plain } from "../../page/numbers.js";
import { described } from "./graph-nodes.js";

/** @typedef {import("../../../types/protocol").Graph} Graph */
/** @typedef {import("../../../types/protocol").GraphNode} GraphNode */

/**
 * @param {Graph} graph
 * @returns {HTMLElement[]} an item for each node
 */
export function graphWords(graph) {
  return graph.nodes.map((node) => html("li", "", sentence(node, graph)));
}

/**
 * A node and what it was computed from, in words.
 *
 * @param {GraphNode} node
 * @param {Graph} graph
 */
function sentence(node, graph) {
  const inputs = graph.edges.filter(({ target }) => target === node.id);
  const symbols = inputs.map(({ source, local, kind, jacobian }) => {
    const symbol = graph.nodes.find(({ id }) => id === source)?.symbol ?? "";
    if (kind === "cut") return t("{name} (cut)", { name: symbol });
    if (local === null) return symbol;
    const numbers = local.startsWith("(") && jacobian ? `${local} ${matrixText(jacobian)}` : local;
    return t("{name} (derivative {local})", { name: symbol, local: numbers });
  });
  return symbols.length === 0 ? described(node) : `${described(node)} ← ${symbols.join(", ")}`;
}

/**
 * A matrix as text. Beside its line in the graph a large one is only a size.
 *
 * @param {NonNullable<import("../../../types/protocol").GraphEdge["jacobian"]>} rows
 */
function matrixText(rows) {
  return `[${rows.map((row) => `[${row.map((value) => plain(value)).join(", ")}]`).join(", ")}]`;
}
