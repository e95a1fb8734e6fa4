// @ts-check
/** Making elements of HTML. */

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function html(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/**
 * A button that does something.
 *
 * @param {string} text
 * @param {() => void} action
 */
export function button(text, action) {
  const element = html("button", "button button-small", text);
  element.setAttribute("type", "button");
  element.addEventListener("click", action);
  return element;
}
