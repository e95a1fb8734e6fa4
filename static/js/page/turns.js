// @ts-check
/**
 * Has tabs that nobody sees give up their connection for others: by HTTP/1.1 a browser has six to a server, for all of its
 * tabs together, and a socket without WebSockets keeps one of them.
 */

/** Tabs that may keep one: the other connections are for requests. */
const MOST = 4;

/** An event "over" tells that the connection is to be given up. */
export class Turns extends EventTarget {
  #name = Math.random().toString(36);
  #channel = new BroadcastChannel("sockets over HTTP");
  /** Tabs that have opened a connection since this one did. @type {Set<string>} */
  #others = new Set();
  #tab;

  /** @param {Pick<Document, "addEventListener" | "hidden">} tab */
  constructor(tab = document) {
    super();
    this.#tab = tab;
    this.#channel.addEventListener("message", ({ data }) => {
      this.#others.add(data);
      this.#look();
    });
    tab.addEventListener("visibilitychange", () => this.#look());
  }

  /** Waits until this tab may have a connection, and tells the others. */
  async take() {
    while (this.#isOver)
      await new Promise((resolve) => this.addEventListener("mine", resolve, { once: true }));
    this.#others.clear();
    this.#channel.postMessage(this.#name);
  }

  get #isOver() {
    return this.#tab.hidden && this.#others.size >= MOST;
  }

  #look() {
    this.dispatchEvent(new Event(this.#isOver ? "over" : "mine"));
  }
}
