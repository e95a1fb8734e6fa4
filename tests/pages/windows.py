"""Windows of the browser that stay open, so that Chromium compiles the pages once and not for every test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.pages.visitor import Visitor, open_window, tab_of

MOST_EMPTY = 3
"""Windows that wait for a test to take them."""


class Window:
    """A window with one tab that stays: as long as it is there, so is the process that draws the others.

    options: as `Browser.new_context` takes them.
    """

    def __init__(self, browser: Browser, url: str, options: dict[str, Any]) -> None:
        self.options = options
        self.context: BrowserContext = open_window(browser, **options)
        self._first = self.context.new_page()
        self._first.goto(f"{url}/healthz")

    def empty(self) -> None:
        """Closes the other tabs and forgets what they left: storage, cookies, routes and permissions."""
        for page in self.context.pages:
            if page is not self._first:
                page.close()
        self.context.unroute_all()
        self.context.clear_cookies()
        self.context.clear_permissions()
        if "permissions" in self.options:
            self.context.grant_permissions(self.options["permissions"])
        self._first.evaluate("() => localStorage.clear()")


class Windows:
    """All windows on one server."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._empty: list[Window] = []

    @contextmanager
    def visiting(self, **options: Any) -> Iterator[Visitor]:
        """A tab of its own in a window that nobody else has meanwhile."""
        window = self._take(options)
        try:
            with tab_of(window.context, self._url) as visitor:
                yield visitor
            window.empty()
        except BaseException:
            window.context.close()
            raise
        self._empty.append(window)
        if len(self._empty) > MOST_EMPTY:
            self._empty.pop(0).context.close()

    def _take(self, options: dict[str, Any]) -> Window:
        for window in reversed(self._empty):
            if window.options == options:
                self._empty.remove(window)
                return window
        return Window(self._browser, self._url, options)
