"""The pages behind a reverse proxy: below a path, with a pass phrase, and in a frame of another site."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.nginx import MISSING, Ports, free_ports, running_nginx
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import open_window, tab_of
from tests.server import PATIENCE, running_server

pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))

PHRASE = "seven little gradients"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Where nginx listens before a server that only those may enter who know the phrase."""
    folder, ports = tmp_path_factory.mktemp("proxy"), free_ports()
    with (
        running_server(
            folder / "log",
            PLAYGROUND_ROOT_PATH="/playground",
            PLAYGROUND_TRUSTED_PROXIES="127.0.0.1",
            PLAYGROUND_ACCESS="phrase",
            PLAYGROUND_ACCESS_PHRASE=PHRASE,
            PLAYGROUND_FRAME_ANCESTORS=f"https://localhost:{ports.https}",
            PLAYGROUND_RATE_LIMIT="0",
        ) as server,
        running_nginx(folder, f"http://{urlsplit(server.url).netloc}", ports),
    ):
        assert urlsplit(server.url).path == "/playground"
        server.wait_until("engine", "sandbox")
        yield ports


def come_in(page: Page, frame: str | None = None) -> None:
    """Type the phrase where it is asked for."""
    place = page.frame_locator(frame) if frame else page
    place.locator("#phrase").fill(PHRASE)
    place.locator("#phrase").press("Enter")


def test_all_of_it_works_below_a_path(browser: Browser, ports: Ports) -> None:
    window = open_window(browser)
    window.grant_permissions(["clipboard-read", "clipboard-write"])
    with tab_of(window.new_page(), f"http://127.0.0.1:{ports.taken_off}/playground") as visitor:
        asked: list[str] = []
        visitor.page.on("request", lambda request: asked.append(request.url))
        visitor.page.on("websocket", lambda socket: asked.append(socket.url))

        # A permalink outlives the question for the phrase.
        visitor.page.goto(f"{visitor.url}/?model.hidden=3")
        visitor.find("#phrase").fill("seven little guesses")
        visitor.find("#phrase").press("Enter")
        expect(visitor.find("#phrase-reason")).to_have_text("This is not the pass phrase.")
        expect_no_violation(visitor)
        come_in(visitor.page)
        visitor.find('#reset[aria-disabled="false"]').wait_for()
        assert visitor.state("config")["model"]["hidden"] == [3]

        # The run's socket, its files, and a reload.
        visitor.run_steps(3)
        visitor.expect_step(3)
        script = visitor.find('[data-export="script"]').evaluate(
            "async (link) => [link.href, await (await fetch(link.href)).text()]"
        )
        asked.append(script[0])
        assert "import torch" in script[1]
        visitor.find("#theme").click()
        visitor.page.reload()
        visitor.find('#reset[aria-disabled="false"]').wait_for()
        visitor.expect_step(3)
        expect(visitor.find("html")).to_have_attribute("data-theme", "dark")

        # The other pages, by their links.
        visitor.find("#compare-menu summary").click()
        visitor.find("#compare-menu a").first.click()
        visitor.expect_comparison()
        visitor.find(".pages").get_by_role("link", name="Calculator").click()
        visitor.find('#status[data-tone="done"]').wait_for()
        visitor.find("#share summary").click()
        visitor.find('[data-share="curl"]').click()
        copied = visitor.page.evaluate("() => navigator.clipboard.readText()")
        assert f"{visitor.url}/api/gradients" in copied
        visitor.find(".brand").click()
        visitor.page.wait_for_url(re.compile(rf"{visitor.url}/(\?|$)"))

        assert any(url.startswith("ws:") for url in asked)
        elsewhere = [url for url in asked if not urlsplit(url).path.startswith("/playground/")]
        assert [url for url in elsewhere if urlsplit(url).scheme not in ("data", "blob")] == []
        assert {cookie["path"] for cookie in window.cookies()} == {"/playground"}
    window.close()


def test_a_proxy_may_pass_the_path_on(ports: Ports) -> None:
    url = f"http://127.0.0.1:{ports.passed_on}"
    with httpx.Client(base_url=url, headers={"Playground-Phrase": PHRASE}, timeout=PATIENCE) as client:
        made = client.post("/playground/api/runs", json={})
        assert client.get(made.headers["location"]).json()["id"] == made.json()["id"]
        page = client.get("/playground/").text
        addresses = re.findall(r' (?:href|src)="(/[^"]*)"', page)
        assert len(addresses) > 5
        assert all(client.get(address).is_success for address in addresses)


def test_only_a_site_on_the_list_frames_it_and_there_it_works(browser: Browser, ports: Ports) -> None:
    window = open_window(browser, ignore_https_errors=True)
    page = window.new_page()
    page.goto(f"https://localhost:{ports.https}/course")
    # In the frame the cookie must be taken although the page around is another site's.
    come_in(page, "iframe")
    inside = page.frame_locator("iframe")
    inside.locator('#reset[aria-disabled="false"]').wait_for()
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(f"https://127.0.0.1:{ports.https}/course")
    window.close()
