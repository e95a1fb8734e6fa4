"""Windows of the browser that stay open, so that Chromium compiles the pages once and not for every test."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page

from tests.pages.visitor import Visitor, open_window, tab_of

MOST_EMPTY = 6
"""Windows that wait for a test to take them."""


class Window:
    """A window with one tab that stays: as long as it is there, so is the process that draws the others.

    options: as `Browser.new_context` takes them.
    """

    def __init__(self, context: BrowserContext, url: str, options: dict[str, Any]) -> None:
        self.options = options
        self.context = context
        self._first = context.new_page()
        self._first.goto(f"{url}/healthz")

    def open_tab(self) -> Page:
        """A new tab, empty, in the process that is there: by itself it would begin in one of its own."""
        with self.context.expect_page() as opened:
            self._first.evaluate("() => { open('about:blank').opener = null; }")
        return opened.value

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
    """All windows on one server.

    profile: the window of the browser's profile, the only one for which Chromium keeps what it has compiled.
    """

    def __init__(self, profile: BrowserContext, url: str) -> None:
        assert profile.browser is not None
        self._browser = profile.browser
        self._url = url
        self._profile = Window(profile, url, {})
        self._empty = [self._profile]

    @contextmanager
    def visiting(self, url: str | None = None, **options: Any) -> Iterator[Visitor]:
        """A tab of its own in a window that nobody else has meanwhile. url: another server's."""
        window = self._take(options)
        try:
            with tab_of(window.open_tab(), url or self._url) as visitor:
                yield visitor
        finally:
            with suppress(Error):  # one that cannot be emptied is not used again
                window.empty()
                self._keep(window)

    def _take(self, options: dict[str, Any]) -> Window:
        for window in self._empty:
            if window.options == options:
                self._empty.remove(window)
                return window
        return Window(open_window(self._browser, **options), self._url, options)

    def _keep(self, window: Window) -> None:
        """For the next; the window of the profile comes first, and is never closed."""
        self._empty.insert(0 if window is self._profile else len(self._empty), window)
        if len(self._empty) > MOST_EMPTY:
            oldest = next(each for each in self._empty if each is not self._profile)
            self._empty.remove(oldest)
            oldest.context.close()
