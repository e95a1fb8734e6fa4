// @ts-check
/** Which comparison the page shows, links to those on offer, and a form for one of the reader's own. */

import { typed } from "../controls/settings.js";
import { within } from "../page/dom.js";
import { t } from "../page/i18n.js";
import { showReason } from "../page/refusal.js";
import { completed, flatten } from "../run/config.js";
import { comparedBy, pathsOf, query } from "./comparison-address.js";

/** @typedef {import("./comparison-address.js").Compared} Compared */
/** @typedef {import("../run/config.js").Defaults} Defaults */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/** A comparison on offer. @typedef {{ title: string, text: string, vary: object[] }} Offer */

/**
 * What somebody typed as values, one for each run.
 *
 * @param {string} text separated by commas; where a value may have commas of its own, by semicolons
 * @param {string} type of the setting, as the server's options call it
 * @param {boolean} chosen whether a value is one of several names
 * @returns {JsonValue[]}
 */
export function valuesIn(text, type, chosen) {
  const parts = text.split(type === "list" || (type === "text" && !chosen) ? /[;；]/ : /[,，;；]/);
  return parts
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => typedAs(part, type));
}

/**
 * @param {string} text
 * @param {string} type
 * @returns {JsonValue} what it is not, the server says
 */
function typedAs(text, type) {
  if (type === "list") return valuesIn(text.replace(/^\[|\]$/g, ""), "number", false);
  if (text.toLowerCase() === "none") return null;
  if (type !== "boolean") return typed(text);
  return { true: true, false: false }[text.toLowerCase()] ?? text;
}

/**
 * The opposite of `valuesIn`.
 *
 * @param {JsonValue[]} values
 */
function listed(values) {
  const lists = values.some(Array.isArray);
  return values
    .map((value) => (Array.isArray(value) ? value.join(", ") : value === null ? "None" : String(value)))
    .join(lists ? "; " : ", ");
}

export class Chooser {
  #parts;
  /** @type {(Offer & { own: Compared["vary"] })[]} */
  #comparisons;
  #defaults;
  #go;
  /** @type {Compared | null} */
  #shown = null;

  /**
   * @param {HTMLElement} place
   * @param {Offer[]} comparisons in the order of their links
   * @param {Defaults} defaults
   * @param {(compared: Compared) => void} go
   */
  constructor(place, comparisons, defaults, go) {
    this.#parts = {
      title: within(place, "h1"),
      text: within(place, ".comparison-text"),
      links: /** @type {NodeListOf<HTMLAnchorElement>} */ (place.querySelectorAll(".comparison-links a")),
      form: within(place, "form"),
      setting: within(place, "select", HTMLSelectElement),
      values: within(place, "input", HTMLInputElement),
      reason: within(place, ".reason"),
    };
    this.#comparisons = comparisons.map((comparison) => ({
      ...comparison,
      own: comparedBy(comparison).vary,
    }));
    this.#defaults = defaults;
    this.#go = go;
    this.#parts.setting.addEventListener("change", () => this.#suggest());
    this.#parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {Compared} compared told again with each new connection: what is being typed then stays */
  draw(compared) {
    if (same(compared, this.#shown)) return;
    this.#shown = compared;
    const { title, text, links } = this.#parts;
    const paths = pathsOf(compared.vary);
    const like = this.#comparisons.find(({ own }) => same(pathsOf(own).sort(), paths.toSorted()));
    title.textContent = like?.title ?? t("Runs that differ in {settings}", { settings: paths.join(", ") });
    text.textContent =
      like?.text ??
      t("All runs begin with the same seed and take each step together; nothing else differs between them.");
    for (const [i, { own }] of this.#comparisons.entries()) {
      const link = /** @type {HTMLAnchorElement} */ (links[i]);
      link.search = query(null, { common: compared.common, vary: own });
      if (same(own.map(sorted), compared.vary.map(sorted))) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.#fill(compared, paths);
  }

  /**
   * Offers the settings that these runs have, and names the values of those they differ in.
   *
   * @param {Compared} compared
   * @param {string[]} paths
   */
  #fill({ common, vary }, paths) {
    const { setting, values } = this.#parts;
    const known = flatten(completed(common, this.#defaults));
    for (const option of setting.options)
      option.hidden = option.disabled = !Object.hasOwn(known, option.value);
    const [only] = paths.filter((path) => Array.from(setting.options).some(({ value }) => value === path));
    if (paths.length !== 1 || only === undefined) return this.#suggest();
    setting.value = only;
    values.value = listed(vary.map((own) => own[only] ?? known[only] ?? null));
  }

  /** Begins with the names there are to choose from, or with the value the runs have. */
  #suggest() {
    const { setting, values } = this.#parts;
    const option = setting.selectedOptions[0];
    if (!option) return;
    const known = flatten(completed(this.#shown?.common ?? {}, this.#defaults));
    const names = option.dataset.type === "boolean" ? "true, false" : option.dataset.choices;
    values.value = names || listed([known[option.value] ?? null]);
  }

  #submit() {
    const { setting, values, reason } = this.#parts;
    const { type = "", choices = "" } = setting.selectedOptions[0]?.dataset ?? {};
    const vary = valuesIn(values.value, type, choices !== "").map((value) => ({ [setting.value]: value }));
    const few = vary.length < 2; // An address cannot say that one run differs; all else the server refuses.
    showReason(reason, few ? t("Give at least two values, one for each run.") : "", values);
    if (few) values.focus();
    else this.#go({ common: this.#shown?.common ?? {}, vary });
  }
}

/** @param {object} settings */
const sorted = (settings) => Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
