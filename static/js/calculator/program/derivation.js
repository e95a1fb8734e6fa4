// @ts-check
/** The shape of what the server answers to a program, as far as this page uses it. */

import { list, number, oneOf, optional, record, text, truth } from "../../page/record.js";

/** @typedef {import("../../page/record.js").Check} Check */

const texts = list(text);
const numbers = list(number);
const cells = list(optional(number));

const place = { line: number, column: number, end_line: number, end_column: number };
const edit = record({ ...place, text });
const fix = record({ edits: list(edit) });
const explained = {
  message: text,
  explanation: optional(text),
  remedy: optional(text),
  fixes: list(fix),
};

const { message: _, ...words } = explained;
const remark = record({ ...words, line: number });

const error = record({
  ...explained,
  type: text,
  line: optional(number),
  column: optional(number),
  end_column: optional(number),
});

/** @type {Check} */
const variable = record({
  name: text,
  text,
  value: text,
  shape: numbers,
  dtype: text,
  requires_grad: truth,
  is_leaf: truth,
  grad: optional(text),
  grad_state: oneOf("value", "none", "not_retained", "untracked"),
  grad_fn: optional(text),
  retain: optional(fix),
});

const node = record({
  id: text,
  kind: oneOf("leaf", "operation", "constant", "untracked", "folded"),
  label: text,
  names: texts,
  symbol: text,
  value: optional(text),
  grad: optional(text),
  shape: numbers,
  line: optional(number),
  output: truth,
  saved: oneOf("none", "kept", "freed"),
  cut: optional(oneOf("detach", "no_grad", "copied", "gradient", "not_differentiable")),
  count: optional(number),
  x: number,
  y: number,
  width: number,
  height: number,
});

const edge = record({
  id: text,
  source: text,
  target: text,
  kind: oneOf("flow", "constant", "cut"),
  local: optional(text),
  jacobian: optional(list(cells)),
  points: list(numbers),
});

/** @type {Check} */
const formula = record({
  tag: oneOf("mrow", "mi", "mn", "mo", "mfrac", "mtable", "mtr", "mtd", "mtext"),
  text,
  edge: optional(text),
  children: list((child) => formula(child)),
});

const chain = record({
  backward: number,
  leaf: text,
  paths: list(record({ edges: texts, product: optional(text) })),
  n_paths: number,
  text: optional(text),
  total: optional(text),
  grad: optional(text),
  formula: optional(formula),
});

const jacobian = record({
  backward: number,
  output: text,
  leaf: text,
  rows: number,
  columns: number,
  values: optional(list(cells)),
  gradient: optional(cells),
  product: optional(cells),
  weights: optional(edit),
});

const element = record({
  index: numbers,
  h: number,
  autograd: optional(number),
  finite_difference: optional(number),
  agree: truth,
});

const nudge = record({
  name: text,
  node: text,
  backward: number,
  state: oneOf("agree", "disagree", "unchecked"),
  autograd: optional(text),
  finite_difference: optional(text),
  elements: list(element),
  explanation: optional(text),
  curve: list(numbers),
});

const change = record({
  name: text,
  what: oneOf("value", "grad"),
  before: optional(text),
  after: optional(text),
});

const step = record({
  line: optional(number),
  event: oneOf("line", "backward", "node", "skipped", "error"),
  changed: list(change),
  made: texts,
  node: optional(text),
  grad: optional(text),
  count: optional(number),
  printed: optional(number),
});

/** @type {Check} */
export const isDerivation = record({
  printed: text,
  variables: list(variable),
  truncated: truth,
  warnings: list(record({ ...explained, line: number })),
  remarks: list(remark),
  deterministic: truth,
  graph: optional(record({ nodes: list(node), edges: list(edge), width: number, height: number })),
  chain: list(chain),
  jacobians: list(jacobian),
  nudge: list(nudge),
  steps: list(step),
  error: optional(error),
});
