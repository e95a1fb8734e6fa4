"""Programs typed into the calculator page, run by the real sandbox."""

import pytest
from playwright.sync_api import Route, expect

from tests.pages.visitor import Visitor
from tests.server import wait_for


@pytest.fixture
def visitor(calculator: Visitor) -> Visitor:
    return calculator


def test_the_lessons_chain_gives_twelve(visitor: Visitor) -> None:
    visitor.run_program()
    visitor.status("done")
    assert visitor.find("#printed").text_content() == "variable.grad: tensor([12.])\ntest.grad: None\n"
    assert visitor.find(".card h3").all_inner_texts() == ["tensor", "variable", "test", "v_1", "v_2"]
    variable = visitor.card("variable")
    expect(variable.locator('[data-part="grad"]')).to_have_text("tensor([12.])")
    facts = {
        part: variable.locator(f'[data-part="{part}"]').inner_text() for part in ("shape", "dtype", "is_leaf")
    }
    assert facts == {"shape": "[1]", "dtype": "float32", "is_leaf": "True"}
    expect(variable.locator('[data-part="requires_grad"]')).to_have_text("True")


def test_each_kind_of_missing_gradient_is_told_apart(visitor: Visitor) -> None:
    visitor.run_program()
    visitor.status("done")
    expect(visitor.card("test").locator('[data-part="grad"]')).to_have_text("None: not tracked")
    expect(visitor.card("v_1").locator('[data-part="grad"]')).to_have_text("None: not kept (non-leaf)")
    expect(visitor.card("v_1").locator('[data-part="grad_fn"]')).to_have_text("MulBackward0")
    visitor.run_program("import torch\nx = torch.ones(2, requires_grad=True)")
    expect(visitor.card("x").locator('[data-part="grad"]')).to_have_text("None yet")


def test_backward_of_several_numbers_shows_torchs_error_and_marks_the_line(visitor: Visitor) -> None:
    visitor.run_program(
        "import torch\nx = torch.ones(3, requires_grad=True)\ny = 2 * x\ny.backward()\nprint(1)"
    )
    assert visitor.status("bad") == "The program stopped at line 4"
    expect(visitor.find(".trouble pre").first).to_have_text(
        "RuntimeError: grad can be implicitly created only for scalar outputs"
    )
    expect(visitor.find("#bench .editor-numbers [data-wrong]")).to_have_text("4")
    mark, number = (
        visitor.find("#bench .editor-paint > [data-wrong]").bounding_box(),
        visitor.find("#bench .editor-numbers [data-wrong]").bounding_box(),
    )
    assert mark is not None
    assert number is not None
    assert abs(mark["y"] - number["y"]) < 2
    # What there was before the error is kept.
    expect(visitor.card("y")).to_be_visible()
    expect(visitor.find("#printed-note")).to_have_text("The program printed nothing.")
    visitor.find("#program").press("End")
    visitor.page.keyboard.type("#")
    expect(visitor.find("#bench .editor-paint > [data-wrong]")).to_have_count(0)


def test_the_mark_stays_with_its_line_when_the_program_is_long(visitor: Visitor) -> None:
    visitor.run_program("x = 1\n" * 80 + "nobody\n" + "x = 1\n" * 20)
    assert visitor.status("bad") == "The program stopped at line 81"
    expect(visitor.find("#bench .editor-numbers [data-wrong]")).to_be_in_viewport()
    expect(visitor.find("#bench .editor-paint > [data-wrong]")).to_be_in_viewport()


def test_text_is_shown_exactly_and_never_as_markup(visitor: Visitor) -> None:
    visitor.run_program('print("<b>bold</b>   three spaces")\nprint("<script>alert(1)</script>")')
    visitor.status("done")
    printed = visitor.find("#printed")
    assert printed.text_content() == "<b>bold</b>   three spaces\n<script>alert(1)</script>\n"
    assert printed.locator("*").count() == 0


def test_a_program_that_takes_too_much_is_ended_in_words(visitor: Visitor) -> None:
    visitor.run_program("x = bytearray(10**9)")
    visitor.status("bad")
    expect(visitor.find(".trouble pre").first).to_contain_text("Out of memory")
    visitor.run_program("print(1 + 1)")
    visitor.status("done")
    assert visitor.find("#printed").text_content() == "2\n"


