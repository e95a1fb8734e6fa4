from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from app.web.pages.examples.gallery import GALLERY
from tests.pages.shared_tab import SharedTab, shared_tab
from tests.pages.visitor import READY_WITHIN, WINDOW, Visitor
from tests.pages.windows import Windows
from tests.server import Server
from tools import browser as chromium

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--v8-cache-options=bypassHeatCheck",  # keeps what it has compiled at the first load, not at the third
    "--process-per-site",  # where one tab has been, the next compiles nothing
)


expect.set_options(timeout=READY_WITHIN)


class Visit(Protocol):
    def __call__(self, **options: Any) -> AbstractContextManager[Visitor]: ...


# Not for the whole session: Playwright keeps an event loop running, which asynchronous tests do not stand.
@pytest.fixture(scope="package")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The browser's own window, with a profile on disk."""
    found = chromium.find() or chromium.ensure()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=str(found), args=list(QUIET), **WINDOW
        )
        context.set_default_timeout(READY_WITHIN)
        yield context
        context.close()


@pytest.fixture(scope="package")
def browser(profile: BrowserContext) -> Browser:
    assert profile.browser is not None
    return profile.browser


@pytest.fixture(scope="package")
def windows(profile: BrowserContext, server: Server) -> Windows:
    return Windows(profile, server.url)


@pytest.fixture(scope="module")
def tab(windows: Windows, server: Server) -> Iterator[SharedTab]:
    """A training page that stays open for the tests of a file; `SharedTab.renew` sets it back for each."""
    with shared_tab(windows, server) as tab:
        yield tab


@pytest.fixture(scope="module")
def _calculator(windows: Windows) -> Iterator[Visitor]:
    with windows.visiting(locale=WINDOW["locale"]) as visitor:
        visitor.open_calculator()
        yield visitor


@pytest.fixture
def calculator(_calculator: Visitor) -> Visitor:
    """A page that stays open for the tests of a file: each begins with the example, which has run."""
    _calculator.page.unroute_all()
    _calculator.enliven()
    _calculator.run_program(next(iter(GALLERY.values())).program.rstrip())
    _calculator.status("done")
    return _calculator


@pytest.fixture
def visit(windows: Windows) -> Visit:
    """A function that opens a tab in an empty window. Its arguments go to `Browser.new_context`."""
    return windows.visiting


@pytest.fixture
def visitor(visit: Visit) -> Iterator[Visitor]:
    with visit() as visitor:
        yield visitor
