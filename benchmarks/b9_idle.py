"""B9: how much of a processor the training page takes while nothing happens on it, beside the calculator."""

from pathlib import Path

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.b7_browser import FLAGS
from benchmarks.figure import Figure
from benchmarks.server import server
from tools import browser as chromium

SECONDS = 10.0
SETTLING = 3.0
"""Seconds after the page is complete in which what it put off may still be done."""
PAGES = {"": "#fit .scatterlayer .js-line", "calculator": '#status[data-tone="done"]'}
"""Each page, and what is on it once it is complete."""


def measure() -> list[Figure]:
    """Processor time of the page's process over a while, in percent of one processor."""
    with server() as client, sync_playwright() as playwright:
        client.wait_until_ready()
        browser = playwright.chromium.launch(executable_path=str(chromium.ensure()), args=list(FLAGS))
        address = f"http://{client.address}/"
        training, calculator = (share(browser, address + page, PAGES[page]) for page in PAGES)
        browser.close()
    return [
        Figure(
            budget="B9",
            what="processor share of an idle training page",
            unit="%",
            ours=training,
            peer=calculator,
            peer_is="the idle calculator page",
            better="lower",
            must=0.5,
            aim=0.1,
        )
    ]


def share(browser: Browser, address: str, complete: str) -> float:
    """What a page takes once it is complete and has settled."""
    session = browser.new_browser_cdp_session()
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(address)
        page.locator(complete).wait_for(state="attached")
        page.wait_for_timeout(1000 * SETTLING)
        before = processor_time(session)
        page.wait_for_timeout(1000 * SECONDS)
        after = processor_time(session)
    session.detach()
    return 100 * (after - before) / SECONDS


def processor_time(session: CDPSession) -> float:
    """Seconds that all renderer processes have run: that of the page, and spare ones, which do nothing."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process["id"] for process in processes if process["type"] == "renderer"]
    # In nanoseconds, where Chromium's own count goes by hundredths of a second.
    threads = [path for pid in renderers for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(path.read_text().split()[0]) for path in threads) / 1e9
