"""What the page does when the connection, the run, the trainer or the server is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Held, Server, running_server, wait_for
from tests.store.test_restart import UNSANDBOXED, Again, everything, kill


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    return Held(tmp_path_factory.mktemp("held"))


@pytest.fixture(scope="module")
def warming(tmp_path_factory: pytest.TempPathFactory, held: Held) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("fragile") / "log"
    with running_server(log, UNSANDBOXED, PLAYGROUND_RATE_LIMIT="0", **held.settings) as server:
        yield server


@pytest.fixture(scope="module")
def fragile(warming: Server, held: Held) -> Server:
    """A server for tests to break."""
    held.go()
    return warming


def test_the_page_is_there_while_the_trainer_warms_up(warming: Server, held: Held, windows: Windows) -> None:
    with windows.visiting(warming.url) as visitor:
        visitor.page.goto(warming.url)
        expect(visitor.find("#status-text")).to_contain_text("warming up")
        held.go()
        visitor.find('#play[aria-disabled="false"]').wait_for()
        assert "Ready" in visitor.status("still")


def losses_on(server: Server, visitor: Visitor) -> list[float]:
    with server.client() as client:
        losses = client.get(f"/api/runs/{visitor.run_id()}/losses").json()["losses"]
    assert isinstance(losses, list)
    return losses


def test_a_broken_connection_is_made_again_without_a_gap(visitor: Visitor, server: Server) -> None:
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    visitor.page.route_web_socket("**/stream", pass_on)
    visitor.open_training()
    visitor.calm()
    visitor.play("250")
    wait_for(lambda: len(visitor.state("losses")) > 20)
    sockets[0].close()
    assert visitor.status("bad") == "Connection lost. Trying again…"
    wait_for(lambda: len(visitor.state("losses")) > 100 and len(sockets) > 1)
    sockets[1].close()
    visitor.status("done")
    assert len(sockets) == 3
    assert visitor.state("losses") == losses_on(server, visitor)
    assert len(visitor.state("losses")) == 1000


def test_a_killed_trainer_is_replaced_and_the_run_comes_back(fragile: Server, windows: Windows) -> None:
    fragile.wait_until("engine")
    with windows.visiting(fragile.url) as visitor:
        visitor.open_training()
        visitor.calm()
        visitor.play("60")
        wait_for(lambda: len(visitor.state("losses")) >= 30)
        before, run = visitor.state("losses"), visitor.run_id()
        fragile.engine().kill()
        assert "being replaced" in visitor.status("wait")
        visitor.find('#status[data-tone="wait"]').wait_for(state="detached")
        visitor.find('#play[aria-disabled="false"]').wait_for()
        if visitor.find("#play").get_attribute("data-playing") is None:
            visitor.find("#play").click()
        visitor.find("#pace").select_option("")
        visitor.status("done")
        assert visitor.run_id() == run
        losses = visitor.state("losses")
        assert len(losses) == 1000
        assert losses == losses_on(fragile, visitor)
        # The same config, seed and commands: the same numbers, as far as they had been seen.
        assert losses[: len(before)] == before


def test_a_page_goes_on_by_itself_when_all_of_the_server_was_killed(tmp_path: Path, windows: Windows) -> None:
    again = Again(tmp_path)
    with windows.visiting(again.url) as visitor:
        with again.life() as server:
            visitor.open_training()
            visitor.calm()
            visitor.play("60")
            wait_for(lambda: len(visitor.state("losses")) >= 30)
            before, run = visitor.state("losses"), visitor.run_id()
            kill(everything(server))
        assert visitor.status("bad") == "Connection lost. Trying again…"
        with again.life() as server:
            wait_for(lambda: len(visitor.state("losses")) > len(before) + 30)
            visitor.find("#pace").select_option("")
            visitor.status("done")
            losses = visitor.state("losses")
            assert visitor.run_id() == run
            assert len(losses) == 1000
            assert losses == losses_on(server, visitor)
            assert losses[: len(before)] == before


def test_a_run_that_is_gone_is_made_again_with_the_same_settings(visitor: Visitor, server: Server) -> None:
    visitor.open_training()
    visitor.set("hidden", "3")
    expect(visitor.find("#net")).to_have_text("Net(1, 3, 1)")
    lost = visitor.run_id()
    with server.client(Authorization=f"Bearer {visitor.state('token')}") as client:
        assert client.delete(f"/api/runs/{lost}").status_code == 204
    wait_for(lambda: visitor.run_id() != lost)
    wait_for(lambda: "Here is a new one with the same settings" in visitor.status("still"))
    expect(visitor.find("#net")).to_have_text("Net(1, 3, 1)")
    visitor.calm()
    visitor.play()
    visitor.status("done")


def test_a_reload_after_the_run_is_gone_makes_a_new_one_too(visitor: Visitor, server: Server) -> None:
    visitor.open_training()
    visitor.set("hidden", "4")
    expect(visitor.find("#net")).to_have_text("Net(1, 4, 1)")
    lost, token = visitor.run_id(), visitor.state("token")
    visitor.page.goto(f"{visitor.url}/calculator")
    with server.client(Authorization=f"Bearer {token}") as client:
        assert client.delete(f"/api/runs/{lost}").status_code == 204
    visitor.page.goto(f"{visitor.url}/?run={lost}")
    wait_for(lambda: "Here is a new one with the same settings" in visitor.status("still"))
    expect(visitor.find("#net")).to_have_text("Net(1, 4, 1)")
    assert visitor.run_id() != lost


def test_a_stranger_to_a_run_that_is_gone_is_told_and_offered_a_new_one(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.url}/?run=AAAAAAAAAAAAAAAAAAAAAA")
    assert visitor.status("bad") == "This run is no longer on the server."
    visitor.find("#own-run").click()
    visitor.find('#play[aria-disabled="false"]').wait_for()
    assert visitor.run_id() != "AAAAAAAAAAAAAAAAAAAAAA"


def test_a_full_server_is_waited_for_in_its_own_words(visitor: Visitor) -> None:
    words, is_full = "The server holds 2000 runs.", True

    def full(route: Route) -> None:
        if not is_full:
            route.continue_()
            return
        problem = f'{{"type":"about:blank","title":"","status":429,"detail":"{words}","errors":[]}}'
        headers = {"Content-Type": "application/problem+json", "Retry-After": "1"}
        route.fulfill(status=429, headers=headers, body=problem)

    visitor.page.route("**/api/runs", full)
    visitor.page.goto(visitor.url)
    expect(visitor.find("#status[data-tone=wait] #status-text")).to_have_text(words)
    is_full = False
    visitor.find('#play[aria-disabled="false"]').wait_for()
