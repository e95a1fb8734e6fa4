"""The loss chart's past: any step of the run again on the whole page, and training on from there."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Request, expect

from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.test_layout import box, expect_no_sideways_scroll
from tests.pages.visitor import PHONE, UNFOLD, Visitor
from tests.server import Server, wait_for

PAST = """async () => {
  const { page } = await import(document.querySelector('script[type="module"]').src);
  const { snapshot } = page.state.past ?? {};
  return snapshot && {
    step: snapshot.step,
    loss: snapshot.loss,
    parameters: [...snapshot.parameters],
    gradients: snapshot.gradients && [...snapshot.gradients],
    curve: [...snapshot.gridPrediction],
  };
}"""

ORDER = """async () => {
  const { page } = await import(document.querySelector('script[type="module"]').src);
  return page.state.started.parameters;
}"""


def trained(visitor: Visitor, steps: int) -> None:
    visitor.open_training()
    visitor.run_steps(steps)
    visitor.expect_step(steps)


def trained_again(tab: SharedTab, steps: int, **config: Any) -> Visitor:
    """The lesson's run with other settings, trained on the page that stays open."""
    visitor = tab.renew(**config)
    visitor.run_steps(steps)
    visitor.expect_step(steps)
    return visitor


def look_at_step(visitor: Visitor, step: int) -> None:
    visitor.find("#scrub").fill(str(step))
    visitor.expect_step(step)


def flat(nested: Any) -> list[float]:
    return [value for part in nested for value in flat(part)] if isinstance(nested, list) else [nested]


def told(client: httpx.Client, visitor: Visitor, step: int) -> dict[str, Any]:
    found = client.get(f"/api/runs/{visitor.run_id()}/snapshots/{step}").json()

    order = [parameter["name"] for parameter in visitor.page.evaluate(ORDER)]
    gradients = [found["gradients"][name] for name in order]
    return {
        "step": found["step"],
        "loss": found["loss"],
        "parameters": flat([found["parameters"][name] for name in order]),
        "gradients": None if None in gradients else flat(gradients),
        "curve": found["grid_prediction"],
    }


def test_a_step_looked_back_at_is_the_one_the_server_tells(tab: SharedTab, server: Server) -> None:
    visitor = trained_again(tab, 700)
    now = visitor.drawn_curve()
    with server.client() as client:
        # 255 of the 701 steps come with the overview; 123 is not one of them.
        for step in (123, 0, 699):
            look_at_step(visitor, step)
            expected = told(client, visitor, step)
            wait_for(lambda: visitor.page.evaluate(PAST)["step"] == step)  # noqa: B023
            assert visitor.page.evaluate(PAST) == expected
            loss = "–" if expected["loss"] is None else f"{expected['loss']:.5f}"
            expect(visitor.find("#loss-now")).to_have_text(loss)
    assert visitor.status("past") == "Looking back at step 699. The run itself is at step 700."
    look_at_step(visitor, 5)
    wait_for(lambda: visitor.drawn_curve() != now)
    visitor.page.keyboard.press("Escape")
    visitor.expect_step(700)
    assert visitor.status("still") == "Paused at step 700."
    wait_for(lambda: visitor.drawn_curve() == now)


def test_a_step_that_is_not_kept_is_computed_anew(tab: SharedTab, server: Server) -> None:
    # Of a network this large 41 steps are kept, so of 90 every fourth.
    visitor = trained_again(tab, 90, model={"hidden": [64, 64, 64, 64]}, optimizer={"lr": 0.01})
    look_at_step(visitor, 51)
    with server.client() as client:
        assert visitor.page.evaluate(PAST) == told(client, visitor, 51)


def test_network_and_hinges_show_that_step_and_cannot_be_changed(tab: SharedTab, server: Server) -> None:
    visitor = trained_again(tab, 60)
    look_at_step(visitor, 7)
    visitor.look_at("network")
    visitor.find("#network-table").evaluate(UNFOLD)
    with server.client() as client:
        bias = told(client, visitor, 7)["parameters"][-1]
    cell = visitor.find("#network-table tr").filter(has_text="predict.bias").locator("td").first
    expect(cell).to_have_text(f"{bias:.4f}".replace("-", "\u2212"))
    visitor.look_at("hinges")
    expect(visitor.find("#hinge-bias")).to_have_text(f"predict.bias = {bias:+.3f}".replace("-", "\u2212"))
    expect(visitor.find("#next-line")).to_have_attribute("aria-disabled", "true")
    visitor.look_at("network")
    visitor.find("#network-picture .unit").last.click()
    expect(visitor.find("#network-editor")).to_be_hidden()
    visitor.page.keyboard.press("Escape")
    expect(visitor.find("#next-line")).to_have_attribute("aria-disabled", "false")
    visitor.find("#network-picture .unit").last.click()
    expect(visitor.find("#network-editor")).to_be_visible()
    visitor.page.keyboard.press("Escape")


