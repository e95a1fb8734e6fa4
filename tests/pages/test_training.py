"""The lesson's run, played in a real browser on the real server."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import Server, wait_for


def test_the_page_opens_with_the_lessons_run_ready_and_its_token_in_no_address(visitor: Visitor) -> None:
    addresses: list[str] = []
    visitor.page.on("request", lambda request: addresses.append(request.url))
    visitor.page.on("websocket", lambda socket: addresses.append(socket.url))
    visitor.open_training()
    assert "Ready" in visitor.status("still")
    assert visitor.find("#fit .scatterlayer .point").count() == 100
    for field, value in {"seed": "0", "hidden": "10", "lr": "0.2", "max_steps": "1000"}.items():
        expect(visitor.find(f"#{field}")).to_have_value(value)
    expect(visitor.find("#net")).to_have_text("Net(1, 10, 1)")
    expect(visitor.find("#target")).to_have_value("x.pow(2) + 0.2*torch.rand(x.size())")
    for line in ("zero_grad", "backward", "optimizer_step"):
        expect(visitor.find(f"#{line}")).to_be_checked()
    visitor.expect_step(0)
    token = visitor.state("token")
    assert len(token) > 20
    assert not [address for address in [*addresses, visitor.page.url] if token in address]


def test_played_to_the_end_the_curve_lies_in_the_points_and_every_loss_is_on_the_page(
    tab: SharedTab, server: Server
) -> None:
    visitor = tab.renew()
    before = visitor.drawn_curve()
    visitor.play()
    assert "1000 steps" in visitor.status("done")
    visitor.expect_step(1000)
    # The target is x^2 plus noise uniform in [0, 0.2): its mean is x^2 + 0.1, and no model beats its variance
    # of 0.2^2 / 12 = 0.0033 by more than chance. Ten ReLU units come close.
    distances = [
        abs(y - (x * x + 0.1))
        for x, y in zip(visitor.state("grid"), visitor.state("curve"), strict=True)
        if abs(x) <= 1
    ]
    assert sum(distances) / len(distances) < 0.05
    assert 0.002 < visitor.state("losses")[-1] < 0.008
    assert visitor.drawn_curve() != before
    with server.client() as client:
        losses = client.get(f"/api/runs/{visitor.run_id()}/losses").json()["losses"]
    assert len(losses) == 1000
    assert visitor.state("losses") == losses


def test_the_curve_moves_and_the_losses_grow_while_it_plays(tab: SharedTab) -> None:
    visitor = tab.renew(max_steps=100_000)
    visitor.play("60")
    curves, losses = set(), set()

    def moved() -> bool:
        curves.add(visitor.drawn_curve())
        losses.add(visitor.find("#loss .scatterlayer .js-line").last.get_attribute("d"))
        return len(curves) >= 10 and len(losses) >= 3

    wait_for(moved)
    assert visitor.status("busy") == "Training…"


def test_pause_stands_still_and_play_goes_on(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.play("60")
    wait_for(lambda: len(visitor.state("losses")) >= 5)
    visitor.find("#play").click()
    assert visitor.status("still").startswith("Paused at step")
    paused_at = len(visitor.state("losses"))
    assert visitor.status("still") == f"Paused at step {paused_at}."
    visitor.find("#play").click()
    wait_for(lambda: len(visitor.state("losses")) > paused_at)


def test_a_step_is_one_step_and_n_steps_are_n(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.find("#step").click()
    visitor.expect_step(1)
    visitor.find("#step").click()
    visitor.expect_step(2)
    visitor.run_steps(37)
    visitor.expect_step(39)
    assert visitor.status("still") == "Paused at step 39."
    assert len(visitor.state("losses")) == 39


def test_reset_brings_back_the_same_initial_curve_and_a_new_seed_another(tab: SharedTab) -> None:
    visitor = tab.renew()
    initial = visitor.state("curve")
    visitor.run_steps(50)
    visitor.expect_step(50)
    assert visitor.state("curve") != initial
    visitor.find("#reset").click()
    visitor.expect_step(0)
    assert visitor.state("curve") == initial
    assert visitor.state("losses") == []
    visitor.find("#new-seed").click()
    expect(visitor.find("#seed")).not_to_have_value("0")
    wait_for(lambda: visitor.state("curve") != initial)


def test_a_reset_while_it_plays_leaves_nothing_of_the_old_run(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.play()
    wait_for(lambda: visitor.state("losses"))
    visitor.find("#reset").click()
    assert "Ready" in visitor.status("still")
    visitor.expect_step(0)
    visitor.run_steps(3)
    visitor.expect_step(3)
    assert len(visitor.state("losses")) == 3


def test_a_finished_run_offers_reset_and_goes_on_with_more_steps(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.set("max_steps", "20")
    expect(visitor.find("#range")).to_have_text("20")
    visitor.play()
    visitor.status("done")
    expect(visitor.find("#play")).to_have_attribute("aria-disabled", "true")
    expect(visitor.find("#reset")).to_have_attribute("data-next", "")
    visitor.set("max_steps", "30")
    assert visitor.status("still") == "Paused at step 20."
    visitor.play()
    visitor.status("done")
    visitor.expect_step(30)


def test_a_reload_keeps_the_run_and_every_loss(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(40)
    visitor.expect_step(40)
    run, losses = visitor.run_id(), visitor.state("losses")
    visitor.page.reload()
    visitor.expect_step(40)
    assert visitor.run_id() == run
    assert visitor.state("losses") == losses
    visitor.find("#step").click()
    visitor.expect_step(41)


def test_the_other_page_and_back_keeps_the_run(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(7)
    visitor.expect_step(7)
    run = visitor.run_id()
    visitor.page.get_by_role("link", name="Calculator").click()
    visitor.find("#program").wait_for()
    visitor.page.get_by_role("link", name="Training").click()
    visitor.expect_step(7)
    assert visitor.run_id() == run
    visitor.page.go_back()
    visitor.page.go_back()
    visitor.expect_step(7)


@pytest.mark.parametrize("pace", ["1", ""])
def test_the_pace_changes_while_it_plays(tab: SharedTab, pace: str) -> None:
    visitor = tab.renew()
    visitor.play("20")
    expect(visitor.find("#play")).to_have_attribute("data-playing", "")
    visitor.find("#pace").select_option(pace)
    if pace == "":
        visitor.status("done")
    else:
        expect(visitor.find("#play")).to_have_attribute("data-playing", "")


def test_without_the_token_one_only_watches(tab: SharedTab, visit: Visit) -> None:
    owner = tab.renew()
    with visit() as watcher:
        watcher.page.goto(f"{watcher.url}/?run={owner.run_id()}")
        assert "only the owner can control" in watcher.status("still")
        for control in ("play", "step", "reset", "new-seed"):
            expect(watcher.find(f"#{control}")).to_have_attribute("aria-disabled", "true")
        expect(watcher.find("#lr")).to_be_disabled()
        owner.run_steps(25)
        watcher.expect_step(25)
        assert watcher.state("losses") == owner.state("losses")
        watcher.find("#own-run").click()
        watcher.find('#play[aria-disabled="false"]').wait_for()
        assert watcher.run_id() != owner.run_id()


def test_a_token_that_no_longer_counts_leaves_one_watching(visitor: Visitor) -> None:
    visitor.open_training()
    run = visitor.run_id()
    visitor.page.evaluate(
        """() => {
          const own = JSON.parse(sessionStorage.getItem("run"));
          sessionStorage.setItem("run", JSON.stringify({ ...own, owner_token: "A".repeat(22) }));
        }"""
    )
    visitor.page.reload()
    wait_for(lambda: "only the owner can control" in visitor.status("still"))
    assert visitor.run_id() == run
