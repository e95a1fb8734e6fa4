"""The focus on the calculator page: where it is when a view is drawn anew."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from app.web.pages.examples.clinic import CLINIC
from tests.pages.visitor import Visitor
from tests.pages.windows import Windows
from tests.server import Server

START = "import torch\nx = torch.tensor([2.], requires_grad=True)\n"
CHAIN = f"{START}y = 3 * x\nz = y * y\nz.backward()\n"
OTHER = f"{START}y = 5 * x\nz = y * y\nz.backward()\nprint(x.grad)\n"
NOTHING = "# nothing"
WEIGHTED = (
    "import torch\nx = torch.tensor([{values}], requires_grad=True)\ny = x * x\n"
    "y.backward(gradient=torch.tensor([{weights}]))\n"
)
THREE = WEIGHTED.format(values="1., 2., 3.", weights="1., 1., 1.")
TWO = WEIGHTED.format(values="1., 2.", weights="1., 1.")
EDIT = """(program) => {
  const field = document.getElementById("program");
  field.value = program;
  field.dispatchEvent(new Event("input"));
}"""
"""Another program in the editor, with the focus elsewhere: as undo, a link or the builder bring one."""
WITHOUT_CLIPBOARD = """() => {
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
}"""
"""As on a classroom's plain http address."""


@pytest.fixture(scope="module")
def page(windows: Windows, server: Server) -> Iterator[Visitor]:
    """One page for all tests of this file, which runs programs only when it is told to."""
    server.wait_until("sandbox")
    with windows.visiting() as visitor:
        visitor.open_calculator()
        visitor.find("#as-typed").uncheck()
        yield visitor


def run(visitor: Visitor, program: str, tone: str = "done") -> None:
    """Runs another program by its key, which leaves the focus where it is."""
    visitor.page.evaluate(EDIT, program)
    visitor.status("still")
    visitor.page.keyboard.press("Control+Enter")
    visitor.status(tone)


def expect_focus_inside(visitor: Visitor, place: str) -> None:
    expect(visitor.find(f"{place}:focus, {place} :focus")).to_have_count(1)


def bench_section(visitor: Visitor, place: str) -> Locator:
    return visitor.find(f'#bench [data-place="{place}"]')


