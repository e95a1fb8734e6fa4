"""One step taken apart: each line by its key, and what the pictures then show."""

import pytest
from playwright.sync_api import expect

from tests.pages.shared_tab import SharedTab
from tests.pages.visitor import Visitor
from tests.server import wait_for

LINES = ["forward", "loss", "zero_grad", "backward", "step"]
RESIDUALS = "#fit .scatterlayer .trace:first-child .js-line"


def open_slow_motion(tab: SharedTab, steps: int) -> Visitor:
    visitor = tab.renew()
    if steps:
        visitor.run_steps(steps)
        visitor.expect_step(steps)
    visitor.look_at("slow-motion")
    return visitor


def words(visitor: Visitor, line: str) -> str:
    return visitor.find(f'[data-line="{line}"] .line-words').inner_text()


def press_line(visitor: Visitor, line: str) -> None:
    """Runs the next line, which must be this one."""
    expect(visitor.find('.loop-line[aria-current="step"]')).to_have_attribute("data-line", line)
    visitor.page.keyboard.press("l")
    expect(visitor.find(f'[data-line="{line}"]')).not_to_have_attribute("data-stale", "")


def test_l_runs_line_after_line_and_each_is_drawn(tab: SharedTab) -> None:
    visitor = open_slow_motion(tab, 3)
    before = visitor.state("parameters")
    press_line(visitor, "forward")
    expect(visitor.find("#slow-told")).to_have_text("forward: prediction: one value for each of 100 points.")
    expect(visitor.find(RESIDUALS)).to_have_count(100)
    press_line(visitor, "loss")
    press_line(visitor, "zero_grad")
    assert words(visitor, "zero_grad") == "31 gradients are None again."
    assert visitor.state("gradients") is None
    press_line(visitor, "backward")
    wait_for(lambda: visitor.state("gradients") is not None)
    expect(visitor.find("#network .scene")).to_have_attribute("data-gradients", "")
    expect(visitor.find("#arrived rect")).to_have_attribute("x", "0")  # all have arrived
    assert (visitor.state("line"), visitor.state("parameters")) == ("step", before)
    press_line(visitor, "step")
    visitor.expect_step(4)
    assert visitor.state("line") is None
    loss = visitor.state("losses")[3]
    assert f"loss = {loss:.5f}" in words(visitor, "loss")
    assert "the mean of 100 squares" in words(visitor, "loss")
    expect(visitor.find(RESIDUALS)).to_have_count(0)
    visitor.page.keyboard.press("ArrowRight")
    visitor.expect_step(5)


def test_the_move_of_a_parameter_is_written_out_for_plain_sgd_alone(tab: SharedTab) -> None:
    visitor = open_slow_motion(tab, 0)
    visitor.find('#network [data-key="unit 2 0"]').click()
    visitor.find("#network-editor").press("Escape")
    before = visitor.state("parameters")[-1]
    for line in LINES:
        press_line(visitor, line)
    visitor.expect_step(1)
    move = visitor.find('[data-line="step"] .line-picture')
    expect(move.locator("code")).to_have_text("predict.bias[0]")
    numbers = [float(text.replace("−", "-")) for text in move.locator("mn").all_text_contents()]
    after, gradient = visitor.state("parameters")[-1], visitor.state("gradients")[-1]
    assert numbers == pytest.approx([before, 0.2, gradient, after], rel=1e-3)
    assert numbers[0] - numbers[1] * numbers[2] == pytest.approx(numbers[3], abs=2e-4)
    visitor.page.evaluate(
        """async () => {
          const { id, owner_token } = JSON.parse(sessionStorage.getItem("run"));
          const headers = { "Content-Type": "application/json", Authorization: `Bearer ${owner_token}` };
          const body = JSON.stringify({ optimizer: { name: "Adam" } });
          await fetch(`/api/runs/${id}`, { method: "PATCH", headers, body });
        }"""
    )
    expect(visitor.find("#optimizer")).to_have_value("Adam")
    for line in LINES:
        press_line(visitor, line)
    visitor.expect_step(2)
    expect(move.locator("mn")).to_have_count(2)  # before and after: no formula is claimed
    assert "grad" not in move.inner_text()


def test_lines_that_are_switched_off_are_passed_over_and_say_what_stays(tab: SharedTab) -> None:
    visitor = open_slow_motion(tab, 1)
    for line in ("zero_grad", "step"):
        visitor.find(f'[data-line="{line}"] input').uncheck()
        expect(visitor.find(f'[data-line="{line}"]')).to_have_attribute("data-stand", "off")
    before, gradients = visitor.state("parameters"), visitor.state("gradients")
    for line in ("forward", "loss", "backward"):
        press_line(visitor, line)
    visitor.expect_step(2)
    assert visitor.state("parameters") == before
    assert "added to the old ones" in words(visitor, "backward")
    assert visitor.state("gradients") != gradients
    assert words(visitor, "zero_grad") == "Switched off: backward() adds to the old gradients."
    assert words(visitor, "step") == "Switched off: the parameters stay, and so does the curve."
    expect(visitor.find("#zero_grad")).not_to_be_checked()


def test_l_pauses_a_run_that_plays(tab: SharedTab) -> None:
    visitor = tab.renew()
    visitor.play("60")
    wait_for(lambda: len(visitor.state("losses")) >= 5)
    visitor.look_at("slow-motion")
    expect(visitor.find("#next-line")).to_have_attribute("aria-disabled", "false")
    visitor.page.keyboard.press("l")
    wait_for(lambda: visitor.state("line") == "loss")
    assert visitor.status("still").startswith("In the middle of step")
    visitor.page.keyboard.press("Space")
    wait_for(lambda: visitor.state("line") is None)
