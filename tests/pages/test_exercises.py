"""Predict, then run: the calculator asks, hides what would tell, and torch answers."""

import pytest
from playwright.sync_api import expect

from tests.pages.test_accessibility import expect_no_violation
from tests.pages.visitor import Visitor
from tests.server import Server

PROGRAM = """\
import torch
x = torch.tensor(3., requires_grad=True)
w = torch.tensor(2.)
(w * x).backward()
print(w * x)
"""


@pytest.fixture(autouse=True)
def _sandbox_ready(server: Server) -> None:
    server.wait_until("sandbox")


def test_a_program_is_asked_about_and_its_results_come_after_the_answers(visitor: Visitor) -> None:
    visitor.open_calculator()
    visitor.run_program(PROGRAM)
    visitor.status("done")
    expect(visitor.find("#graph")).to_be_visible()
    visitor.find("#predict").click()
    asked = visitor.find(".ask legend")
    expect(asked).to_have_text(
        [
            "What is x.grad when the program has run?",
            "What is w.grad when the program has run?",
            "What does line 5 print?",
        ]
    )
    for hidden in ("#graph", ".card", "#printed"):
        expect(visitor.find(hidden).first).to_be_hidden()
    expect_no_violation(visitor, "#exercise", "#bench")
    # By keyboard alone: the first place has the focus, and Enter goes to what has no answer yet.
    expect(visitor.find(".ask-typed").first).to_be_focused()
    keys = visitor.page.keyboard
    keys.type("2")
    keys.press("Enter")
    expect(visitor.find(".ask-typed").nth(1)).to_be_focused()
    keys.press("Tab")
    keys.press("Space")
    keys.press("Control+Enter")
    expect(visitor.find(".ask-typed").nth(2)).to_be_focused()
    keys.type("tensor(5., grad_fn=<MulBackward0>)")
    keys.press("Control+Enter")
    expect(visitor.find(".ask-verdict")).to_have_text(
        ["✓ Right. torch says:", "✓ Right. torch says:", "✗ Not so. torch says:"]
    )
    expect(visitor.find(".ask-reason").first).to_contain_text(
        "By the chain rule, from the output back to x: 2."
    )
    expect(visitor.find(".exercise-score")).to_have_text("This session: 2 of 3")
    expect(visitor.find("#live")).to_have_text("2 of 3 right. Done. x.grad = tensor(2.)")
    visitor.status("done")
    expect(visitor.find("#graph")).to_be_visible()
    expect_no_violation(visitor, "#exercise", "#bench")
    # Another program has to be asked about again.
    visitor.find("#program").press("Control+End")
    keys.type("#")
    expect(visitor.find(".exercise-words")).to_have_text("The program has changed: ask about it again.")


def test_a_drill_is_a_link_and_the_score_stays_with_the_tab(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.url}/calculator#drill=chain&level=2&seed=7")
    expect(visitor.find(".ask legend")).to_have_text(["What is x.grad when the program has run?"])
    expect(visitor.find("#printed")).to_be_hidden()
    visitor.find(".ask-typed").fill("-2")
    visitor.find('[data-part="check"]').click()
    expect(visitor.find(".ask-verdict")).to_have_text("✗ Not so. torch says:")
    expect(visitor.find(".ask-shown")).to_have_text("tensor(2.)")
    visitor.find('[data-part="drill"]').click()
    expect(visitor.find(".ask-verdict")).to_have_count(0)
    expect(visitor.find(".ask-typed")).to_be_focused()
    assert "#drill=chain&level=2&seed=" in visitor.page.url
    program = visitor.find("#program").input_value()
    visitor.page.reload()
    expect(visitor.find("#program")).to_have_value(program)
    expect(visitor.find(".exercise-score")).to_have_text("This session: 0 of 1")
