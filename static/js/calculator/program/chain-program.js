// @ts-check
/** The plan that the chain builder edits, and the program it stands for. */

/** @typedef {{ name: string, value: string, requires_grad: boolean }} Leaf */
/** @typedef {{ name: string, left: string, operator: string, right: string }} Row */
/** @typedef {{ leaves: Leaf[], rows: Row[], output: string, gradient: string }} ChainPlan */

/** What a row does with its two sides; of the others only the left one counts. */
export const OPERATORS = [
  "*",
  "+",
  "-",
  "/",
  "**",
  "sum",
  "mean",
  "relu",
  "exp",
  "log",
  "sin",
  "tanh",
  "sigmoid",
];

/** @type {ChainPlan} */
export const FIRST = {
  leaves: [{ name: "variable", value: "2", requires_grad: true }],
  rows: [
    { name: "v_1", left: "3", operator: "*", right: "variable" },
    { name: "v_2", left: "4", operator: "*", right: "v_1" },
  ],
  output: "v_2",
  gradient: "",
};

/** @param {string} operator */
export function isUnary(operator) {
  return /^\w+$/.test(operator);
}

/** @param {ChainPlan} plan gets another leaf */
export function addLeaf(plan) {
  plan.leaves.push({ name: freeName(plan, "x"), value: "1", requires_grad: true });
}

/** @param {ChainPlan} plan gets another row, which doubles the last one and becomes the output */
export function addRow(plan) {
  const name = freeName(plan, "v_");
  const last = plan.rows.at(-1) ?? plan.leaves.at(-1);
  plan.rows.push({ name, left: "2", operator: "*", right: last?.name ?? "1" });
  plan.output = name;
}

/**
 * Removes a leaf or a row. Where it was the output, the last row becomes the output.
 *
 * @param {ChainPlan} plan
 * @param {(Leaf | Row)[]} items the plan's leaves, or its rows
 * @param {Leaf | Row} item
 */
export function remove(plan, items, item) {
  items.splice(items.indexOf(item), 1);
  const names = [...plan.rows, ...plan.leaves].map(({ name }) => name);
  if (!names.includes(plan.output)) plan.output = plan.rows.at(-1)?.name ?? names[0] ?? "";
}

/**
 * Renames a leaf or a row, also where it is used.
 *
 * @param {ChainPlan} plan
 * @param {Leaf | Row} item
 * @param {string} name
 */
export function rename(plan, item, name) {
  for (const row of plan.rows) {
    if (row.left === item.name) row.left = name;
    if (row.right === item.name) row.right = name;
  }
  if (plan.output === item.name) plan.output = name;
  item.name = name;
}

/** @param {ChainPlan} plan @param {string} stem @returns {string} a name that the plan does not use yet */
function freeName({ leaves, rows }, stem) {
  const names = [...leaves, ...rows].map(({ name }) => name);
  let number = 1;
  while (names.includes(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

/**
 * Numbers as torch takes them: "2", "1, 2, 3" or "[[1, 2], [3, 4]]".
 *
 * @param {string} text
 * @returns {string} each with a decimal point
 */
export function floats(text) {
  const numbers = text.trim().replace(/(?<![\w.])\d+(?![\w.])/g, "$&.") || "0.";
  return numbers.includes(",") && !numbers.startsWith("[") ? `[${numbers}]` : numbers;
}

/**
 * @param {ChainPlan} plan
 * @returns {string}
 */
export function programOf({ leaves, rows, output, gradient }) {
  const lines = ["import torch", ""];
  for (const { name, value, requires_grad } of leaves) {
    lines.push(`${name} = torch.tensor(${floats(value)}${requires_grad ? ", requires_grad=True" : ""})`);
  }
  lines.push("");
  for (const { name, left, operator, right } of rows) {
    const unary =
      operator === "sum" || operator === "mean" ? `${left}.${operator}()` : `torch.${operator}(${left})`;
    lines.push(`${name} = ${isUnary(operator) ? unary : `${left} ${operator} ${right}`}`);
  }
  lines.push(
    gradient.trim() === ""
      ? `${output}.backward()`
      : `${output}.backward(gradient=torch.tensor(${floats(gradient)}))`,
    "",
  );
  for (const { name } of leaves) lines.push(`print("${name}.grad:", ${name}.grad)`);
  return `${lines.join("\n")}\n`;
}
