"""Someone with a browser: what they open, press, type and see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Request, ViewportSize, expect

from tests.server import PATIENCE, wait_for

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
READY_WITHIN = 1000 * PATIENCE
"""Milliseconds after which something does not come any more. No test says how fast something is."""
EXPECTED = ("Failed to load resource", "closed before the connection is established")
"""What Chromium writes to the console, wanted or not: for every answer of 400 or more, and where a page
gives up a socket that has not opened yet."""

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
  console.error(`violation of ${violatedDirective}: ${blockedURI} in ${sourceFile}`));
"""
FEW_FRAMES = """{
  const MOST = 4, PAUSE = 80;
  const ask = requestAnimationFrame.bind(globalThis), drop = cancelAnimationFrame.bind(globalThis);
  const later = setTimeout.bind(globalThis), clock = performance.now.bind(performance);
  const waiting = new Map();
  let ids = 2 ** 40, next = 0;
  const run = (now) => {
    const callbacks = [...waiting.values()];
    waiting.clear();
    for (const callback of callbacks) callback(now);
  };
  globalThis.everyFrame = ask;
  globalThis.fewFrames = globalThis.requestAnimationFrame = (callback) => {
    if (waiting.size === 0) {
      const now = clock();
      next = Math.max(next, now - MOST * PAUSE) + PAUSE;
      if (next > now) later(() => ask(run), next - now);
      else ask(run);
    }
    waiting.set((ids += 1), callback);
    return ids;
  };
  globalThis.cancelAnimationFrame = (id) => waiting.delete(id) || drop(id);
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { animation: none !important; transition: none !important; }");
  document.adoptedStyleSheets = [still];
}
"""
"""At most 12 frames a second, but for the first four, and nothing that moves by itself: each takes 10 ms of
processor time, and a line of the script that has changed fades for 150.

`everyFrame` is what `requestAnimationFrame` was.
"""
SAID = """(tone) => new Promise((resolve) => {
  const status = document.getElementById("status");
  const look = () => status?.dataset.tone === tone && document.getElementById("status-text").innerText;
  if (!status || look()) {
    resolve(look());
    return;
  }
  const observer = new MutationObserver(() => {
    if (!look()) return;
    observer.disconnect();
    resolve(look());
  });
  observer.observe(status, { attributes: true, childList: true, characterData: true, subtree: true });
})"""
"""Told by each change of the status: to look at it in every frame makes the browser draw every frame."""
STATE = """async (ask) => {
  const { page } = await import(document.querySelector('script[type="module"]').src);
  return ASK[ask](page.state);
}""".replace(
    "ASK",
    """({
  losses: ({ losses }) => [...losses.values],
  curve: ({ snapshot }) => [...snapshot.gridPrediction],
  grid: ({ started }) => started.grid,
  points: ({ started: { x, y, test_x, test_y } }) => ({ x, y, test_x, test_y }),
  parameters: ({ snapshot }) => [...(snapshot?.parameters ?? [])],
  gradients: ({ snapshot }) => snapshot.gradients && [...snapshot.gradients],
  compared: ({ snapshot, started }) => [[...snapshot.prediction], started.y],
  line: ({ run }) => run.line,
  config: ({ run }) => run.config,
  generation: ({ generation }) => generation,
  begun: ({ generation, snapshot }) => (snapshot === null ? 0 : generation),
  chosen: ({ spotlight }) => spotlight.chosen,
  token: () => JSON.parse(sessionStorage.getItem("run")).owner_token,
})""",
)


UNFOLD = """(details) => {
  const summary = details.querySelector("summary");
  summary.scrollIntoView();
  summary.focus();
  summary.click();
}"""
"""A press that meets what it is meant for while a picture above it is still drawn, in another size."""


