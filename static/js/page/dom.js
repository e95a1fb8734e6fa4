// @ts-check
/** Making elements of HTML. */

/**
 * The page's element of that id.
 *
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 * @throws {TypeError} if it is missing, or of another type
 */
export function byId(id, type) {
  return checked(document.getElementById(id), `#${id}`, type);
}

/**
 * The first element inside a place that a selector finds.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} place
 * @param {string} selector
 * @param {new () => T} [type]
 * @returns {T}
 * @throws {TypeError} if it is missing, or of another type
 */
export function within(place, selector, type) {
  return checked(place.querySelector(selector), selector, type);
}

/**
 * @template {Element} T
 * @param {Element | null} element
 * @param {string} name
 * @param {new () => T} [type]
 * @returns {T}
 */
function checked(element, name, type) {
  if (element instanceof (type ?? HTMLElement)) return /** @type {T} */ (element);
  throw new TypeError(`${name} is not on the page`);
}

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

/** What can have the focus by the keyboard, in the order of the page. */
const FOCUSABLE = 'button, input, select, textarea, a[href], summary, [tabindex]:not([tabindex="-1"])';

/**
 * Replaces what stands in a place. Where the focus was inside, it stays: on the new element with the same
 * `data-key`, with its selection; without one on whatever is now as far from the start; else on the place itself.
 *
 * @param {Element} place
 * @param {...(Node | string)} children
 */
export function replaceChildren(place, ...children) {
  const focused = document.activeElement;
  if (focused === null || focused === place || !place.contains(focused)) {
    place.replaceChildren(...children);
    return;
  }
  const key = focused.getAttribute("data-key");
  const position = [...place.querySelectorAll(FOCUSABLE)].indexOf(focused);
  const selection = selectionOf(focused);
  place.replaceChildren(...children);
  if (place.contains(document.activeElement)) return;
  const candidates = /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll(FOCUSABLE));
  const same = key === null ? null : place.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const next = same ?? candidates[Math.min(Math.max(position, 0), candidates.length - 1)] ?? place;
  if (next === place) place.setAttribute("tabindex", "-1");
  /** @type {HTMLElement} */ (next).focus({ preventScroll: true });
  if (selection && next instanceof HTMLInputElement) next.setSelectionRange(...selection);
}

/**
 * Shows or hides an element. Where the focus was inside one that is hidden, it goes elsewhere.
 *
 * @param {HTMLElement} element
 * @param {boolean} hidden
 * @param {HTMLElement} next what has the focus then
 */
export function setHidden(element, hidden, next) {
  const focused = hidden && !element.hidden && element.contains(document.activeElement);
  element.hidden = hidden;
  if (focused) next.focus({ preventScroll: true });
}

/**
 * Makes a control one that can be seen and focused but not changed, or one that can. Unlike `disabled`, that takes
 * neither the focus nor what was typed.
 *
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @param {boolean} fixed
 */
export function setFixed(control, fixed) {
  if ("readOnly" in control) control.readOnly = fixed;
  control.setAttribute("aria-disabled", String(fixed));
}

/**
 * @param {Element} element
 * @returns {[number, number] | null} null: not a field of text
 */
function selectionOf(element) {
  if (!(element instanceof HTMLInputElement) || element.selectionStart === null) return null;
  return [element.selectionStart, element.selectionEnd ?? element.selectionStart];
}