def test_a_stale_answer_is_dropped(visitor: Visitor) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    visitor.page.route("**/api/gradients", hold_the_first)
    visitor.run_program("print('old')")
    visitor.status("busy")
    wait_for(lambda: visitor.page.evaluate("() => true") and held)
    visitor.run_program("print('new')")
    # What is typed may have been run before it was pressed, too.
    expect(visitor.find("#printed")).to_have_text("new\n")
    assert len(held) >= 2
    assert visitor.status("done") == "Done."


def test_a_busy_server_is_waited_for(visitor: Visitor) -> None:
    answers = iter([429, 503])

    def sometimes_busy(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            route.continue_()
            return
        problem = f'{{"type":"about:blank","title":"","status":{status},"detail":"Busy.","errors":[]}}'
        headers = {"Content-Type": "application/problem+json", "Retry-After": "1"}
        route.fulfill(status=status, headers=headers, body=problem)

    visitor.page.route("**/api/gradients", sometimes_busy)
    visitor.run_program("print(7)")
    assert visitor.status("wait") == "Busy."
    visitor.status("done")
    assert visitor.find("#printed").text_content() == "7\n"


def test_without_a_connection_it_says_so(visitor: Visitor) -> None:
    visitor.page.route("**/api/gradients", lambda route: route.abort("internetdisconnected"))
    visitor.run_program()
    assert visitor.status("bad") == "The server cannot be reached. Press Run to try again."


def test_a_program_that_is_too_long_is_refused_in_words(visitor: Visitor) -> None:
    # Typed or pasted, so much takes Chromium very long.
    visitor.page.evaluate("() => { document.getElementById('program').value = '#'.repeat(70_000); }")
    visitor.run_program()
    assert "allowed" in visitor.status("bad")


def test_a_draft_is_kept_and_every_example_can_be_had_back(visitor: Visitor) -> None:
    visitor.open_calculator()
    example = visitor.find("#program").input_value()
    visitor.find("#program").fill("x = 1")
    visitor.page.reload()
    expect(visitor.find("#program")).to_have_value("x = 1")
    visitor.find("#gallery-open").click()
    visitor.find("#gallery .shelf-item").first.click()
    expect(visitor.find("#program")).to_have_value(example)
    visitor.status("done")
    expect(visitor.card("variable")).to_contain_text("tensor([12.])")


def test_results_follow_what_is_typed(visitor: Visitor) -> None:
    program = visitor.find("#program")
    program.press("Control+Home")
    for _ in range(7):
        program.press("ArrowDown")
    for _ in range(len("v_1 = ")):
        program.press("ArrowRight")
    program.press("Shift+ArrowRight")
    visitor.page.keyboard.type("5")
    expect(visitor.card("variable")).to_contain_text("tensor([20.])")
    visitor.page.keyboard.type("0 * (")
    assert visitor.status("bad") == "The program stopped at line 8"
    # Half a line is no program: what the whole one did is still there.
    expect(visitor.card("variable")).to_contain_text("tensor([20.])")
    expect(visitor.find(".trouble pre").first).to_contain_text("SyntaxError")
    visitor.page.keyboard.type("2)")
    expect(visitor.card("variable")).to_contain_text("tensor([400.])")
    expect(program).to_be_focused()
    assert "v_1 = 50 * (2) * variable" in program.input_value()


def test_typing_runs_nothing_where_that_is_switched_off(visitor: Visitor) -> None:
    visitor.open_calculator()
    visitor.find("#as-typed").uncheck()
    visitor.page.reload()
    expect(visitor.find("#as-typed")).not_to_be_checked()
    visitor.status("done")
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.clock.install()
    visitor.find("#program").fill("print('typed')")
    assert visitor.status("still") == "The program has changed. Press Run."
    visitor.page.clock.fast_forward(60_000)
    assert asked == []
    visitor.page.clock.resume()
    visitor.find("#program").press("Control+Enter")
    visitor.status("done")
    assert visitor.find("#printed").text_content() == "typed\n"
    visitor.find("#as-typed").check()