def test_what_one_looks_back_at_stays_while_the_run_trains_on(tab: SharedTab) -> None:
    visitor = trained_again(tab, 30)
    visitor.play("20")
    look_at_step(visitor, 10)
    then = visitor.page.evaluate(PAST)
    known = len(visitor.state("losses"))
    wait_for(lambda: len(visitor.state("losses")) > known + 5)
    expect(visitor.find("#step-count")).to_have_text("10")
    assert visitor.page.evaluate(PAST) == then
    assert visitor.find("#scrub").input_value() == "10"
    visitor.find("#to-now").click()
    wait_for(lambda: int(visitor.find("#step-count").inner_text()) > known)
    look_at_step(visitor, 3)
    visitor.page.keyboard.press("Space")  # The slider has no use for it: it pauses, and that is now.
    visitor.status("still")
    expect(visitor.find("#step-count")).not_to_have_text("3")


def test_dragging_asks_one_thing_at_a_time_and_ends_on_the_very_step(tab: SharedTab) -> None:
    visitor = trained_again(tab, 400)
    visitor.draw_every_frame()
    asked: list[str] = []
    order: list[str] = []

    def note(what: str, request: Request) -> None:
        if "/snapshots" in request.url:
            order.append(what)
            if what == "asked":
                asked.append(urlsplit(request.url).query)

    visitor.page.on("request", lambda request: note("asked", request))
    visitor.page.on("requestfinished", lambda request: note("answered", request))
    slider = box(visitor, "#scrub")
    y = slider["y"] + slider["height"] / 2
    visitor.page.mouse.move(slider["x"] + 0.9 * slider["width"], y)
    visitor.page.mouse.down()
    shown = set()
    for i in range(40):
        visitor.page.mouse.move(slider["x"] + (0.9 - i * 0.018) * slider["width"], y)
        shown.add(visitor.find("#step-count").inner_text())
    visitor.page.mouse.up()
    wanted = visitor.find("#scrub").input_value()
    visitor.expect_step(int(wanted))
    assert order == ["asked", "answered"] * (len(order) // 2)
    assert len(shown) > 10
    # The overview, once; the others are neighbours of where the hand rested, if only for a moment.
    assert sum("from=0&" in query for query in asked) == 1


def test_the_keys_of_a_slider_go_from_step_to_step(tab: SharedTab) -> None:
    visitor = trained_again(tab, 40)
    slider = visitor.find("#scrub")
    slider.press("ArrowLeft")
    visitor.expect_step(39)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^step 39, loss 0\.\d{5}$"))
    slider.press("ArrowRight")
    visitor.expect_step(40)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^now: step 40, "))
    slider.press("Home")
    visitor.expect_step(0)
    expect(slider).to_have_attribute("aria-valuetext", "step 0: the initial weights")
    expect(visitor.find("#live")).to_have_text("Looking back at step 0. The run itself is at step 40.")
    slider.press("End")
    visitor.expect_step(40)
    assert visitor.status("still") == "Paused at step 40."


def test_training_on_from_there_is_a_run_of_ones_own_beside_the_old_one(
    visitor: Visitor, server: Server
) -> None:
    trained(visitor, 120)
    old, losses = visitor.run_id(), visitor.state("losses")
    look_at_step(visitor, 45)
    visitor.find("#train-on").click()
    wait_for(lambda: visitor.run_id() != old)
    assert visitor.status("still") == "Paused at step 45."
    assert visitor.state("losses") == losses[:45]
    expect(visitor.find("#loss-legend li")).to_have_count(2)
    visitor.run_steps(75)
    visitor.expect_step(120)
    assert visitor.state("losses") == losses  # Alone on its path, a run goes it again bit for bit.
    with server.client() as client:
        assert client.get(f"/api/runs/{old}").json()["step"] == 120
    look_at_step(visitor, 20)  # What was before the fork is the fork's past too.
    visitor.page.reload()
    visitor.expect_step(120)
    look_at_step(visitor, 20)


def test_whoever_watches_may_look_back_and_train_on(tab: SharedTab, visit: Visit) -> None:
    owner = trained_again(tab, 50)
    with visit() as watcher:
        watcher.page.goto(f"{watcher.url}/?run={owner.run_id()}")
        watcher.expect_step(50)
        look_at_step(watcher, 12)
        expect(owner.find("#step-count")).to_have_text("50")
        watcher.find("#train-on").click()
        assert watcher.status("still") == "Paused at step 12."
        watcher.find("#step").click()
        watcher.expect_step(13)
        owner.expect_step(50)


def test_a_refused_fork_says_why(tab: SharedTab) -> None:
    visitor = trained_again(tab, 20)
    look_at_step(visitor, 5)
    problem = {
        "type": "about:blank",
        "title": "",
        "status": 429,
        "detail": "You have enough runs.",
        "errors": [],
    }
    visitor.page.route(
        "**/fork",
        lambda route: route.fulfill(
            status=429, body=json.dumps(problem), content_type="application/problem+json"
        ),
    )
    visitor.find("#train-on").click()
    assert visitor.status("bad") == "You have enough runs."
    visitor.page.unroute("**/fork")
    visitor.find("#to-now").click()
    visitor.expect_step(20)


def test_a_diverged_run_can_be_looked_back_at(tab: SharedTab) -> None:
    visitor = tab.renew(optimizer={"lr": 3})
    visitor.play()
    visitor.status("bad")
    look_at_step(visitor, 2)
    assert visitor.status("past").startswith("Looking back at step 2.")
    assert all(abs(value) < 1e6 for value in visitor.page.evaluate(PAST)["curve"])
    visitor.find("#reset").click()
    visitor.expect_step(0)
    assert "Ready" in visitor.status("still")
    expect(visitor.find("#scrub")).to_be_disabled()


def test_gradient_norms_are_a_chart_with_a_legend_and_a_table(tab: SharedTab, server: Server) -> None:
    visitor = trained_again(tab, 25)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/norms" in request.url:
            asked.append(request.url)

    visitor.page.on("request", note)
    with server.client() as client:
        norms = client.get(f"/api/runs/{visitor.run_id()}/norms").json()
    visitor.find("label:has(#show-norms)").click()
    expect(visitor.find("#loss")).to_be_hidden()
    expect(visitor.find("#norms .scatterlayer .js-line")).to_have_count(2)
    entries = visitor.find("#norm-legend li")
    expect(entries).to_have_count(2)
    for i, (name, values) in enumerate(norms["layers"].items()):
        expect(entries.nth(i)).to_contain_text(name)
        assert float(entries.nth(i).locator(".norm-value").inner_text()) == pytest.approx(
            values["gradient"][-1], rel=0.02
        )
    rows = visitor.find("#norm-table tbody tr")
    expect(rows).to_have_count(25)
    shown = [float(text) for text in rows.nth(9).locator("td").all_inner_texts()]
    expected = [layer["gradient"][9] for layer in norms["layers"].values()]
    assert shown == pytest.approx([10, *expected], rel=0.02)
    look_at_step(visitor, 10)
    expect(entries.first.locator(".norm-value")).to_have_text(rows.nth(9).locator("td").nth(1).inner_text())
    visitor.page.keyboard.press("Escape")
    visitor.find("#step").click()
    expect(rows).to_have_count(25)
    expect(rows.last.locator("td").first).to_have_text("26")
    assert [url.partition("from=")[2] for url in asked] == ["1", "26"]


def test_without_backward_the_norms_are_none_and_never_0(tab: SharedTab) -> None:
    visitor = trained_again(tab, 5, loop={"backward": False})
    visitor.find("label:has(#show-norms)").click()
    expect(visitor.find("#norm-words")).to_have_text("There is no gradient at any step: every .grad is None.")
    expect(visitor.find("#norm-legend .norm-value").first).to_have_text("none")


def test_the_loss_chart_tells_step_and_loss_under_the_pointer(visitor: Visitor) -> None:
    trained(visitor, 50)
    area = visitor.find("#loss .nsewdrag").first.bounding_box()
    assert area is not None
    visitor.page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    hover = visitor.find("#loss .hoverlayer .hovertext").first
    expect(hover).to_contain_text(re.compile(r"step 25"))
    expect(hover).to_contain_text(f"{visitor.state('losses')[24]:.5g}"[:5])


def test_the_sliders_thumb_stands_under_its_step(tab: SharedTab) -> None:
    visitor = trained_again(tab, 400)
    look_at_step(visitor, 100)
    area, slider = box(visitor, "#loss .nsewdrag"), box(visitor, "#scrub")
    end = int(visitor.find("#scrub").get_attribute("max") or 0)
    thumb = 16
    at = slider["x"] + thumb / 2 + (slider["width"] - thumb) * 100 / end
    assert at == pytest.approx(area["x"] + area["width"] * 100 / end, abs=2)
    line = visitor.find("#loss .scatterlayer .trace").last.locator(".js-line").bounding_box()
    assert line is not None
    assert line["x"] + line["width"] / 2 == pytest.approx(at, abs=2)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_phone_looks_back_without_anything_moving(visit: Visit, locale: str) -> None:
    with visit(viewport=PHONE, locale=locale, has_touch=True, is_mobile=True) as visitor:
        trained(visitor, 30)
        before = box(visitor, "#scrub")
        assert before["height"] >= 43.5
        assert before["y"] + before["height"] < box(visitor, "#play")["y"]
        look_at_step(visitor, 4)
        assert box(visitor, "#scrub") == before
        for button in ("#to-now", "#train-on"):
            bounds = box(visitor, button)
            assert bounds["height"] >= 43.5
            assert bounds["x"] + bounds["width"] <= PHONE["width"]
        expect_no_sideways_scroll(visitor)
        expect_no_violation(visitor, ".bar", "#past")
        visitor.find("#to-now").tap()
        visitor.find("label:has(#show-norms)").tap()
        expect(visitor.find("#norm-legend li")).to_have_count(2)
        expect_no_violation(visitor, "#past")
