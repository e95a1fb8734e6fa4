// @ts-check
/** Keeps a device's screen on while there is something to follow: where the browser can, which is over https only. */

export class WakeLock {
  #wanted = false;
  /** @type {Promise<WakeLockSentinel | null> | null} */
  #lock = null;

  constructor() {
    // A browser gives the lock back by itself when the page is hidden.
    document.addEventListener("visibilitychange", () => {
      this.#lock = null;
      this.want(this.#wanted);
    });
  }

  /** @param {boolean} wanted */
  want(wanted) {
    this.#wanted = wanted;
    if (!wanted) {
      this.#lock?.then((lock) => lock?.release());
      this.#lock = null;
    } else if (!document.hidden) {
      // Refused where the battery is low: the screen then dims as it always does.
      this.#lock ??= navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    }
  }
}
