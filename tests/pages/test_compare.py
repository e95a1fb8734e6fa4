"""Runs beside each other: the comparisons on offer, one of one's own, and what is left after trouble."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, WebSocketRoute, expect

from tests.pages.conftest import Visit
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.test_languages import expect_no_english
from tests.pages.test_layout import PROJECTOR, SMALL, expect_no_sideways_scroll
from tests.pages.visitor import DESKTOP, PHONE, Visitor
from tests.server import Server, wait_for

NAMES = ["with optimizer.zero_grad()", "without optimizer.zero_grad()"]
RATES = "?optimizer.lr=0.002&optimizer.lr=0.2&optimizer.lr=2"
UNITS = "?" + "&".join(f"model.hidden=[{units}]" for units in (1, 2, 3, 4, 6, 10, 20, 64))
LOSSES = """async () => {
  const { page } = await import(document.querySelector('script[type="module"]').src);
  return page.state.runs.map(({ losses }) => [...losses.values]);
}"""


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def cards(visitor: Visitor) -> Locator:
    return visitor.find(".member")


def comparison(visitor: Visitor) -> str:
    return visitor.page.evaluate("() => new URLSearchParams(location.search).get('comparison')")  # type: ignore[no-any-return]


def runs_on(client: httpx.Client, visitor: Visitor) -> list[dict[str, Any]]:
    return client.get(f"/api/comparisons/{comparison(visitor)}").json()["runs"]  # type: ignore[no-any-return]


def losses(visitor: Visitor) -> list[list[float]]:
    return visitor.page.evaluate(LOSSES)  # type: ignore[no-any-return]


def told(client: httpx.Client, run: dict[str, Any]) -> list[float]:
    return client.get(f"/api/runs/{run['id']}/losses").json()["losses"]  # type: ignore[no-any-return]


def heights(card: Locator) -> list[float]:
    """How far down the curve is at each point of the grid, in px."""
    path = card.locator(".scatterlayer .js-line").last.get_attribute("d") or ""
    return [float(point.split(",")[1]) for point in re.findall(r"[-\d.e]+,[-\d.e]+", path)]


def flat(values: Any) -> list[float]:
    return [number for value in values for number in flat(value)] if isinstance(values, list) else [values]


def test_the_comparison_without_zero_grad_is_one_key_away_and_shows_what_the_server_tells(
    visitor: Visitor, client: httpx.Client
) -> None:
    visitor.open_training("?seed=3&model.hidden=12")
    visitor.page.keyboard.press("c")
    visitor.expect_comparison()
    expect(cards(visitor).locator("code")).to_have_text(NAMES)
    expect(visitor.find(".comparison-text")).to_contain_text("momentum 1.0")
    runs = runs_on(client, visitor)
    assert [run["config"]["loop"]["zero_grad"] for run in runs] == [True, False]
    assert {(run["config"]["seed"], *run["config"]["model"]["hidden"]) for run in runs} == {(3, 12)}

    visitor.run_steps(4)
    visitor.expect_step(4)
    curves = [
        flat(client.get(f"/api/runs/{run['id']}/snapshots/4").json()["grid_prediction"]) for run in runs
    ]
    # Both have the same axes, so the px of one unit of y, read from one, must hold for the other.
    first = heights(cards(visitor).first)
    low, high = curves[0].index(min(curves[0])), curves[0].index(max(curves[0]))
    unit = (first[high] - first[low]) / (curves[0][high] - curves[0][low])
    for card, curve in zip(cards(visitor).all(), curves, strict=True):
        expected = [first[low] + unit * (y - curves[0][low]) for y in curve]
        wait_for(lambda card=card, expected=expected: heights(card) == pytest.approx(expected, abs=0.5))  # type: ignore[misc]
    assert max(abs(a - b) for a, b in zip(*curves, strict=True)) > 0.1

    visitor.calm()
    visitor.play()
    assert visitor.status("done") == "All runs have ended, the last one at step 1000."
    tidy, forgetful = losses(visitor)
    assert [tidy, forgetful] == [told(client, run) for run in runs]
    assert tidy[0] == forgetful[0]
    assert min(forgetful[500:]) > 3 * max(tidy[500:])
    expect(visitor.find("#loss-now")).to_have_text(f"{tidy[-1]:.5f}")


def test_the_menu_leads_to_each_comparison_with_the_runs_settings(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.set("seed", "5")
    menu = visitor.find("#compare-menu")
    menu.locator("summary").click()
    rates = menu.get_by_role("link", name="Learning rates")
    wait_for(lambda: "seed=5" in (rates.get_attribute("href") or ""))
    rates.click()
    visitor.expect_comparison()
    expect(cards(visitor).locator("code")).to_have_text(["lr=0.002", "lr=0.02", "lr=0.2", "lr=2"])
    expect(visitor.find(".comparison-links [aria-current]")).to_have_text("Learning rates")
    visitor.page.get_by_role("link", name="Optimizers").click()
    expect(cards(visitor).locator("code")).to_have_text(
        ["SGD(lr=0.02)", "SGD(lr=0.02, momentum=0.9)", "RMSprop(lr=0.02)", "Adam(lr=0.02)"]
    )
    assert "seed=5" in visitor.address


def test_a_run_that_diverges_says_why_and_the_others_go_on(visitor: Visitor, client: httpx.Client) -> None:
    visitor.open_comparison(RATES)
    visitor.run_steps(60)
    visitor.expect_step(60)
    bad = cards(visitor).last
    expect(bad.locator(".status-text")).to_have_text("diverged")
    expect(bad.locator(".member-reasons")).to_contain_text("Diverged at step 7")
    expect(bad.locator(".member-reasons")).to_contain_text("2 / curvature")
    assert [len(each) for each in losses(visitor)] == [60, 60, 7]
    crawling, good = (f"{each[-1]:.5f}" for each in losses(visitor)[:2])
    expect(cards(visitor).nth(0).locator(".status-text")).to_have_text(crawling)
    expect(cards(visitor).nth(1).locator(".status-text")).to_have_text(good)
    table = visitor.page.get_by_role("table", name="Loss at each step")
    expect(table.get_by_role("columnheader")).to_have_text(["step", "lr=0.002", "lr=0.2", "lr=2"])
    expect(table.get_by_role("row").last.get_by_role("cell")).to_have_text(["60", crawling, good, "–"])
    points = visitor.page.get_by_role("table", name="lr=0.2", exact=True).get_by_role("row")
    assert len(points.all()) == 26
    visitor.page.keyboard.press("r")
    visitor.expect_step(0)
    expect(bad.locator(".member-reasons")).to_be_hidden()
    visitor.page.keyboard.press("ArrowRight")
    visitor.expect_step(1)
    assert {run["step"] for run in runs_on(client, visitor)} == {1}
    visitor.page.keyboard.press(" ")
    assert "Training" in visitor.status("busy")
    visitor.page.keyboard.press(" ")
    visitor.status("still")


def test_a_comparison_of_ones_own_is_of_any_setting_and_refused_with_the_reason(visitor: Visitor) -> None:
    visitor.open_comparison("?optimizer.name=Adam&optimizer.lr=0.01&optimizer.lr=0.02")
    visitor.find("#own-comparison summary").click()
    expect(visitor.find("#vary")).to_have_value("optimizer.lr")
    expect(visitor.find("#values")).to_have_value("0.01, 0.02")
    expect(visitor.find('#vary option[value="optimizer.momentum"]')).to_be_disabled()
    visitor.find("#vary").select_option("model.activation")
    visitor.find("#values").fill("ReLU, Tanh, Identity")
    visitor.find("#values").press("Enter")
    expect(cards(visitor).locator("code")).to_have_text(["ReLU", "Tanh", "Identity"])
    expect(visitor.find("h1")).to_have_text("Runs that differ in model.activation")
    assert "optimizer.name=Adam" in visitor.address
    visitor.find("#own-comparison summary").click()
    visitor.find("#values").fill("ReLU")
    visitor.find("#values").press("Enter")
    expect(visitor.find("#values-reason")).to_have_text("Give at least two values, one for each run.")
    expect(visitor.find("#values")).to_be_focused()
    visitor.find("#own-comparison summary").click()
    for wrong, reason in {"ReLU, Gauss": "activation", "ReLU, ReLU": "the same"}.items():
        visitor.find("#own-comparison summary").click()
        visitor.find("#vary").select_option("model.activation")
        visitor.find("#values").fill(wrong)
        visitor.find("#values").press("Enter")
        visitor.page.wait_for_url(lambda url: "comparison=" not in url)
        assert reason in visitor.status("bad")
    visitor.find("#own-run").click()
    visitor.expect_comparison()
    expect(cards(visitor).locator("code")).to_have_text(NAMES)


def test_reload_back_another_seed_and_another_language(visitor: Visitor, client: httpx.Client) -> None:
    visitor.open_comparison(RATES)
    visitor.run_steps(20)
    visitor.expect_step(20)
    before, first = losses(visitor), comparison(visitor)
    visitor.page.reload()
    visitor.expect_comparison()
    visitor.expect_step(20)
    wait_for(lambda: losses(visitor) == before)
    visitor.page.get_by_role("link", name="中文").click()
    expect(visitor.find("html")).to_have_attribute("lang", "zh")
    visitor.expect_step(20)
    assert comparison(visitor) == first

    visitor.find("#new-seed").click()
    wait_for(lambda: "seed=" in visitor.address and (comparison(visitor) or first) != first)
    visitor.expect_comparison()
    visitor.expect_step(0)
    # A tab has one comparison at a time; the one it left is forgotten, and made again by going back.
    assert client.get(f"/api/comparisons/{first}").status_code == 404
    visitor.page.go_back()
    wait_for(lambda: "seed=" not in visitor.address and (comparison(visitor) or first) != first)
    visitor.expect_comparison()
    visitor.run_steps(20)
    visitor.expect_step(20)
    wait_for(lambda: losses(visitor) == before)


def test_whoever_is_given_the_address_watches_and_can_have_the_same_runs(
    visit: Visit, visitor: Visitor
) -> None:
    visitor.open_comparison(RATES)
    visitor.run_steps(30)
    visitor.expect_step(30)
    with visit() as other:
        other.page.goto(f"{other.url}/compare?comparison={comparison(visitor)}")
        other.expect_step(30)
        expect(cards(other).locator("code")).to_have_text(["lr=0.002", "lr=0.2", "lr=2"])
        assert "only the owner can control these runs" in other.status("still")
        expect(other.find("#play")).to_have_attribute("aria-disabled", "true")
        wait_for(lambda: losses(other) == losses(visitor))
        watched = comparison(other)
        other.find("#own-run").click()
        wait_for(lambda: comparison(other) != watched)
        other.run_steps(30)
        other.expect_step(30)
        wait_for(lambda: losses(other) == losses(visitor))


def test_a_broken_connection_leaves_no_gap_and_runs_that_are_gone_are_made_again(
    visitor: Visitor, client: httpx.Client
) -> None:
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    visitor.page.route_web_socket("**/stream", pass_on)
    visitor.open_comparison(RATES)
    visitor.calm()
    visitor.play("250")
    wait_for(lambda: len(losses(visitor)[0]) > 20)
    sockets[0].close()
    assert visitor.status("bad") == "Connection lost. Trying again…"
    visitor.status("done")
    assert len(sockets) == 2
    assert losses(visitor) == [told(client, run) for run in runs_on(client, visitor)]
    assert [len(each) for each in losses(visitor)] == [1000, 1000, 7]

    lost = comparison(visitor)
    token = visitor.page.evaluate("() => JSON.parse(sessionStorage.getItem('comparison')).owner_token")
    client.delete(f"/api/comparisons/{lost}", headers={"Authorization": f"Bearer {token}"})
    wait_for(lambda: comparison(visitor) != lost)
    assert "no longer had your run" in visitor.status("still")
    expect(cards(visitor).locator("code")).to_have_text(["lr=0.002", "lr=0.2", "lr=2"])
    visitor.page.goto(f"{visitor.url}/compare?comparison={lost}")
    assert visitor.status("bad") == "These runs are no longer on the server."


def expect_lines_told_apart(visitor: Visitor, count: int) -> None:
    """Each line has a dash and a mark of its own."""
    lines = visitor.find("#loss .scatterlayer .js-line")
    expect(lines).to_have_count(count)
    styles = [line.evaluate("(line) => line.style.strokeDasharray") for line in lines.all()]
    assert len(set(styles)) == count
    keys = visitor.find("#loss-lines path").evaluate_all(
        "(all) => all.map((path) => getComputedStyle(path).stroke)"
    )
    assert len(set(keys)) == count
    wait_for(lambda: len(visitor.find("#loss .points path").all()) == count)


@pytest.mark.parametrize("query", ["", UNITS], ids=["2 runs", "8 runs"])
def test_two_and_eight_runs_fit_a_laptop_and_a_projector(visitor: Visitor, query: str) -> None:
    visitor.open_comparison(query)
    visitor.run_steps(20)
    visitor.expect_step(20)
    for screen in (DESKTOP, PROJECTOR):
        visitor.page.set_viewport_size(screen)
        expect_no_sideways_scroll(visitor)
        for place in [*cards(visitor).all(), visitor.find("#loss")]:
            bounds = place.bounding_box()
            assert bounds is not None
            assert bounds["y"] + bounds["height"] <= screen["height"] + 1
            assert bounds["height"] > 70
    expect_no_violation(visitor, "#members")
    expect_lines_told_apart(visitor, len(cards(visitor).all()))
    visitor.page.keyboard.press("p")
    expect(visitor.find(".comparison-choice")).to_be_hidden()
    expect(visitor.find("h1")).to_be_visible()
    wait_for(lambda: visitor.page.evaluate(SMALL) == {})


def test_eight_runs_fit_a_phone(visit: Visit) -> None:
    with visit(viewport=PHONE, is_mobile=True, has_touch=True) as visitor:
        visitor.open_comparison(UNITS)
        visitor.run_steps(20)
        visitor.expect_step(20)
        expect_no_sideways_scroll(visitor)
        expect_no_violation(visitor, "#members")


def test_everyone_can_use_it_in_either_language(visit: Visit) -> None:
    with visit(locale="zh-CN") as visitor:
        visitor.open_comparison(RATES)
        expect_no_english(visitor)
        visitor.find("#own-comparison summary").click()
        visitor.run_steps(20)
        visitor.expect_step(20)
        expect(cards(visitor).last.locator(".status-text")).to_have_text("发散")
        expect_no_english(visitor)
        expect_no_violation(visitor)
        visitor.find("#theme").click()
        expect_no_violation(visitor)
        visitor.page.goto(f"{visitor.url}/compare?optimizer.lr=0&optimizer.lr=1")
        visitor.status("bad")
        expect_no_violation(visitor, ".bar")


def test_a_failed_comparison_of_shapes_is_told_in_torchs_words(visitor: Visitor) -> None:
    visitor.open_comparison("?data.unsqueeze_x=true&data.unsqueeze_x=false")
    visitor.run_steps(5)
    visitor.expect_step(5)
    expect(cards(visitor).last.locator(".status-text")).to_have_text("failed")
    expect(cards(visitor).first.locator("code")).to_have_text("unsqueeze_x=True")
