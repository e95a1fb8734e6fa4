"""B12: how soon the first curve is on the training page at a distance, by bundles and by modules."""

import statistics

from playwright.sync_api import Browser, sync_playwright

from benchmarks.b7_browser import FLAGS, NOTE_FIRST_CURVE, training
from benchmarks.distance import at_a_distance
from benchmarks.figure import Figure
from benchmarks.server import server
from tools import browser as chromium

ROUNDS = 5
ROUND_TRIP = 0.1


def measure() -> list[Figure]:
    """Seconds from the request for the page, in a browser that was never here, to its first curve."""
    bundled, single = [], []
    with server() as ours, server(PLAYGROUND_DEV="1") as peer, sync_playwright() as playwright:
        ours.wait_until_ready()
        peer.wait_until_ready()
        browser = playwright.chromium.launch(executable_path=str(chromium.ensure()), args=list(FLAGS))
        for _ in range(ROUNDS):
            bundled.append(first_curve(browser, ours.address))
            single.append(first_curve(browser, peer.address))
        browser.close()
    return [
        Figure(
            budget="B12",
            what=f"first curve at a round trip of {1000 * ROUND_TRIP:.0f} ms",
            unit="s",
            ours=statistics.median(bundled),
            peer=statistics.median(single),
            peer_is="modules one by one",
            better="lower",
            must=3,
            aim=2,
        )
    ]


def first_curve(browser: Browser, server_address: str) -> float:
    """When the first curve is drawn, in seconds."""
    with (
        at_a_distance(server_address, ROUND_TRIP) as address,
        training(browser, f"http://{address}/", NOTE_FIRST_CURVE) as page,
    ):
        milliseconds: float = page.evaluate("() => firstCurve")
    return milliseconds / 1000
