"""B7: the training page in a real Chromium: frames while it trains, memory over many of them, first load."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figure import Figure
from benchmarks.server import server
from tools import browser as chromium

ROUNDS = 5
LOSSES = 10_000
FRAMES = 300
SNAPSHOTS = 10_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

KEEP_SOCKET = """
globalThis.WebSocket = class extends WebSocket {
  constructor(...address) {
    super(...address);
    globalThis.stream = this;
    this.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) globalThis.newest = data;
    });
  }
};
"""
NOTE_FIRST_CURVE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("#fit .scatterlayer .js-line")) return;
  observer.disconnect();
  requestAnimationFrame((now) => { globalThis.firstCurve = now; });
}).observe(document, { childList: true, subtree: true });
"""
FRAME_TIMES = """(count) => new Promise((resolve) => {
  const times = [];
  requestAnimationFrame(function frame(now) {
    times.push(now);
    if (times.length > count) resolve(times.slice(1).map((time, i) => time - times[i]));
    else requestAnimationFrame(frame);
  });
})"""
FLOOD = """async (count) => {
  stream.send = () => {};
  let step = new DataView(newest).getUint32(4, true);
  for (let i = 0; i < count; i += 1) {
    const data = newest.slice();
    const header = new DataView(data);
    step += 1;
    header.setUint32(4, step, true);
    header.setUint32(16, step, true);
    stream.dispatchEvent(new MessageEvent("message", { data }));
    if (i % 25 === 0) await new Promise(requestAnimationFrame);
  }
}"""
"""Feeds the page its own last snapshot of one step over and over, as if steps went on."""
FIRST_LOAD = """() => {
  const entries = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  const plotly = entries.find(({ name }) => name.endsWith("/plotly-basic.min.js"));
  return {
    transfer: entries.reduce((sum, { transferSize }) => sum + transferSize, 0) / 1000,
    plotly: plotly.transferSize / 1000,
    page: entries[0].responseEnd,
    text: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    script: plotly.responseEnd,
    curve: firstCurve,
  };
}"""


def measure() -> list[Figure]:
    """Frame times in ms, growth of the heap in MB, and sizes and times of a first load."""
    with server() as client, sync_playwright() as playwright:
        client.wait_until_ready()
        browser = playwright.chromium.launch(executable_path=str(chromium.ensure()), args=list(FLAGS))
        address = f"http://{client.address}/"
        figures = [*drawing(browser, address), *soak(browser, address), *loading(browser, address)]
        browser.close()
    return figures


@contextmanager
def training(browser: Browser, address: str, script: str = "") -> Iterator[Page]:
    """A page that has never been here before, with its first curve drawn."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.add_init_script(script)
        page.goto(address)
        page.locator("#fit .scatterlayer .js-line").wait_for(state="attached")
        page.locator('#play[aria-disabled="false"]').wait_for()
        yield page


def drawing(browser: Browser, address: str) -> list[Figure]:
    """Frame times while every frame brings a new curve, beside those of the same page at rest."""
    with training(browser, f"{address}?max_steps={10 * LOSSES}") as page:
        page.locator("#count").fill(str(LOSSES))
        page.locator("#run-steps button").click()
        page.locator("#step-count", has_text=str(LOSSES)).wait_for(timeout=60_000)
        at_rest = page.evaluate(FRAME_TIMES, FRAMES)
        page.locator("#pace").select_option("60")
        page.locator("#play").click()
        busy = page.evaluate(FRAME_TIMES, FRAMES)
    return [
        Figure(
            budget="B7",
            what=f"p95 frame time, 100 points, 200-point curve, {LOSSES} losses",
            unit="ms",
            ours=p95(busy),
            peer=p95(at_rest),
            peer_is="the same page at rest",
            better="lower",
            must=33,
            aim=16.7,
        )
    ]


def soak(browser: Browser, address: str) -> list[Figure]:
    """How much the heap grows while the page is shown thousands of snapshots."""
    with training(browser, f"{address}?max_steps={10 * LOSSES}", KEEP_SOCKET) as page:
        page.locator("#step").click()
        page.locator("#step-count", has_text="1").wait_for()
        page.evaluate(FLOOD, SNAPSHOTS // 10)
        before = heap(page)
        page.evaluate(FLOOD, SNAPSHOTS)
        after = heap(page)
    return [
        Figure(
            budget="B7",
            what=f"growth of the heap over {SNAPSHOTS} snapshots",
            unit="MB",
            ours=after - before,
            peer=before,
            peer_is="the heap before",
            better="lower",
            must=5,
            aim=1,
        )
    ]


def loading(browser: Browser, address: str) -> list[Figure]:
    """What a browser that was never here fetches, and how soon it shows something."""
    rounds = []
    for _ in range(ROUNDS):
        with training(browser, address, NOTE_FIRST_CURVE) as page:
            rounds.append(page.evaluate(FIRST_LOAD))
    middle = {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}
    return [
        first("transferred", "kB", middle["transfer"], middle["plotly"], "Plotly alone", must=600, aim=450),
        first("to the first text", "ms", middle["text"], middle["page"], "page received", must=1000, aim=400),
        first(
            "to the first curve",
            "ms",
            middle["curve"],
            middle["script"],
            "Plotly received",
            must=3000,
            aim=1500,
        ),
    ]


def first(what: str, unit: str, ours: float, peer: float, peer_is: str, *, must: float, aim: float) -> Figure:
    """One figure of a first load."""
    return Figure(
        budget="B7",
        what=f"first load {what}",
        unit=unit,
        ours=ours,
        peer=peer,
        peer_is=peer_is,
        better="lower",
        must=must,
        aim=aim,
    )


def p95(values: list[float]) -> float:
    """The value that 95 of 100 stay below."""
    return statistics.quantiles(values, n=20)[-1]


def heap(page: Page) -> float:
    """What is alive in the page, in MB."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1e6