class Visitor:
    """One browser tab, and what went wrong in it.

    complaints: errors and warnings of the console, violations of the Content-Security-Policy among them.
    strangers: addresses of other servers that were asked for something.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.add_init_script(TELL_VIOLATIONS + FEW_FRAMES)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("request", self._see)

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in EXPECTED):
            self.complaints.append(text)

    def _see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != urlsplit(self.url).netloc:
            self.strangers.append(request.url)

    # On both pages.

    def find(self, selector: str, **which: Any) -> Locator:
        return self.page.locator(selector, **which)

    def status(self, tone: str) -> str:
        """What the status says as soon as it has this tone, if only for a moment."""
        said = self.page.wait_for_function(SAID, arg=tone).json_value()
        return str(said)

    # On the training page.

    def open_training(self, query: str = "") -> None:
        self.page.goto(f"{self.url}/{query}")
        self.find('#reset[aria-disabled="false"]').wait_for()
        self.find("#fit .scatterlayer .js-line").wait_for(state="attached")

    def look_at(self, panel: str) -> None:
        """Scrolls to "slow-motion", "network" or "hinges": what is not on the screen is not drawn."""
        self.find(f"#{panel}").evaluate("(panel) => panel.scrollIntoView()")

    @property
    def address(self) -> str:
        """What the address bar shows. Asked of the page: `Page.url` is as old as Playwright's last call."""
        while True:
            with suppress(Error):  # on its way to another page
                return str(self.page.evaluate("() => location.href"))

    def run_id(self) -> str:
        """The run that the address names; empty if it names none."""
        return parse_qs(urlsplit(self.address).query).get("run", [""])[0]

    def state(self, ask: str) -> Any:
        """Something the page knows, by a name in `STATE`."""
        return self.page.evaluate(STATE, ask)

    def drawn_curve(self) -> str:
        """The fitted curve as it is on the screen: an SVG path."""
        return self.find("#fit .scatterlayer .js-line").last.get_attribute("d") or ""

    def calm(self) -> None:
        """From here on a run that plays is drawn now and then, as for whoever asks for less motion.

        A picture takes 15 ms of processor time, and a run that plays has 60 of them a second.
        """
        self.page.emulate_media(reduced_motion="reduce")

    def enliven(self) -> None:
        """Ends `calm`."""
        if self.page.evaluate("() => matchMedia('(prefers-reduced-motion: reduce)').matches"):
            self.page.emulate_media(reduced_motion="no-preference")

    def draw_every_frame(self) -> None:
        """From here on, until a shared page is renewed, it draws as often as for anyone."""
        self.page.evaluate("() => { globalThis.requestAnimationFrame = everyFrame; }")

    def play(self, pace: str = "") -> None:
        """pace: steps per second; empty for full speed."""
        self.find("#pace").select_option(pace)
        self.find("#play").click()

    def run_steps(self, count: int | str) -> None:
        self.find("#count").fill(str(count))
        self.find("#run-steps button").click()

    def expect_step(self, step: int) -> None:
        expect(self.find("#step-count")).to_have_text(str(step))

    def set(self, field: str, value: str) -> None:
        """Types a setting and leaves the field."""
        self.find(f"#{field}").fill(value)
        self.find(f"#{field}").press("Enter")

    # On the page of comparisons.

    def open_comparison(self, query: str = "") -> None:
        self.page.goto(f"{self.url}/compare{query}")
        self.expect_comparison()

    def expect_comparison(self) -> None:
        """Waits until a comparison is there and its runs are drawn."""
        self.page.wait_for_url(re.compile(r"/compare\?comparison="))
        self.find('#reset[aria-disabled="false"]').wait_for()
        self.find("#loss .scatterlayer").wait_for(state="attached")
        self.find(".member .scatterlayer .js-line").last.wait_for(state="attached")

    # On the calculator page.

    def open_calculator(self, fragment: str = "") -> None:
        """Opens the page, which runs the program it finds: the example, the draft, or that of the address."""
        wait_for(lambda: self.page.request.get(f"{self.url}/readyz").json()["sandbox"])
        self.page.goto(f"{self.url}/calculator{fragment}")
        self.find('#status:is([data-tone="done"], [data-tone="bad"])').wait_for()

    def run_program(self, program: str | None = None) -> None:
        if program is not None:
            self.find("#program").fill(program)
        self.find("#run").click()

    def card(self, name: str) -> Locator:
        return self.find("#bench .card").filter(
            has=self.page.get_by_role("heading", name=name, exact=True, include_hidden=True)
        )

    def node(self, name: str) -> Locator:
        """A box of the graph, by what the program calls it."""
        return self.find("#graph .node").filter(
            has=self.page.locator(".node-name").get_by_text(name, exact=True)
        )


WINDOW: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-US"}
"""What every window has unless a test asks for something else, as `Browser.new_context` takes it."""


def open_window(browser: Browser, **options: Any) -> BrowserContext:
    """A window with storage and cookies of its own. options: as `Browser.new_context` takes them."""
    context = browser.new_context(**{**WINDOW, **options})
    context.set_default_timeout(READY_WITHIN)
    return context


@contextmanager
def tab_of(page: Page, url: str) -> Iterator[Visitor]:
    """A tab.

    Whatever a test does there, the page asks no other server, breaks no policy and writes no error.
    """
    visitor = Visitor(page, url)
    yield visitor
    assert visitor.complaints == [], visitor.complaints
    assert visitor.strangers == [], visitor.strangers
