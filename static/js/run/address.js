// @ts-check
/**
 * The page's address as the store of its settings: `?run=...&optimizer.lr=0.05&model.hidden=16,16`.
 *
 * The run's id, and each setting that is not the default, by its path in the config. A value is JSON; a list
 * needs no brackets and a text no quotes where it is clear without. Without an id, whoever opens the address
 * gets a run of their own with these settings. Where it would grow too long, as with many points set by hand, the
 * run's id alone must do; this tab's history keeps the settings.
 */

import { changes, difference, flatten, patchTo } from "./config.js";

/** @typedef {import("./config.js").Settings} Settings */
/** @typedef {import("./config.js").Defaults} Defaults */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../types/protocol").RunState} RunState */

/** Characters of a query that every browser, server and message takes. */
const LONGEST = 6000;
/** Between two addresses while one setting keeps changing, in ms: browsers refuse more than a few a second. */
const PAUSE = 500;

/**
 * @param {string} text
 * @returns {JsonValue}
 */
export function parseValue(text) {
  for (const json of [text, `[${text}]`]) {
    try {
      if (json === text || text.includes(",")) return JSON.parse(json);
    } catch {
      // Not JSON, so a text as it is.
    }
  }
  return text;
}

/**
 * @param {string} path of a setting
 * @param {string} text
 * @param {Defaults} defaults
 * @returns {JsonValue} what the text says; where the setting is a list, one value is a list of one
 */
export function parseSetting(path, text, { config }) {
  const value = parseValue(text);
  return Array.isArray(flatten(config)[path]) && !Array.isArray(value) ? [value] : value;
}

/**
 * @param {JsonValue} value
 * @returns {string} what `parseValue` makes the value of
 */
export function formatValue(value) {
  const json = JSON.stringify(value);
  const bare = typeof value === "string" ? value : Array.isArray(value) ? json.slice(1, -1) : json;
  return JSON.stringify(parseValue(bare)) === json ? bare : json;
}

/**
 * @param {string | null} run
 * @param {Settings} settings
 * @returns {string} the query, with its "?"; empty where there is nothing to say
 */
export function query(run, settings) {
  const pairs = Object.entries(settings).map(([path, value]) =>
    [path, readable(formatValue(value))].join("="),
  );
  if (run !== null) pairs.unshift(`run=${encodeURIComponent(run)}`);
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** Escaped as far as an address needs it. @param {string} text */
export function readable(text) {
  return encodeURIComponent(text).replace(/%(2C|3A|2F|5B|5D|3D|40|24)/g, decodeURIComponent);
}

/**
 * @param {string} search
 * @param {Defaults} defaults which say what is a setting; all else in an address is not ours
 * @returns {{ run: string | null, settings: Settings | null }}
 */
export function parseQuery(search, defaults) {
  const parameters = new URLSearchParams(search);
  const pairs = [...parameters]
    .filter(([path]) => Object.hasOwn(defaults.config, /** @type {string} */ (path.split(".")[0])))
    .map(([path, text]) => [path, parseSetting(path, text, defaults)]);
  return {
    run: parameters.get("run"),
    settings: pairs.length === 0 ? null : Object.fromEntries(pairs),
  };
}

export class Address {
  #defaults;
  /** @type {RunState | null} */
  #shown = null;
  /** The settings that the newest entry of the history changed. */
  #touched = "";
  /** An address that is yet to be formatValue: of which run, and when.
   * @type {{ run: RunState, timer: ReturnType<typeof setTimeout> } | null} */
  #later = null;

  /**
   * @param {Defaults} defaults
   * @param {(patch: Record<string, any>) => void} go called when the reader goes back or forward
   */
  constructor(defaults, go) {
    this.#defaults = defaults;
    addEventListener("popstate", () => this.#moved(go));
    addEventListener("pagehide", () => this.#catchUp());
  }

  /** What the address asks for now; what it has no room for, this tab's history says. */
  get current() {
    const { run, settings } = parseQuery(location.search, this.#defaults);
    return { run, settings: settings ?? history.state?.settings ?? null };
  }

  /**
   * An address that gives anybody a run of their own with these settings; where they have no room in it, one that
   * shows this run.
   *
   * @param {State} state
   */
  permalink({ run }) {
    const settings = run ? changes(run.config, this.#defaults) : {};
    const own = query(null, settings);
    const shared = run && own.length > LONGEST ? query(run.id, {}) : own;
    return `${location.origin}${location.pathname}${shared}`;
  }

  /** @param {State} state */
  draw({ run, remade }) {
    const before = this.#shown;
    if (run === null || (run.id === before?.id && run.config === before.config)) return;
    this.#shown = run;
    if (this.#isTold(run)) return;
    const touched =
      before?.id === run.id ? Object.keys(difference(flatten(run.config), flatten(before.config))) : [];
    // One entry for a slider's whole way; and none where it is not this page's settings that changed.
    const anew = touched.length > 0 && touched.join() !== this.#touched;
    this.#touched = touched.join();
    if (touched.length > 0 && !anew) {
      clearTimeout(this.#later?.timer);
      this.#later = { run, timer: setTimeout(() => this.#catchUp(), PAUSE) };
      return;
    }
    this.#catchUp();
    // Back leads to the run before, unless this one took its place because it is gone.
    const another = before !== null && before.id !== run.id && !remade;
    this.#write(run, anew || another ? "pushState" : "replaceState");
  }

  /** Writes what was put off. */
  #catchUp() {
    if (this.#later === null) return;
    clearTimeout(this.#later.timer);
    this.#write(this.#later.run, "replaceState");
    this.#later = null;
  }

  /**
   * @param {RunState} run
   * @param {"pushState" | "replaceState"} how
   */
  #write(run, how) {
    const { address, kept } = this.#entry(run);
    history[how](kept && { settings: kept }, "", address);
  }

  /**
   * What the history says of a run.
   *
   * @param {RunState} run
   * @returns {{ address: string, kept: Settings | null }} kept: the settings, where the address has no room
   */
  #entry({ id, config }) {
    const settings = changes(config, this.#defaults);
    const whole = query(id, settings);
    return whole.length <= LONGEST
      ? { address: whole, kept: null }
      : { address: query(id, {}), kept: settings };
  }

  /** Whether the newest entry says just this already. @param {RunState} run */
  #isTold(run) {
    const { address, kept } = this.#entry(run);
    const same = JSON.stringify(history.state?.settings ?? null) === JSON.stringify(kept);
    return address === location.search && same;
  }

  /** @param {(patch: Record<string, any>) => void} go */
  #moved(go) {
    const { run, settings } = this.current;
    const shown = this.#shown;
    if (shown === null) return;
    this.#touched = "";
    clearTimeout(this.#later?.timer);
    this.#later = null;
    if (run !== null && run !== shown.id) location.reload();
    else if (!this.#isTold(shown)) go(patchTo(settings ?? {}, this.#defaults));
  }
}
