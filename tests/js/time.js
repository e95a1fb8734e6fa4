/** A clock that a test moves. */
export class Time {
  #now = 0;
  /** @type {Map<object, { due: number, action: () => void }>} */
  #timers = new Map();

  now = () => this.#now;

  /** @param {() => void} action @param {number} ms */
  set = (action, ms) => {
    const timer = {};
    this.#timers.set(timer, { due: this.#now + ms, action });
    return timer;
  };

  /** @param {any} timer */
  clear = (timer) => {
    this.#timers.delete(timer);
  };

  /** Timers are on time. @param {number} ms */
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(([, { due }]) => due <= end)
        .sort(([, a], [, b]) => a.due - b.due);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next[1].due);
      this.#timers.delete(next[0]);
      next[1].action();
    }
    this.#now = end;
  }

  /** Timers that were due meanwhile are late. @param {number} ms */
  sleep(ms) {
    this.#now += ms;
    this.pass(0);
  }
}
