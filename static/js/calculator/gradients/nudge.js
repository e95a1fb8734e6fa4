// @ts-check
/** The check of gradients: each beside the slope that is measured by moving the leaf a little both ways. */

import { html, keepFocus, within } from "../../page/dom.js";
import { N_, t } from "../../page/i18n.js";
import { plain } from "../../page/numbers.js";
import { table } from "../../page/table.js";
import { SlopePlot } from "./slope-plot.js";

/** @typedef {import("../../../types/protocol").Derivation} Derivation */
/** @typedef {import("../../../types/protocol").Nudge} Nudge */
/** @typedef {import("../../../types/protocol").NudgeElement} NudgeElement */
/** @typedef {import("./slope-plot.js").Point} Point */

/** @type {Record<Nudge["state"], { mark: string, text: string }>} */
const STATES = {
  agree: { mark: "✓", text: N_("they agree") },
  disagree: { mark: "≠", text: N_("they differ") },
  unchecked: { mark: "?", text: N_("not checked") },
};

export class NudgeView {
  #section;
  #list;
  /** How far each slider of h was moved, as a share of its length, by its key: the next run leaves it there. */
  #reached = new Map();

  /** @param {HTMLElement} section */
  constructor(section) {
    this.#section = section;
    this.#list = within(section, "ul");
    this.#list.addEventListener("input", ({ target }) => {
      const { dataset, value, max } = /** @type {HTMLInputElement} */ (target);
      this.#reached.set(dataset.key, Number(value) / Number(max));
    });
  }

  /** @param {Derivation} derivation */
  show({ nudge, variables }) {
    const sizes = new Map(variables.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]));
    const several = new Set(nudge.map(({ backward }) => backward)).size > 1;
    keepFocus(this.#section, () => {
      this.#section.hidden = nudge.length === 0;
      this.#list.replaceChildren(
        ...nudge.map((one) => check(one, several, sizes.get(one.name) ?? 1, this.#reached)),
      );
    });
  }
}

/**
 * @param {Nudge} nudge
 * @param {boolean} several whether gradients of more than one `backward()` are checked
 * @param {number} size of the leaf, in elements
 * @param {Map<string, number>} reached
 */
function check(nudge, several, size, reached) {
  const { name, node, backward, state, explanation, elements, curve } = nudge;
  const item = html("li", "check");
  item.dataset.key = `check ${backward} ${name}`;
  item.dataset.lights = node;
  item.dataset.state = state;
  const words = html("div", "check-words", html("h3", "", html("code", "", name)));
  if (several)
    words.append(
      html("p", "aside", t("backward() number {number}, {leaf}", { number: backward, leaf: name })),
    );
  // A table of all elements shows these numbers too.
  if (elements.length < 2 || elements.length < size) words.append(...pairs(nudge));
  words.append(verdict(state), ...(explanation ? [html("p", "aside", explanation)] : []));
  item.append(words);
  const slope = elements[0]?.autograd;
  if (curve.length > 2 && slope !== null && slope !== undefined) item.append(explorer(nudge, slope, reached));
  else if (elements.length > 1) item.append(elementTable(nudge, size));
  return item;
}

/** @param {Nudge["state"]} state */
function verdict(state) {
  const { mark, text } = STATES[state];
  const sign = html("span", "verdict-mark", mark);
  sign.setAttribute("aria-hidden", "true");
  return html("p", "verdict", sign, t(text));
}

/** @param {Nudge} nudge */
function pairs({ autograd, finite_difference }) {
  return [pair(t("autograd"), autograd ?? "–"), pair("(f(x + h) − f(x − h)) / 2h", finite_difference ?? "–")];
}

/** @param {string} what @param {string} number */
function pair(what, number) {
  return html("p", "pair", html("span", "", what), html("code", "", number));
}

/**
 * The function, with an h to be dragged: the secant turns into the tangent.
 *
 * @param {Nudge} nudge
 * @param {number} slope autograd's
 * @param {Map<string, number>} reached how far the slider of a key was moved, as a share of its length
 */
function explorer({ name, backward, curve, elements }, slope, reached) {
  const middle = Math.floor(curve.length / 2);
  const [x, y] = curve[middle] ?? [0, 0];
  const plot = new SlopePlot(t("f around {name}, with its tangent and a secant", { name }));
  // No live region: the slider's own text says the same.
  const words = html("p", "secant-slope");
  const slider = /** @type {HTMLInputElement} */ (html("input", "slider"));
  const key = `check ${backward} ${name} h`;
  Object.assign(slider, {
    type: "range",
    min: "0",
    max: String(middle),
    step: "1",
    value: String(Math.round(middle * (reached.get(key) ?? 0.5))),
  });
  const tip = html("span", "tip", t("h, how far {name} is moved", { name }));
  tip.setAttribute("aria-hidden", "true"); // The label says it to those who do not see it.
  slider.dataset.key = key;
  slider.setAttribute("aria-label", tip.textContent ?? "");
  const draw = () => {
    const k = Number(slider.value);
    const ends = [curve[middle - k], curve[middle + k]];
    /** @type {[Point, Point] | null} */
    const secant = k > 0 && ends[0] && ends[1] ? [ends[0], ends[1]] : null;
    const h = secant ? secant[1][0] - x : (elements[0]?.h ?? 0);
    const measured = secant
      ? (secant[1][1] - secant[0][1]) / (secant[1][0] - secant[0][0])
      : elements[0]?.finite_difference;
    words.textContent = t("h = {h}: measured slope {slope}", {
      h: plain(h),
      slope: plain(measured ?? Number.NaN),
    });
    slider.setAttribute("aria-valuetext", words.textContent);
    plot.draw(curve, name, { x, y, slope, secant });
  };
  slider.addEventListener("input", draw);
  draw();
  const legend = html(
    "p",
    "plot-legend",
    html("span", "key-tangent", t("tangent: autograd")),
    html("span", "key-secant", t("secant: measured")),
  );
  return html(
    "div",
    "explorer",
    plot.element,
    legend,
    html("label", "h-slider tipped", html("code", "", "h"), slider, tip),
    words,
  );
}

/**
 * @param {Nudge} nudge
 * @param {number} size of the leaf, in elements
 */
function elementTable({ name, backward, elements }, size) {
  const element = table(
    {
      caption: t("Elements of {name}", { name }),
      headings: [t("element"), t("autograd"), t("measured"), "h", "≈"],
      row: (i) => cells(/** @type {NudgeElement} */ (elements[i])),
      count: elements.length,
      named: true,
    },
    elements.length,
  );
  element.className = "elements";
  for (const [i, row] of Array.from(element.tBodies[0]?.rows ?? []).entries())
    row.toggleAttribute("data-odd", elements[i]?.agree === false);
  const fields = { count: elements.length, total: size };
  const rest = html("p", "aside", t("The first {count} of {total} elements.", fields));
  rest.hidden = elements.length >= size;
  const frame = html("div", "table-frame", element);
  frame.tabIndex = 0;
  frame.dataset.key = `check ${backward} ${name} elements`;
  frame.setAttribute("role", "note"); // It scrolls: arrow keys are its own.
  frame.setAttribute("aria-label", t("Elements of {name}", { name }));
  return html("div", "", frame, rest);
}

/** @param {NudgeElement} element */
function cells({ index, h, autograd, finite_difference, agree }) {
  return [`[${index.join(", ")}]`, plain(autograd), plain(finite_difference), plain(h, 2), agree ? "✓" : "≠"];
}
