"""The network diagram: what it shows is what torch has, by mouse, by keyboard and in words."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Visit
from tests.pages.shared_tab import SharedTab
from tests.pages.test_accessibility import expect_no_violation
from tests.pages.test_layout import expect_no_sideways_scroll
from tests.pages.visitor import PHONE, UNFOLD, Visitor
from tests.server import wait_for

WEIGHTS = "#network .weight"
SEEN_GRADS = '#network .grad[visibility="inherit"]'


def open_network(tab: SharedTab, steps: int = 0) -> Visitor:
    visitor = tab.renew()
    if steps:
        visitor.run_steps(steps)
        visitor.expect_step(steps)
    visitor.look_at("network")
    visitor.find("#network .scene").wait_for()
    visitor.find("#show-gradients").uncheck()
    return visitor


def place(key: str) -> str:
    return f'#network [data-key="{key}"]'


def shown_value(visitor: Visitor) -> float:
    """The number of the parameter that is read out."""
    text = visitor.find("#network-readout code").first.inner_text()
    return float(text.partition(" = ")[2].replace("−", "-"))


def test_weights_biases_and_gradients_are_torchs(tab: SharedTab) -> None:
    visitor = open_network(tab)
    visitor.find("#show-gradients").check()
    expect(visitor.find("#gradient-words")).to_have_text("no gradients: every .grad is None")
    expect(visitor.find(SEEN_GRADS)).to_have_count(0)
    visitor.find(place("unit 1 3")).hover()
    expect(visitor.find("#network-readout")).to_contain_text(".grad = None")
    visitor.run_steps(20)
    visitor.expect_step(20)
    visitor.look_at("network")
    visitor.find(place("unit 1 3")).hover()
    parameters, gradients = visitor.state("parameters"), visitor.state("gradients")
    # hidden.weight (10, 1), hidden.bias (10), predict.weight (1, 10), predict.bias (1), one after the other.
    expect(visitor.find("#network-readout")).to_contain_text("hidden.bias[3] = ")
    assert shown_value(visitor) == pytest.approx(parameters[13], rel=1e-3)
    expect(visitor.find(WEIGHTS)).to_have_count(20)
    for key, at in {"weight 0 3 0": 3, "weight 1 0 7": 27}.items():
        sign = "minus" if parameters[at] < 0 else "plus"
        expect(visitor.find(place(key))).to_have_attribute("data-sign", sign)
    arrows = sum(gradient != 0 for gradient in [*gradients[:10], *gradients[20:30]])
    assert 0 < arrows < 20  # dead units have none
    expect(visitor.find(SEEN_GRADS)).to_have_count(arrows)
    largest = max(map(abs, gradients))
    assert f"{largest:.4f}" in visitor.find("#gradient-words").inner_text()


def test_the_widest_line_is_the_largest_weight(tab: SharedTab) -> None:
    visitor = open_network(tab, 200)
    predict = [abs(weight) for weight in visitor.state("parameters")[20:30]]

    def widest() -> int:
        widths: list[float] = visitor.page.evaluate(
            """() => [...document.querySelectorAll("#network .weight")].slice(-10)
              .map((path) => Number(path.getAttribute("stroke-width")))"""
        )
        return widths.index(max(widths))

    wait_for(lambda: widest() == predict.index(max(predict)))
    visitor.find("#network-table").evaluate(UNFOLD)
    rows = visitor.find("#network-table tbody tr")
    expect(rows).to_have_count(31)
    expect(rows.last).to_contain_text("predict.bias[0]")


def test_a_value_is_changed_by_hand_and_a_refusal_is_told(tab: SharedTab) -> None:
    visitor = open_network(tab)
    visitor.find(place("unit 1 6")).click()
    expect(visitor.find("#network-editor code")).to_have_text("net.hidden.bias[6] =")
    value, reason = visitor.find("#edit-value"), visitor.find("#edit-reason")
    # A frame later the field is filled with the present value.
    bias = visitor.state("parameters")[16]
    wait_for(lambda: abs(float(value.input_value() or "nan") - bias) < 1e-3)
    value.fill("0.5")
    value.press("Enter")
    wait_for(lambda: visitor.state("parameters")[16] == 0.5)
    expect(visitor.find("#edit-now")).to_have_text("0.500000")
    for refused in ("1e9", "much"):
        value.fill(refused)
        value.press("Enter")
        expect(reason).to_be_visible()
        expect(value).to_have_attribute("aria-invalid", "true")
        assert len(reason.inner_text()) > 10
        value.fill("0.25")
        value.press("Enter")
        expect(reason).to_be_hidden()
    wait_for(lambda: visitor.state("parameters")[16] == 0.25)
    value.press("Escape")
    expect(visitor.find("#network-editor")).to_be_hidden()
    visitor.find("#reset").click()
    # A run that begins again has no parameters for a moment.
    wait_for(lambda: visitor.state("parameters")[16:17] not in ([], [0.25], [0.5]))


def test_the_arrow_keys_walk_and_enter_edits(visitor: Visitor) -> None:
    visitor.open_training()
    visitor.look_at("network")
    visitor.find("#network .scene").wait_for()
    visitor.find("#show-gradients").focus()
    visitor.page.keyboard.press("Tab")
    focused = visitor.find("#network :focus")
    expect(focused).to_have_attribute("data-key", "unit 1 0")
    for key, reached in {
        "ArrowDown": "unit 1 1",
        "ArrowRight": "weight 1 0 1",
        "End": "weight 1 0 1",
        "ArrowLeft": "unit 1 1",
    }.items():
        visitor.page.keyboard.press(key)
        expect(focused).to_have_attribute("data-key", reached)
    visitor.page.keyboard.press("ArrowLeft")
    expect(focused).to_have_attribute("data-key", "weight 0 1 0")
    assert (focused.get_attribute("aria-label") or "").startswith("hidden.weight[1, 0] = ")
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("#edit-value")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(focused).to_have_attribute("data-key", "weight 0 1 0")
    visitor.expect_step(0)  # the page's own arrow key was not meant


def test_four_layers_of_64_are_folded_and_open_one_at_a_time(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.set("hidden", "64, 64, 64, 64")
    visitor.look_at("network")
    expect(visitor.find("#network .more")).to_have_count(4)
    expect(visitor.find("#network .unit")).to_have_count(1 + 4 * 8 + 1)
    visitor.find(place("more 2")).click()
    expect(visitor.find("#network .unit")).to_have_count(1 + 3 * 8 + 64 + 1)
    expect(visitor.find("#network .more")).to_have_count(3)
    visitor.find("#network-fold").click()
    expect(visitor.find("#network .more")).to_have_count(4)


def test_who_only_watches_cannot_edit(visit: Visit, tab: SharedTab) -> None:
    visitor = tab.renew()
    with visit() as viewer:
        viewer.page.goto(f"{viewer.url}/?run={visitor.run_id()}")
        viewer.look_at("network")
        viewer.find(place("unit 1 6")).click()
        expect(viewer.find("#network-editor")).to_be_hidden()
        expect(viewer.find("#next-line")).to_have_attribute("aria-disabled", "true")


def test_the_inside_fits_a_phone_and_everyone(visit: Visit) -> None:
    with visit(viewport=PHONE, has_touch=True, is_mobile=True) as visitor:
        visitor.open_training()
        visitor.look_at("slow-motion")
        visitor.find('#next-line[aria-disabled="false"]').tap()
        expect(visitor.find('[data-line="loss"]')).to_have_attribute("aria-current", "step")
        visitor.look_at("network")
        visitor.find("#show-gradients").check()
        unit = visitor.find(place("unit 1 6"))
        unit.tap()
        expect(visitor.find("#network-readout")).to_contain_text("hidden.bias[6] = ")
        expect(visitor.find("#network-editor")).to_be_hidden()
        unit.tap()
        expect(visitor.find("#edit-value")).to_be_visible()
        expect_no_violation(visitor, "#inside")
        visitor.find("#network-editor [data-close]").tap()
        for panel in ("#hinge-table summary", "#network-table summary"):
            visitor.find(panel).scroll_into_view_if_needed()
            visitor.find(panel).tap()
        visitor.find("#network-table tbody").wait_for()
        expect_no_sideways_scroll(visitor)
        expect_no_violation(visitor, "#network", "#hinges")
