"""The computation graph on the calculator page: what it shows, how it is looked at, how it plays back."""

import pytest
from playwright.sync_api import expect

from tests.pages.visitor import Visitor

PATHS = (
    "import torch\nx = torch.tensor(2., requires_grad=True)\na = 3 * x\nb = x * x\ny = a * b\ny.backward()"
)
CUT = "import torch\nx = torch.tensor(3., requires_grad=True)\nc = x.detach()\nz = x * c\nz.backward()"


@pytest.fixture
def visitor(calculator: Visitor) -> Visitor:
    return calculator


def run(visitor: Visitor, program: str) -> None:
    visitor.run_program(program)
    visitor.status("done")


def test_the_graph_has_torchs_names_values_above_and_gradients_below(visitor: Visitor) -> None:
    v_1 = visitor.node("v_1")
    for part, text in {"label": "MulBackward0", "value": "6", "grad": "4"}.items():
        expect(v_1.locator(f".node-{part}")).to_have_text(text)
    places = [v_1.locator(f".node-{part}").bounding_box() for part in ("value", "name", "grad")]
    heights = [place["y"] for place in places if place is not None]
    assert heights == sorted(heights)
    assert [visitor.node(name).bounding_box() is not None for name in ("variable", "v_1", "v_2")] == [
        True
    ] * 3
    expect(visitor.find("#graph .edge-local")).to_have_text(["3", "4"])
    expect(visitor.node("v_2")).to_have_attribute("data-output", "")
    expect(visitor.node("v_1")).to_have_attribute("data-saved", "freed")
    visitor.find(".fold summary").first.click()
    words = visitor.find("#bench .graph-words")
    expect(words).to_contain_text(
        "v_2, MulBackward0; value 24; gradient 1; shape [1]; line 9; backward() began here"
    )
    expect(words).to_contain_text("← v_1 (derivative 4), 4")


def test_a_cut_is_drawn_as_a_cut_with_its_reason(visitor: Visitor) -> None:
    run(visitor, CUT)
    expect(visitor.find("#graph .edge-cut .edge-local")).to_have_text("detach()")
    expect(visitor.find("#graph path.edge-cut")).to_have_count(2)  # the way in, and the way on to z
    expect(visitor.node("c").locator(".node-label")).to_have_text("not tracked")
    expect(visitor.node("c").locator(".node-grad")).to_have_text("")


def test_a_card_and_its_node_and_a_factor_and_its_edge_light_each_other(visitor: Visitor) -> None:
    visitor.card("v_1").hover()
    expect(visitor.node("v_1")).to_have_attribute("data-lit", "")
    expect(visitor.node("v_2")).not_to_have_attribute("data-lit", "")
    visitor.node("v_2").hover()
    expect(visitor.card("v_2")).to_have_attribute("data-lit", "")
    expect(visitor.card("v_1")).not_to_have_attribute("data-lit", "")
    visitor.find("#bench .factor").filter(has_text="4").last.hover()
    expect(visitor.find("#graph .edge[data-lit] .edge-local")).to_have_text("4")


def test_several_paths_are_summed_and_each_lights_its_own_way(visitor: Visitor) -> None:
    run(visitor, PATHS)
    formula = visitor.find("#bench .formula")
    assert (formula.text_content() or "").replace(" ", "").endswith("=36")
    expect(visitor.find("#bench .path")).to_have_count(3)
    visitor.find("#bench .path").first.focus()
    assert 0 < visitor.find("#graph .edge[data-lit]").count() < visitor.find("#graph .edge-flow").count()
    display = formula.evaluate("element => getComputedStyle(element.querySelector('math')).display")
    assert display.endswith("math")


def test_the_graph_is_walked_by_arrow_keys_and_moved_by_its_tools(visitor: Visitor) -> None:
    visitor.node("v_2").focus()
    visitor.page.keyboard.press("ArrowLeft")
    expect(visitor.node("v_1")).to_be_focused()
    expect(visitor.card("v_1")).to_have_attribute("data-lit", "")
    visitor.page.keyboard.press("ArrowLeft")
    expect(visitor.node("variable")).to_be_focused()
    visitor.page.keyboard.press("ArrowDown")
    content = visitor.find("#graph > g")
    before = content.get_attribute("transform")
    visitor.find("#bench [data-tool=in]").click()
    larger = content.get_attribute("transform")
    assert larger != before
    box = visitor.find("#graph").bounding_box()
    assert box is not None
    visitor.page.mouse.move(box["x"] + 20, box["y"] + 20)
    visitor.page.mouse.down()
    visitor.page.mouse.move(box["x"] + 60, box["y"] + 30)
    visitor.page.mouse.up()
    assert content.get_attribute("transform") != larger
    visitor.find("#bench [data-tool=fit]").click()
    assert content.get_attribute("transform") == before


