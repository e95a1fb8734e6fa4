"""One training page for a whole file of tests: each begins with the lesson's run, at step 0."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Route, WebSocketRoute, expect

from app.protocol.runs import RunConfig
from tests.pages.visitor import DESKTOP, WINDOW, Visitor
from tests.pages.windows import Windows
from tests.server import Server, wait_for

PUT_AWAY = """() => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const details of document.querySelectorAll("details[open]")) details.open = false;
  for (const on of document.querySelectorAll("#edit-points[aria-pressed=true], #log:checked")) on.click();
  document.getElementById("show-loss")?.click();
  document.activeElement.blur();
  scrollTo(0, 0);
  globalThis.requestAnimationFrame = fewFrames;
}"""
"""What a test has opened or changed."""


class SharedTab:
    """A tab whose run is set back instead of its page loaded again, and whose connection can be cut."""

    def __init__(self, visitor: Visitor, client: httpx.Client) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self._client = client
        self._sockets: list[WebSocketRoute] = []
        self.page.route_web_socket("**/stream", self._pass_on)

    def _pass_on(self, socket: WebSocketRoute) -> None:
        self._sockets.append(socket)
        socket.connect_to_server()

    def cut(self) -> None:
        """Breaks the connection, and waits until it is there again."""
        with self.cutting():
            pass

    @contextmanager
    def cutting(self) -> Iterator[None]:
        """Keeps the tab without a connection until the context ends."""
        connections = len(self._sockets)
        self.page.route("**/api/runs/*", lambda route: route.abort())
        self._sockets[-1].close()
        self.visitor.find('#reset[aria-disabled="true"]').wait_for()
        yield
        self.page.unroute("**/api/runs/*")
        self.wait(lambda: len(self._sockets) > connections)
        self.visitor.find('#reset[aria-disabled="false"]').wait_for()

    def wait(self, condition: Callable[[], object]) -> None:
        """Waits for something that Playwright reports, which it does only while it is called."""
        wait_for(lambda: self.page.evaluate("() => true") and condition())

    def change(self, config: dict[str, Any]) -> None:
        """Changes settings, as the owner does from elsewhere."""
        self._call("PATCH", "", config)

    def renew(self, **config: Any) -> Visitor:
        """The lesson's run with other settings, at step 0; nothing is open, and the focus nowhere."""
        if self.page.viewport_size != DESKTOP:
            self.page.set_viewport_size(DESKTOP)
        self.visitor.enliven()
        wanted = RunConfig.model_validate(config).model_dump(mode="json")
        if self.of_server() != wanted:
            self.change(wanted)
        wait_for(lambda: self.visitor.state("config") == wanted)
        before = self.visitor.state("generation")
        self._call("POST", "/reset", {})
        wait_for(lambda: self.visitor.state("begun") > before)
        self.visitor.expect_step(0)
        self.page.evaluate(PUT_AWAY)
        return self.visitor

    def of_server(self) -> dict[str, Any]:
        """The run's settings, as the server has them."""
        config: dict[str, Any] = self._call("GET", "")["config"]
        return config

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        address = f"/api/runs/{self.visitor.run_id()}{path}"
        headers = {"Authorization": f"Bearer {self.visitor.state('token')}"}
        answer = self._client.request(method, address, headers=headers, json=body)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def hold(self, address: str) -> list[Route]:
        """Requests of an address from now on, which wait to be answered. `page.unroute` ends it."""
        routes: list[Route] = []

        def keep(route: Route) -> None:
            routes.append(route)

        self.page.route(address, keep)
        return routes

    def step(self) -> None:
        """Takes one step, as the owner does from elsewhere."""
        self._call("POST", "/steps", {"count": 1})

    def focus(self, selector: str) -> None:
        self.visitor.find(selector).first.focus()
        self.expect_focus(selector)

    def expect_focus(self, selector: str) -> None:
        expect(self.page.locator(f":focus:is({selector})")).to_have_count(1)


@contextmanager
def shared_tab(windows: Windows, server: Server) -> Iterator[SharedTab]:
    # A window other than the one that keeps what is compiled: that is for the tests that load a page.
    with windows.visiting(locale=WINDOW["locale"]) as visitor, server.client() as client:
        tab = SharedTab(visitor, client)
        visitor.open_training()
        yield tab
