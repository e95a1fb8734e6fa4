import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "../../../static/js/page/turns.js";

/** All channels of a browser. @type {Set<EventTarget>} */
const channels = new Set();
globalThis.BroadcastChannel = class extends EventTarget {
  constructor() {
    super();
    channels.add(this);
  }
  /** @param {unknown} data */
  postMessage(data) {
    for (const other of channels)
      if (other !== this) other.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
};
const settled = () => new Promise(setImmediate);

/** A tab, and whether it has a connection. */
class Tab extends EventTarget {
  hidden = true;
  isConnected = false;
  #turns = new Turns(this);

  constructor() {
    super();
    this.#turns.addEventListener("over", () => {
      this.isConnected = false;
    });
  }

  async connect() {
    await this.#turns.take();
    this.isConnected = true;
  }

  /** @param {boolean} isSeen */
  show(isSeen) {
    this.hidden = !isSeen;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

/** @param {number} count of tabs @param {number} [seen] the one that is seen */
async function opened(count, seen) {
  const tabs = [];
  for (let i = 0; i < count; i += 1) {
    const tab = new Tab();
    tab.show(i === seen);
    await tab.connect();
    tabs.push(tab);
  }
  return tabs;
}

/** @param {Tab[]} tabs */
const connected = (tabs) => tabs.map((tab) => tab.isConnected);

test("of tabs that nobody sees those keep a connection that opened one last", async () => {
  const tabs = await opened(7, 1);
  assert.deepEqual(connected(tabs), [false, true, false, true, true, true, true]);
  await tabs[6].connect();
  await tabs[6].connect();
  assert.deepEqual(connected(tabs), [false, true, false, true, true, true, true], "the same tab again");
  tabs[1].show(false);
  assert.equal(tabs[1].isConnected, false);
});

test("a tab that has given up waits until it is seen, and then another gives up", async () => {
  const tabs = await opened(5);
  assert.deepEqual(connected(tabs), [false, true, true, true, true]);
  tabs[0].connect();
  await settled();
  assert.equal(tabs[0].isConnected, false);
  tabs[0].show(true);
  await settled();
  assert.deepEqual(connected(tabs), [true, false, true, true, true]);
});
