"""A connection that dies in silence, a server of another version, and a browser that stores nothing."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Request, WebSocketRoute, expect

from tests.pages.conftest import Visit
from tests.pages.proxy import Proxy, proxied
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Server, wait_for

PAGES = ["", "compare"]
TOLD = """async () => {
  const { page } = await import(document.querySelector('script[type="module"]').src);
  const { runs = [page.state] } = page.state;
  return runs.map(({ run, losses }) => [run?.id ?? "", [...losses.values]]);
}"""
"""The id of each run on a page, and its losses."""
WAKE = "document.dispatchEvent(new Event('visibilitychange'))"
STALE = "This page is from another version of the server. Reload it."


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with proxied(server.url) as proxy:
        yield proxy


def told(visitor: Visitor) -> list[tuple[str, list[float]]]:
    return [(run, losses) for run, losses in visitor.page.evaluate(TOLD)]


def steps(visitor: Visitor) -> int:
    return max(len(losses) for _, losses in told(visitor))


def open_page(visitor: Visitor, page: str) -> None:
    """Opens it with runs that do not end while the test looks."""
    if page == "compare":
        visitor.open_comparison("?max_steps=100000&optimizer.lr=0.02&optimizer.lr=0.2")
    else:
        visitor.open_training("?max_steps=100000")


def expect_present_state(visitor: Visitor, server: Server) -> None:
    """Pauses, and compares every loss with those on the server."""
    visitor.find("#play[data-playing]").click()
    visitor.status("still")
    with server.client() as client:
        for run, losses in told(visitor):
            assert losses == client.get(f"/api/runs/{run}/losses").json()["losses"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_wakes_with_a_dead_connection_shows_the_present_without_a_gap(
    windows: Windows, server: Server, proxy: Proxy, page: str
) -> None:
    with windows.visiting(proxy.url) as visitor:
        open_page(visitor, page)
        visitor.calm()
        visitor.play("60")
        wait_for(lambda: steps(visitor) > 20)
        proxy.silence()
        before = steps(visitor)
        run, _ = told(visitor)[0]
        with server.client() as client:
            wait_for(lambda: client.get(f"/api/runs/{run}").json()["step"] > before + 60)
        visitor.page.evaluate(WAKE)
        wait_for(lambda: steps(visitor) > before + 60)
        expect_present_state(visitor, server)


def test_a_connection_that_falls_silent_is_noticed_by_itself(
    windows: Windows, server: Server, proxy: Proxy
) -> None:
    with windows.visiting(proxy.url) as visitor:
        visitor.page.clock.install()
        open_page(visitor, "")
        visitor.calm()
        visitor.play("60")
        wait_for(lambda: steps(visitor) > 20)
        proxy.silence()
        before = steps(visitor)
        visitor.page.clock.run_for(11_000)  # so long it listens, and then waits for an answer
        wait_for(lambda: steps(visitor) > before + 60)
        expect_present_state(visitor, server)


def test_a_connection_that_lives_is_kept_when_the_page_wakes(visitor: Visitor) -> None:
    sockets: list[WebSocketRoute] = []
    said: list[str] = []

    def listen(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            said.append(str(message))
            server.send(message)

        socket.on_message(pass_on)

    visitor.page.route_web_socket("**/stream", listen)
    visitor.open_training()
    for _ in range(3):
        visitor.page.evaluate(WAKE)
    wait_for(lambda: sum('"ping"' in message for message in said) == 3)
    visitor.run_steps(5)
    visitor.expect_step(5)
    assert len(sockets) == 1


def of_another_version(message: str | bytes) -> dict[str, str | bytes]:
    """What a server of another version could say first; tests/js/run/messages.test.js has all of it."""
    started = json.loads(message)
    run = started.get("run") or started["runs"][0]["run"]
    del run["config"]
    return {
        "a picture of an unknown version": bytes([99, *range(200)]),
        "a message without a part of what it tells": json.dumps(started),
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_server_of_another_version_is_told_with_a_button_that_reloads(visitor: Visitor, page: str) -> None:
    wrong = list(of_another_version('{"run": {"config": {}}}'))
    left = iter([*wrong, None])

    def listen(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        name = next(left)

        def answer(message: str | bytes) -> None:
            if name is None:
                socket.send(message)
            elif isinstance(message, str) and '"started"' in message:
                socket.send(of_another_version(message)[name])

        server.on_message(answer)

    visitor.page.route_web_socket("**/stream", listen)
    visitor.page.goto(f"{visitor.url}/{page}")
    for name in wrong:
        assert visitor.status("bad") == STALE, name
        expect(visitor.find("#live")).to_have_text(STALE)
        expect(visitor.find("#play")).to_have_attribute("aria-disabled", "true")
        with visitor.page.expect_navigation():
            visitor.find("#reload").click()
    visitor.find('#play[aria-disabled="false"]').wait_for()
    expect(visitor.find("#reload")).to_be_hidden()


def test_an_answer_of_another_version_is_told_too_and_makes_no_second_run(visitor: Visitor) -> None:
    made: list[str] = []
    visitor.page.on("request", lambda request: made.append(request.url) if is_making(request) else None)
    bodies = ["<html>", '{"id": 7}']
    left = iter(bodies)
    visitor.page.route("**/api/runs", lambda route: route.fulfill(status=201, body=next(left)))
    for body in bodies:
        visitor.page.goto(visitor.url)
        assert visitor.status("bad") == STALE, body
    assert len(made) == len(bodies)


def is_making(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith(("/api/runs", "/api/comparisons"))


BLOCKED = """
for (const name of ["sessionStorage", "localStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
"""
FULL = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("refusal", [BLOCKED, FULL], ids=["blocked", "full"])
def test_without_storage_the_page_makes_one_run(visitor: Visitor, refusal: str, page: str) -> None:
    made: list[str] = []
    visitor.page.on("request", lambda request: made.append(request.url) if is_making(request) else None)
    visitor.page.add_init_script(refusal)
    open_page(visitor, page)
    visitor.page.keyboard.press("ArrowRight")
    visitor.expect_step(1)
    visitor.play("250")
    wait_for(lambda: steps(visitor) > 100)
    visitor.find("#play").click()
    visitor.status("still")
    assert len(made) == 1


def test_a_run_trained_on_from_an_earlier_step_and_the_one_before_it_are_both_ones_own(
    visitor: Visitor,
) -> None:
    visitor.open_training()
    visitor.run_steps(40)
    visitor.expect_step(40)
    first = visitor.run_id()
    visitor.find("#scrub").fill("20")
    visitor.find('body[data-past] #train-on[aria-disabled="false"]').click()
    wait_for(lambda: visitor.run_id() not in ("", first))
    second = visitor.run_id()
    visitor.expect_step(20)
    expect_own(visitor, visitor.page.go_back, lambda: visitor.run_id() == first)
    visitor.expect_step(40)
    expect_own(visitor, visitor.page.go_forward, lambda: visitor.run_id() == second)
    visitor.expect_step(20)
    visitor.find("#step").click()
    visitor.expect_step(21)
    expect_own(visitor, visitor.page.go_back, lambda: visitor.run_id() == first)
    visitor.find("#step").click()
    visitor.expect_step(41)


def expect_own(visitor: Visitor, go: Callable[[], object], arrived: Callable[[], bool]) -> None:
    """Goes back or forward, and may command what is there."""
    go()
    wait_for(arrived)
    visitor.find('#play[aria-disabled="false"]').wait_for()
    assert "watching" not in visitor.find("#status-text").inner_text()


def test_comparisons_are_ones_own_too_when_going_back_and_forward(visit: Visit, visitor: Visitor) -> None:
    visitor.open_comparison()
    theirs = visitor.address
    with visit() as other:
        other.page.goto(theirs)
        expect(other.find("#status[data-tone=still] #status-text")).to_contain_text("watching")
        other.find("#own-run").click()
        other.find('#play[aria-disabled="false"]').wait_for()
        own = other.address
        assert own != theirs
        other.page.go_back()
        wait_for(lambda: other.address == theirs)
        expect(other.find("#status[data-tone=still] #status-text")).to_contain_text("watching")
        expect_own(other, other.page.go_forward, lambda: other.address == own)
        other.find("#new-seed").click()
        wait_for(lambda: "seed=" in other.address and "comparison=" in other.address)
        expect_own(other, other.page.go_back, lambda: "comparison=" in other.address)
        expect_own(other, other.page.go_forward, lambda: "seed=" in other.address)


@pytest.mark.parametrize("page", PAGES)
def test_the_pace_is_the_runs_own_also_after_a_reload(visitor: Visitor, page: str) -> None:
    open_page(visitor, page)
    pace = visitor.find("#pace")
    visitor.play("1")
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    visitor.page.reload()
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    expect(pace).to_have_value("1")
    visitor.find("#play").click()
    visitor.status("still")
    visitor.page.reload()
    visitor.find('#step[aria-disabled="false"]').wait_for()
    expect(pace).to_have_value("1")
    taken = int(visitor.find("#step-count").inner_text())
    visitor.run_steps(10)
    visitor.expect_step(taken + 10)
    visitor.status("still")
    expect(pace).to_have_value("1")
    visitor.play("")
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    visitor.page.reload()
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    expect(pace).to_have_value("")
    visitor.find("#play").click()
    visitor.status("still")


PLAY = """() => {
  const { id, owner_token } = JSON.parse(sessionStorage.getItem("run"));
  const socket = new WebSocket(`/api/runs/${id}/stream`);
  socket.onopen = () => {
    socket.send(JSON.stringify({ type: "hello", owner_token }));
    socket.send(JSON.stringify({ type: "play", steps_per_second: 2 }));
  };
}"""


def test_a_pace_that_is_not_on_offer_is_shown_too(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.page.evaluate(PLAY)
    expect(visitor.find("#pace option:checked")).to_have_text("2 steps/s")
    visitor.find("#play").click()
    visitor.status("still")


SPOKEN = """() => {
  const REGIONS = "output, [aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]";
  window.spoken = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const region = (target.nodeType === Node.TEXT_NODE ? target.parentElement : target).closest(REGIONS);
      if (region) window.spoken.push(region.id);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.mark.parametrize("page", PAGES)
def test_only_the_announcer_speaks_and_not_at_every_step(visitor: Visitor, page: str) -> None:
    open_page(visitor, page)
    if visitor.find("#show-norms").count() > 0:
        visitor.find("label:has(#show-norms)").click()
        visitor.look_at("network")
        visitor.find("#network-picture .unit").last.click()
        visitor.find("#edit-now").wait_for()
    visitor.page.evaluate(SPOKEN)
    visitor.play("60")
    wait_for(lambda: steps(visitor) > 60)
    spoken = visitor.page.evaluate("() => window.spoken")
    assert set(spoken) == {"live"}
    assert len(spoken) < 30
    visitor.find("#play").click()
    visitor.status("still")
