"""What was cancelled does not happen, what was changed is not lost, and a key presses what has the focus."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Error, FilePayload, Route, expect

from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import Server, wait_for

THREE = [[-1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]
MANY = [[i / 200 - 1, 0.5] for i in range(400)]
"""So many points that they are sent only twice a second."""
MOVE_UP = """(button) => {
  const point = document.querySelector(".handle");
  point.focus();
  for (let i = 0; i < 10; i += 1) {
    point.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
  }
  const shown = Number(point.getAttribute("aria-label").split("y ")[1]);
  if (button) document.querySelector(button).click();
  return shown;
}"""
"""Moves the first point by keys, and presses something before another frame; returns the point's y."""


@contextmanager
def held(tab: SharedTab, address: str) -> Iterator[list[Route]]:
    """Requests that wait until the end of this; what they were to change has happened then, or will not."""
    routes = tab.hold(address)
    yield routes
    for route in routes:
        with suppress(Error):  # It was aborted.
            route.continue_()
    tab.page.unroute(address)
    tab.change({"max_steps": 77})
    tab.wait(lambda: tab.visitor.state("config")["max_steps"] == 77)


def test_a_script_that_is_left_while_it_is_read_changes_nothing(tab: SharedTab) -> None:
    visitor = tab.renew()
    expect(visitor.find("#script")).to_contain_text("lr=0.2")
    with held(tab, "**/api/scripts/read") as requests:
        visitor.find("#edit-script").click()
        text = visitor.find("#script-text")
        text.fill(text.input_value().replace("lr=0.2", "lr=0.1"))
        text.press("Control+Enter")
        tab.wait(lambda: requests)
        text.press("Escape")
        expect(visitor.find("#script-editor")).to_be_hidden()
    assert tab.of_server()["optimizer"]["lr"] == 0.2


def test_a_script_that_is_typed_on_while_it_is_read_is_not_used_before(tab: SharedTab) -> None:
    visitor = tab.renew()
    expect(visitor.find("#script")).to_contain_text("lr=0.2")
    visitor.find("#edit-script").click()
    text = visitor.find("#script-text")
    with held(tab, "**/api/scripts/read") as requests:
        text.fill(text.input_value().replace("lr=0.2", "lr=0.1"))
        text.press("Control+Enter")
        tab.wait(lambda: requests)
        text.press("x")
    expect(visitor.find("#script-editor")).to_be_visible()
    assert tab.of_server()["optimizer"]["lr"] == 0.2
    text.press("Escape")


def test_a_table_that_is_left_while_it_is_read_changes_nothing(tab: SharedTab) -> None:
    visitor = tab.renew()
    with held(tab, "**/api/points") as requests:
        visitor.find("#data-open").click()
        visitor.find("#table").fill("0,1\n1,2\n")
        visitor.find("#read-table").click()
        tab.wait(lambda: requests)
        visitor.page.keyboard.press("Escape")
        expect(visitor.find("#data")).to_be_hidden()
    assert tab.of_server()["data"]["points"] is None
    with held(tab, "**/api/points") as requests:
        visitor.find("#data-open").click()
        file: FilePayload = {"name": "points.csv", "mimeType": "text/csv", "buffer": b"0,1\n1,2\n"}
        visitor.find("#table-file").set_input_files(file)
        tab.wait(lambda: requests)
        visitor.find('[data-preset="step"]').click()
    data = tab.of_server()["data"]
    assert (data["target"], data["points"]) == ("step", None)


