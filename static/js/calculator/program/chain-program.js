// @ts-check
/** What the chain builder holds, and the program it stands for. */

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
