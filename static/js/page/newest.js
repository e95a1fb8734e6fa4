// @ts-check
/** Requests of one kind, of which only the newest counts. */

export class Newest {
  #controller = new AbortController();

  /** Aborts what is under way: it will neither answer nor fail. */
  cancel() {
    this.#controller.abort();
  }

  /**
   * Cancels the request before, and makes another. None of the callbacks is called once it is cancelled.
   *
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} ask
   * @param {(answer: T) => void} use
   * @param {(error: unknown) => void} fail
   */
  async ask(ask, use, fail) {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    try {
      const answer = await ask(signal);
      if (!signal.aborted) use(answer);
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  }
}