def test_points_that_wait_to_be_sent_do_not_take_the_place_of_others_chosen_since(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": MANY})
    visitor.find("#edit-points").click()
    visitor.page.evaluate(MOVE_UP, "#use-formula")
    wait_for(lambda: visitor.state("config")["data"]["points"] is None)
    expect(visitor.find(".handle")).to_have_count(100)
    visitor.page.evaluate(MOVE_UP, None)  # It waits for its turn as those before it did.
    tab.wait(lambda: tab.of_server()["data"]["points"])
    assert len(tab.of_server()["data"]["points"]) == 100
    visitor.page.keyboard.press("Escape")


def test_points_changed_by_keys_are_there_after_the_mode_is_left(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": MANY})
    visitor.find("#edit-points").click()
    visitor.find(".handle").first.focus()
    for _ in range(10):
        visitor.page.keyboard.press("ArrowUp")
    label = visitor.find(".handle").first.get_attribute("aria-label") or ""
    shown = float(label.split("y ")[1])
    assert shown > 0.5
    visitor.page.keyboard.press("Escape")
    wait_for(lambda: tab.of_server()["data"]["points"][0][1] == pytest.approx(shown, abs=1e-3))


def test_the_last_stretch_of_a_drag_is_there_after_the_mode_is_left(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": MANY})
    visitor.find("#edit-points").click()
    visitor.find(".handle").first.wait_for(state="attached")
    box = visitor.find(".handle").last.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visitor.page.mouse.move(x, y)
    visitor.page.mouse.down()
    for up in range(10, 100, 10):
        visitor.page.mouse.move(x, y - up)
    visitor.page.keyboard.press("Escape")  # The button is still held.
    visitor.page.mouse.up()
    label = visitor.find(".handle").last.get_attribute("aria-label") or ""
    shown = float(label.split("y ")[1])
    assert shown > 0.5
    wait_for(lambda: tab.of_server()["data"]["points"][-1][1] == pytest.approx(shown, abs=1e-3))


def test_points_that_wait_to_be_sent_go_with_the_page(visitor: Visitor, server: Server) -> None:
    visitor.open_training()
    run, token = visitor.run_id(), visitor.state("token")
    with server.client(Authorization=f"Bearer {token}") as client:
        assert client.patch(f"/api/runs/{run}", json={"data": {"points": MANY}}).is_success
        wait_for(lambda: visitor.state("config")["data"]["points"] is not None)
        visitor.find("#edit-points").click()
        visitor.find(".handle").first.wait_for(state="attached")
        shown = visitor.page.evaluate(MOVE_UP, ".pages a[href='/calculator']")

        def first() -> list[float]:
            found: list[float] = client.get(f"/api/runs/{run}").json()["config"]["data"]["points"][0]
            return found

        wait_for(lambda: first()[1] == pytest.approx(shown, abs=1e-3))
    visitor.find("#program").wait_for()  # A page on its way to another is not to be closed.


def test_points_changed_without_a_connection_are_sent_when_it_is_back(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": THREE})
    visitor.find("#edit-points").click()
    visitor.find(".handle").first.focus()
    with tab.cutting():
        visitor.page.keyboard.press("ArrowUp")
    wait_for(lambda: tab.of_server()["data"]["points"][0][1] > 1)
    visitor.page.keyboard.press("Escape")


def test_space_presses_the_point_or_the_hinge_that_has_the_focus(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": THREE})
    visitor.find("#edit-points").click()
    point = visitor.find(".handle").first
    point.focus()
    for pressed in ("false", "true"):
        visitor.page.keyboard.press("Space")
        expect(point).to_have_attribute("aria-pressed", pressed)
    visitor.page.keyboard.press("r")  # A key of the page, not of the points: those take all.
    visitor.page.keyboard.press("Escape")
    visitor.look_at("hinges")
    visitor.find(".hinge").first.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Space")
    wait_for(lambda: visitor.state("chosen") == {"layer": 0, "unit": 1, "input": None})
    visitor.expect_step(0)
    assert visitor.status("still").startswith("Ready")


def test_no_key_of_the_page_acts_where_the_focused_element_has_a_use_for_it(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.look_at("network")
    visitor.find("#network-table summary").press("Enter")
    visitor.find("#network-table td").first.wait_for()
    for selector, keys in {
        "#network .unit": ["Space", "ArrowRight"],
        "#lr-slider": ["ArrowRight"],
        "#scrub": ["ArrowRight"],
        ".hinge": ["Space", "ArrowRight", "l"],
        "#network-table .numbers-table": ["Space", "ArrowRight"],
        "#network-table summary": ["Space"],
        "#script": ["Space", "ArrowRight", "l"],
        "#show-gradients": ["Space"],
    }.items():
        for key in keys:
            visitor.find(selector).first.focus()
            visitor.page.keyboard.press(key)
            if selector == "#network .unit" and key == "Space":
                visitor.page.keyboard.press("Escape")
    wait_for(lambda: visitor.state("config")["optimizer"]["lr"] == 0.5)  # The slider's own arrow.
    visitor.expect_step(0)
    assert visitor.state("line") is None
    assert visitor.status("still").startswith("Ready")


def test_a_fork_that_is_left_while_it_is_made_is_not_gone_on_with(tab: SharedTab) -> None:
    visitor = tab.renew()
    tab.step()
    visitor.expect_step(1)
    run = visitor.run_id()
    with held(tab, "**/fork") as requests:
        visitor.find("#scrub").press("Home")
        visitor.find("#train-on[aria-disabled=false]").click()
        tab.wait(lambda: requests)
        visitor.page.keyboard.press("Escape")
        expect(visitor.find("#train-on")).to_be_hidden()
    assert visitor.run_id() == run


def test_a_tip_that_was_put_away_stays_away_while_its_control_has_the_focus(tab: SharedTab) -> None:
    visitor = tab.renew()
    tip, other = visitor.find("#lr-tip"), visitor.find("#reset-tip")
    tab.focus(".help[aria-describedby=lr-tip]")
    expect(tip).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    for place in ("#loss", "#reset", "#fit"):
        visitor.find(place).hover()
        expect(tip).to_be_hidden()
    visitor.find("#reset").hover()
    expect(other).to_be_visible()
    visitor.page.keyboard.press("Shift+Tab")
    expect(visitor.find("[data-tip-away]")).to_have_count(0)  # a frame later
    visitor.page.keyboard.press("Tab")
    expect(tip).to_be_visible()
    visitor.page.keyboard.press("Escape")


def test_a_selection_that_ends_beside_a_dialog_leaves_it_open(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.find("#data-open").click()
    table = visitor.find("#table")
    table.fill("0,1\n1,2\n")
    box = table.bounding_box()
    assert box is not None
    mouse = visitor.page.mouse
    mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down()
    mouse.move(5, 5, steps=3)
    mouse.up()
    expect(visitor.find("#data")).to_be_visible()
    mouse.down()
    mouse.move(box["x"] + 5, box["y"] + 5, steps=3)
    mouse.up()
    expect(visitor.find("#data")).to_be_visible()
    mouse.click(5, 5)
    expect(visitor.find("#data")).to_be_hidden()


def test_a_script_that_cannot_be_written_is_not_shown_nor_copied(tab: SharedTab) -> None:
    visitor = tab.renew()
    copy, script = visitor.find("#copy-script"), visitor.find("#script")
    expect(script).to_contain_text("torch.rand")
    expect(copy).to_have_attribute("aria-disabled", "false")
    visitor.set("target", 'torch.einsum("i,i->i", x, x)')
    expect(script.locator(".reason")).to_be_visible()
    expect(script).not_to_contain_text("import torch")
    expect(copy).to_have_attribute("aria-disabled", "true")
    copy.dispatch_event("click")
    expect(copy).not_to_have_attribute("data-copied", "")
    visitor.set("target", "x")
    expect(script).to_contain_text("import torch")
    expect(copy).to_have_attribute("aria-disabled", "false")


def test_while_a_script_is_on_its_way_or_does_not_come_another_ones_is_not_copied(tab: SharedTab) -> None:
    visitor = tab.renew()
    copy, script = visitor.find("#copy-script"), visitor.find("#script")
    expect(copy).to_have_attribute("aria-disabled", "false")
    routes = tab.hold("**/api/scripts")
    visitor.set("lr", "0.125")
    tab.wait(lambda: routes)
    expect(copy).to_have_attribute("aria-disabled", "true")
    routes[0].abort()
    expect(script).to_have_text("The script cannot be shown now.")
    expect(copy).to_have_attribute("aria-disabled", "true")
    visitor.page.unroute("**/api/scripts")
    expect(script).to_contain_text("lr=0.125")
    expect(copy).to_have_attribute("aria-disabled", "false")
