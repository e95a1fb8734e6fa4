"""A view that is drawn anew, or goes away, leaves the focus where a keyboard can go on: one test per view."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab, shared_tab
from tests.pages.windows import Windows
from tests.server import Server, wait_for

NARROW: ViewportSize = {"width": 1100, "height": 800}
"""Another width than the desktop's: pictures are built anew."""
THREE = [[-1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]


@pytest.fixture(scope="module")
def tab(windows: Windows, server: Server) -> Iterator[SharedTab]:
    server.wait_until("sandbox")  # a script's first steps run there
    with shared_tab(windows, server) as tab:
        yield tab


@contextmanager
def rebuilding(tab: SharedTab, picture: str) -> Iterator[None]:
    """Waits until a picture was built anew."""
    tab.visitor.find(f"{picture} > svg").evaluate("(drawn) => drawn.setAttribute('data-old', '')")
    yield
    expect(tab.visitor.find(f"{picture} > svg")).to_have_count(1)
    expect(tab.visitor.find(f"{picture} > svg[data-old]")).to_have_count(0)


def test_a_remedy_that_is_pressed_leaves_the_focus_to_play(tab: SharedTab) -> None:
    visitor = tab.renew(optimizer={"lr": 100}, max_steps=50)
    visitor.page.keyboard.press("Space")
    visitor.status("bad")
    tab.focus(".trouble-buttons button")
    tab.cut()  # the remedy is another meanwhile, and its button the same again afterwards
    tab.expect_focus(".trouble-buttons button")
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#trouble")).to_be_hidden()
    tab.expect_focus("#play")


def test_a_hinge_keeps_the_focus_when_the_picture_is_built_anew(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.look_at("hinges")
    tab.focus('.hinge[data-unit="0"]')
    visitor.page.keyboard.press("ArrowRight")
    tab.expect_focus('.hinge[data-unit="1"]')
    with rebuilding(tab, "#hinge-picture"):
        tab.change({"data": {"noise": 0.1}})
    tab.expect_focus('.hinge[data-unit="1"]')
    tab.change({"model": {"hidden": [1]}})
    expect(visitor.find(".hinge")).to_have_count(1)
    tab.expect_focus('.hinge[data-unit="0"]')


def test_a_place_in_the_network_keeps_the_focus_when_the_picture_is_built_anew(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.look_at("network")
    tab.focus('#network [data-key="unit 1 0"]')
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("ArrowRight")
    tab.expect_focus('[data-key="weight 1 0 1"]')
    with rebuilding(tab, "#network-picture"):
        tab.page.set_viewport_size(NARROW)
    tab.expect_focus('[data-key="weight 1 0 1"]')
    visitor.page.keyboard.press("ArrowLeft")
    tab.expect_focus('[data-key="unit 1 1"]')


def test_units_that_are_unfolded_and_folded_again_keep_the_focus_in_the_network(tab: SharedTab) -> None:
    visitor = tab.renew(model={"hidden": [20]})
    visitor.look_at("network")
    visitor.find("#network .more").wait_for()
    tab.focus('#network [data-key^="unit 1 "]')
    visitor.page.keyboard.press("End")
    tab.expect_focus("#network .more")
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#network .more")).to_have_count(0)
    tab.expect_focus('#network [data-key="unit 1 0"]')
    tab.focus("#network-fold")
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#network .more")).to_have_count(1)
    tab.expect_focus("#network [data-key]")


def test_the_editor_of_a_parameter_gives_the_focus_back_to_its_place(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.look_at("network")
    tab.focus('#network [data-key="unit 1 0"]')
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    tab.expect_focus("#edit-value")
    with rebuilding(tab, "#network-picture"):
        tab.page.set_viewport_size(NARROW)
    tab.expect_focus("#edit-value")
    visitor.page.keyboard.press("Escape")
    tab.expect_focus('#network [data-key="weight 1 0 0"]')
    visitor.page.keyboard.press("Enter")
    tab.expect_focus("#edit-value")
    tab.change({"model": {"hidden": [3]}})  # another model has no such place
    expect(visitor.find("#network-editor")).to_be_hidden()
    tab.expect_focus("#network [data-key]")


def test_what_is_being_typed_in_a_setting_outlives_the_connection(tab: SharedTab) -> None:
    visitor = tab.renew()
    tab.focus("#lr")
    visitor.page.keyboard.press("Control+a")
    visitor.page.keyboard.type("0.03")
    tab.cut()
    tab.expect_focus("#lr")
    expect(visitor.find("#lr")).to_have_value("0.03")
    visitor.page.keyboard.press("Enter")
    wait_for(lambda: tab.of_server()["optimizer"]["lr"] == 0.03)
    for control in ("#optimizer", "#lr-slider", "#zero_grad"):
        tab.focus(control)
        tab.cut()
        tab.expect_focus(control)


def test_a_setting_that_its_optimizer_no_longer_has_leaves_the_focus_to_the_optimizer(tab: SharedTab) -> None:
    visitor = tab.renew()
    tab.focus("#optimizer-momentum")
    tab.change({"optimizer": {"name": "Adam", "lr": 0.2}})
    expect(visitor.find("#optimizer-momentum")).to_be_hidden()
    tab.expect_focus("#optimizer")


def test_the_button_back_to_the_formula_leaves_the_focus_to_the_formula(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": THREE})
    tab.focus("#use-formula")
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#use-formula")).to_be_hidden()
    tab.expect_focus("#target")
    visitor.page.keyboard.type("x.sin()")
    tab.cut()
    tab.expect_focus("#target")
    assert "x.sin()" in visitor.find("#target").input_value()
    tab.focus("#data-open")
    tab.cut()
    tab.expect_focus("#data-open")
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Escape")
    tab.expect_focus("#data-open")


def test_points_keep_the_focus_without_a_connection_and_when_there_are_fewer(tab: SharedTab) -> None:
    visitor = tab.renew(data={"points": THREE})
    visitor.find("#edit-points").click()
    tab.focus(".handle:nth-child(3)")
    tab.cut()
    tab.expect_focus(".handle:nth-child(3)")
    tab.change({"data": {"points": THREE[:2]}})
    expect(visitor.find(".handle")).to_have_count(2)
    tab.expect_focus(".handle:nth-child(2)")
    tab.change({"data": {"scale_x": True}})  # their places are not those of the settings
    expect(visitor.find("#edit-points")).to_be_hidden()
    tab.expect_focus("#main")


def test_the_remedy_of_the_shapes_leaves_the_focus_to_a_box(tab: SharedTab) -> None:
    visitor = tab.renew(data={"unsqueeze_y": False})
    visitor.look_at("shapes")
    expect(visitor.find("#shape-remedy")).to_be_visible()
    tab.focus("#shape-remedy")
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#shape-remedy")).to_be_hidden()
    tab.expect_focus("#unsqueeze_x")


def test_a_line_of_the_loop_keeps_the_focus_without_a_connection(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.look_at("slow-motion")
    box = '[data-line="zero_grad"] input'
    tab.focus(box)
    visitor.page.keyboard.press("Space")
    wait_for(lambda: tab.of_server()["loop"]["zero_grad"] is False)
    tab.cut()
    tab.expect_focus(box)
    expect(visitor.find(box)).not_to_be_checked()
    expect(visitor.find("#zero_grad")).not_to_be_checked()


def test_the_slider_of_the_past_keeps_the_focus_when_the_run_is_reset(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.run_steps(5)
    visitor.expect_step(5)
    tab.focus("#scrub")
    visitor.page.keyboard.press("r")
    visitor.expect_step(0)
    expect(visitor.find("#scrub")).to_have_attribute("aria-disabled", "true")
    tab.expect_focus("#scrub")


def test_tables_keep_the_focus_when_they_are_filled_anew(tab: SharedTab) -> None:
    visitor = tab.renew()
    for panel in ("network", "hinge"):
        visitor.look_at("hinges" if panel == "hinge" else panel)
        tab.focus(f"#{panel}-table summary")
        visitor.page.keyboard.press("Enter")
        table = f"#{panel}-table .numbers-table"
        before = visitor.find(f"{table} tbody").inner_text()
        tab.focus(table)
        tab.step()
        expect(visitor.find(f"{table} tbody")).not_to_have_text(before, use_inner_text=True)
        tab.expect_focus(table)
        tab.focus(f"#{panel}-table summary")
        visitor.page.keyboard.press("Enter")


def test_a_script_that_was_read_leaves_the_focus_where_it_has_gone_meanwhile(tab: SharedTab) -> None:
    visitor = tab.renew()
    expect(visitor.find("#script")).to_contain_text("lr=0.2")
    visitor.find("#edit-script").click()
    text = visitor.find("#script-text").input_value()
    visitor.find("#script-text").fill(text.replace("lr=0.2", "lr=0.1"))
    held = tab.hold("**/api/scripts/read")
    visitor.page.keyboard.press("Control+Enter")
    tab.wait(lambda: held)
    visitor.find("#seed").focus()
    held[0].continue_()
    visitor.page.unroute("**/api/scripts/read")
    expect(visitor.find("#script-editor")).to_be_hidden()
    tab.expect_focus("#seed")


def test_what_a_class_does_not_see_hands_the_focus_on(tab: SharedTab) -> None:
    visitor = tab.renew()
    for selector in ("#lr-slider", "#pace", ".languages a:visible", "#scrub"):
        tab.focus(selector)
        visitor.page.evaluate("() => document.getElementById('projector').click()")
        expect(visitor.find(selector).first).to_be_hidden()
        tab.expect_focus(":not(body)")
        visitor.page.evaluate("() => document.getElementById('projector').click()")
    visitor.find("#next-line").dispatch_event("click")
    visitor.find("[data-told]").wait_for()
    visitor.page.evaluate("() => document.getElementById('projector').click()")
    tab.focus("#next-line")
    visitor.page.evaluate("() => document.getElementById('reset').click()")
    expect(visitor.find("#next-line")).to_be_hidden()
    tab.expect_focus(":not(body)")
    visitor.page.evaluate("() => document.getElementById('projector').click()")


def test_the_offer_of_a_run_of_ones_own_leaves_the_focus_to_play(tab: SharedTab, visit: Visit) -> None:
    tab.renew()
    with visit() as viewer:
        viewer.page.goto(f"{viewer.url}/?run={tab.visitor.run_id()}")
        viewer.find("#own-run").wait_for()
        viewer.find("#own-run").focus()
        viewer.page.keyboard.press("Enter")
        expect(viewer.find("#own-run")).to_be_hidden()
        expect(viewer.find("#play")).to_be_focused()


def test_a_comparison_keeps_what_is_typed_and_hands_on_the_focus_of_reasons_that_go(
    visit: Visit, server: Server
) -> None:
    with visit() as visitor, server.client() as client:
        tab = SharedTab(visitor, client)
        visitor.open_comparison()
        visitor.find("#own-comparison summary").click()
        visitor.find("#values").fill("true, false, true")
        tab.cut()
        tab.expect_focus("#values")
        expect(visitor.find("#values")).to_have_value("true, false, true")
        visitor.open_comparison("?optimizer.lr=0.2&optimizer.lr=100")
        visitor.find("#play").click()
        reasons = visitor.find(".member-reasons").last
        reasons.wait_for()
        reasons.focus()
        visitor.find("#reset").dispatch_event("click")
        expect(reasons).to_be_hidden()
        tab.expect_focus(":not(body)")
