// @ts-check
/** One card per tensor: what it is, whether torch tracked it, and what its `.grad` holds. */

import { N_, t } from "./i18n.js";

/** @typedef {import("../types/protocol").Variable} Variable */

/** @type {Record<Variable["grad_state"], { text: string, why: string }>} */
const GRADS = {
  value: { text: "", why: "" },
  none: { text: N_("None yet"), why: N_("torch tracks it, but no backward() has reached it.") },
  not_retained: {
    text: N_("None: not kept (non-leaf)"),
    why: N_("backward() only passes through a non-leaf; retain_grad() beforehand keeps its gradient."),
  },
  untracked: {
    text: N_("None: not tracked"),
    why: N_("requires_grad is False: backward() passes it by."),
  },
};

/** @param {boolean} value as Python writes it */
const python = (value) => (value ? "True" : "False");

/**
 * @param {HTMLTemplateElement} template
 * @param {Variable} variable
 * @returns {DocumentFragment}
 */
export function card(template, variable) {
  const fragment = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const { text, why } = GRADS[variable.grad_state];
  /** @type {Record<string, string>} */
  const parts = {
    name: variable.name,
    value: variable.value,
    shape: `[${variable.shape.join(", ")}]`,
    dtype: variable.dtype,
    requires_grad: python(variable.requires_grad),
    is_leaf: python(variable.is_leaf),
    grad_fn: variable.grad_fn ?? "None",
    grad_name: `${variable.name}.grad`,
    grad: variable.grad_state === "value" ? (variable.grad ?? "") : t(text),
    why: why === "" ? "" : t(why),
  };
  for (const place of fragment.querySelectorAll("[data-part]")) {
    const element = /** @type {HTMLElement} */ (place);
    const part = /** @type {string} */ (element.dataset.part);
    if (part === "pot") element.dataset.state = variable.grad_state;
    else element.textContent = parts[part] ?? "";
  }
  return fragment;
}
