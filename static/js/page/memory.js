// @ts-check
/** What a tab, or the browser, remembers from page to page. Where the browser refuses that, only this page does. */

export class Memory {
  #area;
  /** What the browser would not take. @type {Map<string, string>} */
  #own = new Map();

  /** @param {() => Storage} area asked for each time: a browser that blocks it throws at the very name */
  constructor(area) {
    this.#area = area;
  }

  /** @param {string} key @returns {string | null} null: nothing is remembered */
  get(key) {
    try {
      return this.#own.get(key) ?? this.#area().getItem(key);
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {string} text */
  set(key, text) {
    try {
      this.#area().setItem(key, text);
      this.#own.delete(key);
    } catch {
      this.#own.set(key, text);
    }
  }
}

/** For as long as the tab is open. */
export const tab = new Memory(() => sessionStorage);

/** For as long as the reader does not clear it. */
export const browser = new Memory(() => localStorage);