def test_the_builder_keeps_the_focus_when_a_name_changes_and_when_rows_do(page: Visitor) -> None:
    page.find("#build").click()
    builder = page.find("#builder")
    name = builder.get_by_label("name of the leaf")
    name.fill("w")
    name.press("Enter")
    expect(name).to_be_focused()
    name.fill("v")
    name.press("Tab")
    expect(builder.get_by_label("value of v")).to_be_focused()
    expect(builder.get_by_label("number or name").nth(1)).to_have_value("v")
    # The press of a button ends the typing of a name, and counts all the same.
    name.fill("w")
    builder.get_by_role("button", name="another operation").click()
    expect(builder.get_by_label("name of the result")).to_have_count(3)
    expect(builder.get_by_label("name of the result").last).to_be_focused()
    operation = builder.get_by_label("operation of v_3")
    operation.focus()
    page.page.keyboard.press("End")
    expect(builder.get_by_label("number or name")).to_have_count(5)
    expect(operation).to_be_focused()
    remove = builder.get_by_role("button", name="remove v_1")
    remove.focus()
    page.page.keyboard.press("Enter")
    expect(builder.get_by_role("button", name="remove v_2")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect_focus_inside(page, "#builder")
    page.find("#build").click()


def test_a_mended_error_leaves_the_focus_beside_the_program(page: Visitor) -> None:
    run(page, CLINIC["non-scalar"].program, "bad")
    fix = page.find("#bench .fix button")
    fix.last.focus()
    page.page.keyboard.press("Control+Enter")
    page.status("bad")
    expect(fix.last).to_be_focused()
    page.page.keyboard.press("Enter")
    page.status("done")
    expect(fix).to_have_count(0)
    expect_focus_inside(page, "#bench")


def test_a_card_keeps_the_focus_when_its_button_has_done_its_work(page: Visitor) -> None:
    run(page, CHAIN)
    page.card("y").get_by_role("button").focus()
    page.page.keyboard.press("Enter")
    expect(page.card("y").locator('[data-part="grad"]')).to_have_text("tensor([12.])")
    expect(page.card("y")).to_be_focused()
    run(page, "import torch\nw = torch.ones(2, 2)\nx = torch.ones(3, 3)\n")
    numbers = page.card("x").locator('[data-part="value"]')
    numbers.focus()
    run(page, "import torch\nx = torch.zeros(3, 3)\n")
    expect(numbers).to_be_focused()
    run(page, "import torch\n")
    expect_focus_inside(page, "#bench .bench-tensors")


def test_the_weights_keep_the_focus_when_their_table_changes_or_goes(page: Visitor) -> None:
    run(page, THREE)
    weights = page.find('#bench .jacobian input[type="number"]')
    weights.nth(1).focus()
    run(page, TWO)
    expect(weights).to_have_count(2)
    expect(weights.nth(1)).to_be_focused()
    preset = page.find("#bench [data-preset=ones]")
    preset.focus()
    page.page.keyboard.press("Enter")
    page.status("done")
    expect(preset).to_be_focused()
    run(page, CHAIN)
    expect(bench_section(page, "weights")).to_be_hidden()
    expect_focus_inside(page, "#bench")


def test_the_chain_rule_keeps_the_focus(page: Visitor) -> None:
    run(page, CHAIN)
    formula = page.find("#bench .formula")
    formula.focus()
    run(page, OTHER)
    expect(formula).to_contain_text("100")
    expect(formula).to_be_focused()
    run(page, NOTHING)
    expect_focus_inside(page, "#bench")


def test_the_check_by_a_nudge_keeps_the_focus(page: Visitor) -> None:
    scalar = "import torch\nx = torch.tensor(2., requires_grad=True)\n(x ** {power}).backward()\n"
    run(page, scalar.format(power=3))
    slider = page.find("#bench .check").get_by_role("slider")
    slider.focus()
    run(page, scalar.format(power=2))
    expect(page.find("#bench .check .pair code").first).to_have_text("4")
    expect(slider).to_be_focused()
    run(page, NOTHING)
    expect_focus_inside(page, "#bench")


def test_the_player_hands_the_focus_on_when_there_is_nothing_to_play(page: Visitor) -> None:
    run(page, CHAIN)
    toggle = page.find("#bench [data-play=toggle]")
    toggle.focus()
    run(page, OTHER)
    expect(toggle).to_be_focused()
    run(page, NOTHING)
    expect(page.find("#bench .player")).to_be_hidden()
    expect_focus_inside(page, "#bench .graph-panel")


def test_the_graph_keeps_the_focus_on_its_node_and_tab_comes_back_to_it(page: Visitor) -> None:
    run(page, CHAIN)
    page.node("y").focus()
    run(page, OTHER)
    expect(page.node("y")).to_be_focused()
    expect(page.find('#graph .node[tabindex="0"] .node-name')).to_have_text("y")
    run(page, NOTHING)
    expect_focus_inside(page, "#bench .graph-panel")


def test_the_graph_in_words_hands_the_focus_on_when_it_goes(page: Visitor) -> None:
    run(page, CHAIN)
    summary = page.find("#bench .fold summary")
    summary.focus()
    run(page, OTHER)
    expect(summary).to_be_focused()
    run(page, NOTHING)
    expect_focus_inside(page, "#bench .graph-panel")


def test_the_printed_text_hands_the_focus_on_when_there_is_none(page: Visitor) -> None:
    run(page, OTHER)
    page.find("#printed").focus()
    run(page, CHAIN)
    expect(page.find("#printed")).to_be_hidden()
    expect_focus_inside(page, "#bench .printed-panel")


def test_the_slider_of_h_stays_where_it_was_moved_to(page: Visitor) -> None:
    run(page, CHAIN)
    slider = page.find("#bench .h-slider input")
    slider.press("End")
    moved = slider.get_attribute("aria-valuetext")
    run(page, OTHER)
    expect(slider).to_have_value(slider.get_attribute("max") or "")
    assert slider.get_attribute("aria-valuetext") != moved  # Of the other function.


def test_a_second_program_that_goes_hands_the_focus_on(page: Visitor) -> None:
    page.find("#compare").click()
    page.status("done")
    expect(page.find("#compare")).to_be_focused()
    page.find("#bench-b textarea").focus()
    page.page.evaluate("() => document.getElementById('compare').click()")
    expect(page.find("#bench-b")).to_be_hidden()
    expect_focus_inside(page, "main")


def test_menu_and_shelves_give_the_focus_back_to_what_opened_them(page: Visitor) -> None:
    summary = page.find("#share summary")
    for clipboard in (WITHOUT_CLIPBOARD, "() => { delete navigator.clipboard; }"):
        page.page.evaluate(clipboard)
        summary.press("Enter")
        page.find("[data-share=curl]").focus()
        page.page.keyboard.press("Enter")
        expect(page.find("#share")).not_to_have_attribute("open", "")
        expect(summary).to_be_focused()
        expect(page.find("#status-text")).to_have_text("Copied.")
    for shelf in ("gallery", "clinic"):
        opener = page.find(f"#{shelf}-open")
        opener.press("Enter")
        page.find(f"#{shelf} .shelf-item").first.press("Enter")
        expect(page.find(f"#{shelf}")).to_be_hidden()
        expect(opener).to_be_focused()
    page.find("#clinic-open").press("Enter")
    search = page.find("#clinic-search")
    search.fill("the dog ate it")
    expect(page.find(".diagnosis")).to_contain_text("No confusion we know")
    expect(search).to_be_focused()
    page.page.keyboard.press("Escape")