def test_the_playback_goes_forward_by_line_and_backward_by_node(visitor: Visitor) -> None:
    visitor.calm()
    words = visitor.find("#bench .player-words")
    visitor.find("#bench [data-play=start]").click()
    expect(words).to_have_text("Before the first line.")
    assert visitor.find("#printed").text_content() == ""
    expect(visitor.node("v_1")).to_have_attribute("data-waiting", "")
    visitor.find("#graph-title").click()
    told = []
    lit = []
    for _ in range(11):
        visitor.page.keyboard.press("ArrowRight")
        told.append(words.inner_text())
        lit.append(visitor.find("#bench .editor-numbers [data-lit]").all_inner_texts())
    assert told[3:9] == [
        "Line 8: v_1 = 6",
        "Line 9: v_2 = 24",
        "Line 10: gradients begin to flow back, with 1.",
        "1 arrives at v_2.",
        "4 arrives at v_1.",
        "12 arrives at the leaf variable: it is kept in variable.grad.",
    ]
    assert lit[4:10] == [["9"], ["10"], ["10"], ["10"], ["10"], ["12"]]
    assert visitor.find("#printed").text_content() == "variable.grad: tensor([12.])\ntest.grad: None\n"
    visitor.page.keyboard.press("ArrowLeft")
    assert visitor.find("#printed").text_content() == "variable.grad: tensor([12.])\n"
    visitor.find("#bench .player input").fill("7")
    expect(visitor.node("v_2").locator(".node-grad")).to_have_text("1")
    expect(visitor.node("v_1").locator(".node-grad")).to_have_text("")
    expect(visitor.card("variable")).to_contain_text("None yet")
    assert visitor.find("#graph .traveller").count() == 0


def test_numbers_travel_back_along_the_edges_while_it_plays(visitor: Visitor) -> None:
    visitor.find("#bench .player input").fill("7")
    visitor.find("#bench .player select").select_option("0.5")
    visitor.find("#bench [data-play=on]").click()
    expect(visitor.find("#graph .traveller")).to_have_text("1 × 4")
    expect(visitor.find("#graph .traveller")).to_have_count(0)
    visitor.find("#bench .player select").select_option("4")
    visitor.find("#graph-title").click()
    visitor.page.keyboard.press("Space")
    expect(visitor.find("#bench .player")).to_have_attribute("data-playing", "")
    expect(visitor.find("#bench .player-words")).to_contain_text("The end of 11 steps")
    expect(visitor.find("#bench .player")).not_to_have_attribute("data-playing", "")


def test_a_large_graph_is_folded_and_stays_readable(visitor: Visitor) -> None:
    run(
        visitor,
        "import torch\nx = torch.tensor(1., requires_grad=True)\ny = x\n"
        "for i in range(60):\n    y = y * 1.01\ny.backward()",
    )
    expect(visitor.find("#graph .node-folded")).to_contain_text("operations")
    size = visitor.find("#graph .node-name").last.evaluate(
        "element => element.getBoundingClientRect().height"
    )
    assert size > 9


def test_the_graph_in_words_has_what_no_box_has_room_for(visitor: Visitor) -> None:
    run(
        visitor,
        "import torch\nx = torch.ones(3, 3, requires_grad=True)\ny = torch.exp(x[0]) * torch.ones(3)\nz = y\n"
        "t = torch.stack([x[0], x[1], x[2], x[0], x[1], x[2]]).sum(dim=0)",
    )
    words = visitor.find("#bench .graph-words")
    expect(words).to_contain_text("also called z")
    expect(words).to_contain_text("values saved for the way back")
    expect(words).to_contain_text("(derivative (3×9) [[1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0,")
    # The legend is about what can be seen.
    legend = visitor.find("#bench .graph-legend")
    expect(legend.get_by_text("freed")).to_be_hidden()
    expect(legend.get_by_text("cut")).to_be_hidden()
    visitor.run_program(CUT)
    visitor.status("done")
    expect(legend.get_by_text("freed")).to_be_visible()
    expect(legend.get_by_text("cut")).to_be_visible()
