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
 * Replaces what stands in a place. Where the focus was inside, it stays, as `keepFocus` says.
 *
 * @param {Element} place
 * @param {...(Node | string)} children
 */
export function replaceChildren(place, ...children) {
  keepFocus(place, () => place.replaceChildren(...children));
}

/**
 * Changes a place: replaces, hides or disables some of its elements. Where the focus was on one of them, it goes
 * to the new element with the same `data-key`, with its selection; without one, to the new element with the
 * `data-key` of the nearest element around it; else to the control that is now as far from the start of what is
 * still shown around it; else to that itself.
 *
 * @param {Element} place
 * @param {() => void} change
 */
export function keepFocus(place, change) {
  const focused = document.activeElement;
  if (focused === null || focused === document.body || !place.contains(focused)) {
    change();
    return;
  }
  const around = ancestors(focused).map((element) => ({
    element,
    key: element.getAttribute("data-key"),
    position: place.contains(element) ? controls(element).indexOf(focused) : 0,
  }));
  const selection = selectionOf(focused);
  change();
  const now = document.activeElement ?? document.body;
  if (now !== document.body && isUsable(now)) return;
  const depth = around.findIndex(({ element }) => isUsable(element));
  const { element: scope, position } = around[depth] ?? { element: document.body, position: 0 };
  const same = around
    .slice(0, depth)
    .map(({ key }) => (key === null ? null : scope.querySelector(`[data-key="${CSS.escape(key)}"]`)))
    .find((element) => element !== null && isUsable(element));
  const others = place.contains(scope) ? controls(scope) : [];
  const next = same ?? others[Math.min(position, others.length - 1)] ?? scope;
  if (!next.matches(FOCUSABLE)) next.setAttribute("tabindex", "-1");
  /** @type {HTMLElement} */ (next).focus({ preventScroll: true });
  if (selection && next === same && next instanceof HTMLInputElement) next.setSelectionRange(...selection);
}

/** @param {Element} element @returns {Element[]} itself and all that it is in, from the inside outwards */
function ancestors(element) {
  return element.parentElement ? [element, ...ancestors(element.parentElement)] : [element];
}

/** @param {Element} place @returns {Element[]} what in it can have the focus now */
function controls(place) {
  return [...place.querySelectorAll(FOCUSABLE)].filter(isUsable);
}

/** @param {Element} element @returns {boolean} whether it is on the page, shown and not disabled */
function isUsable(element) {
  return element.isConnected && element.checkVisibility() && !element.matches(":disabled");
}

/**
 * Shows or hides an element. Where the focus was inside one that is hidden, it goes elsewhere.
 *
 * @param {HTMLElement} element
 * @param {boolean} hidden
 * @param {HTMLElement} next what gets the focus then; where it cannot have it, `keepFocus` finds another element
 */
export function setHidden(element, hidden, next) {
  if (element.hidden === hidden) return;
  if (!hidden || !element.contains(document.activeElement)) {
    element.hidden = hidden;
    return;
  }
  keepFocus(document.body, () => {
    element.hidden = true;
    next.focus({ preventScroll: true });
  });
}

/**
 * Sets an attribute by which style sheets hide some of the page, or removes it. The focus is kept, as `keepFocus` says.
 *
 * @param {Element} element
 * @param {string} name
 * @param {boolean} on
 */
export function setFlag(element, name, on) {
  if (element.hasAttribute(name) !== on) keepFocus(document.body, () => element.toggleAttribute(name, on));
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
